"""All samples of the folders that a job was given."""

from collections.abc import Callable, Iterable
from pathlib import Path

from allviewer.errors import DatasetError
from allviewer.progress import CancelToken
from training.datasets import bccd, cnmc2019, exported, segmentation_wbc, txl_pbc
from training.datasets.catalogue import KNOWN, NothingKnownError, find_all
from training.datasets.listing import DataSet, Grouping
from training.datasets.sample import Sample

LOADERS: dict[str, Callable[[Path], list[Sample]]] = {
    exported.NAME: exported.load,
    bccd.NAME: bccd.load,
    segmentation_wbc.NAME: segmentation_wbc.load,
    cnmc2019.NAME: cnmc2019.load,
    txl_pbc.NAME: txl_pbc.load,
}
"""Data sets that tell something about nucleus and cytoplasm."""


def collect_samples(folders: Iterable[Path], mpp: float | None, cancel: CancelToken) -> list[Sample]:
    """The samples of exported sets and public data sets, at `mpp` micrometres per pixel, or each at its own scale.

    A folder is an exported set, a public data set, or a folder that holds public data sets.

    Raises:
        DatasetError: a folder is missing or holds none of these.
    """
    samples: list[Sample] = []
    for folder in folders:
        useful = [found for found in _found(folder) if found.name in LOADERS]
        if not useful:
            raise DatasetError(f"{folder} holds no training data.", f"Expected {KNOWN}.")
        for found in sorted(useful, key=lambda found: list(LOADERS).index(found.name)):
            cancel.check()
            samples += [sample.at_scale(mpp) if mpp else sample for sample in LOADERS[found.name](found.folder)]
    return samples


def _found(folder: Path) -> list[DataSet]:
    if not folder.is_dir():
        raise DatasetError(f"The folder {folder} does not exist.")
    if exported.is_exported(folder):  # its own reader names what is damaged
        return [DataSet(exported.NAME, folder, "", Grouping.SLIDE, ())]
    try:
        return find_all(folder)
    except NothingKnownError:
        return []
