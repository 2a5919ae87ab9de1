"""All cells of the folders that a job was given: public data sets, or cells that a person corrected."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from allviewer.errors import DatasetError
from allviewer.exchange.model_card import ClassificationSpec
from allviewer.progress import CancelToken
from training.classification.cells import CellTable, FoundCell, cut_all
from training.classification.corrected import corrected_cells
from training.classification.sources import SOURCES
from training.datasets.catalogue import KNOWN, NothingKnownError, find_all
from training.datasets.exported import is_exported
from training.datasets.listing import DataSet


def gather(folders: Iterable[Path], spec: ClassificationSpec, cancel: CancelToken) -> CellTable:
    """The cells of exported sets and public data sets, cut out for `spec`.

    A folder is an exported set, a public data set, or a folder that holds public data sets.

    Raises:
        DatasetError: a folder is missing, holds none of these, or has no cell of a known class.
        Cancelled: when the token is set.
    """
    return cut_all(_cells(folders, cancel), spec)


def _cells(folders: Iterable[Path], cancel: CancelToken) -> Iterator[FoundCell]:
    for folder in folders:
        for cell in _cells_of(folder):
            cancel.check()
            yield cell


def _cells_of(folder: Path) -> Iterator[FoundCell]:
    if not folder.is_dir():
        raise DatasetError(f"The folder {folder} does not exist.")
    if is_exported(folder):
        yield from corrected_cells(folder)
        return
    useful = [found for found in _found(folder) if found.name in SOURCES]
    if not useful:
        raise DatasetError(f"{folder} holds no cells with classes.", f"Expected {KNOWN}.")
    for found in sorted(useful, key=lambda found: list(SOURCES).index(found.name)):
        try:
            yield from SOURCES[found.name](found.complete())
        except (KeyError, ValueError) as problem:
            raise DatasetError(f"The data set {found.folder} does not look as expected: {problem!r}.") from problem


def _found(folder: Path) -> list[DataSet]:
    try:
        return find_all(folder)
    except NothingKnownError:
        return []
