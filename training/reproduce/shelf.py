"""The data sets of a folder by name, read when they are first asked for; only the latest stays in memory."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from allviewer.progress import CancelToken
from training.datasets import bccd, segmentation_wbc
from training.datasets.listing import DataSet
from training.datasets.sample import Sample
from training.experiments.samples import Samples, read_samples
from training.tasks import Tell

FindAll = Callable[[Path], list[DataSet]]


class Shelf:
    """The data sets that are found in and below `folder`. Raises `DatasetError` if there is none."""

    def __init__(self, folder: Path, find_all: FindAll, cancel: CancelToken, tell: Tell) -> None:
        self._sets = {found.name: found for found in find_all(folder)}
        self._cancel, self._tell = cancel, tell
        self._latest: tuple[str, bool, Samples] | None = None

    def has(self, name: str) -> bool:
        return name in self._sets

    def first_of(self, names: tuple[str, ...]) -> str:
        """The first of these data sets that is there, or an empty name."""
        return next((name for name in names if self.has(name)), "")

    def samples(self, name: str, need_labels: bool) -> Samples:
        """Raises `DatasetError` if it is damaged."""
        if self._latest is None or self._latest[:2] != (name, need_labels):
            read = read_samples(self._sets[name], self._cancel, self._tell, need_labels=need_labels)
            self._latest = (name, need_labels, read)
        return self._latest[2]

    def masks(self) -> dict[str, Callable[[], list[Sample]]]:
        """Loaders of the pictures with drawn masks, by source, of those data sets that are there."""
        loaders: dict[str, Callable[[], list[Sample]]] = {}
        if self.has("segmentation_wbc"):
            loaders |= {source: partial(self._of_source, source) for source in segmentation_wbc.NAMES}
        if self.has("bccd"):
            loaders["bccd"] = lambda: bccd.load(self._sets["bccd"].folder)
        return loaders

    def _of_source(self, source: str) -> list[Sample]:
        return [s for s in segmentation_wbc.load(self._sets["segmentation_wbc"].folder) if s.source == source]
