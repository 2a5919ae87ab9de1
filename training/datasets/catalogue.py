"""Which data set lies in a folder, found by looking at its files."""

from collections.abc import Callable, Iterable
from pathlib import Path

from allviewer.errors import DatasetError
from training.datasets import all_idb, bccd, cnmc2019, exported_listing, segmentation_wbc, taleqani, txl_pbc
from training.datasets.listing import DataSet

FINDERS: tuple[Callable[[Path], DataSet | None], ...] = (
    exported_listing.find,
    cnmc2019.find,
    taleqani.find,
    all_idb.find,
    bccd.find,
    segmentation_wbc.find,
    txl_pbc.find,
)

KNOWN = (
    "ALL-IDB1, ALL-IDB2, C-NMC 2019, Taleqani, BCCD, segmentation_WBC and TXL-PBC as they are downloaded, "
    "and what the viewer exports"
)


class NothingKnownError(DatasetError):
    """The folder holds no data set that is known."""


def find_data(folder: Path) -> DataSet | None:
    """The data set of a folder, or None if it is none that is known.

    Raises:
        DatasetError: it is one, but a table of it is damaged or names an unknown class.
    """
    return next((found for find in FINDERS if (found := find(folder)) is not None), None)


def find_all(folder: Path) -> list[DataSet]:
    """The data sets of the folder's subfolders; if these hold none, that of the folder itself.

    A folder with a table of its own (manifest.json, labels.csv) is one data set.

    Raises:
        DatasetError: there is no such folder, or nothing known in it.
    """
    if not folder.is_dir():
        raise DatasetError(f"The folder {folder} does not exist.")
    if any((folder / name).is_file() for name in ("manifest.json", "labels.csv")):
        whole = find_data(folder)
        if whole is not None:
            return [whole]
    below = [found for path in sorted(folder.iterdir()) if path.is_dir() and (found := find_data(path)) is not None]
    if len({found.name for found in below}) > 1:
        return below
    whole = find_data(folder)  # one name several times: the parts of one data set, such as the folds of C-NMC
    if whole is not None or below:
        return below if whole is None else [whole]
    raise NothingKnownError(f"{folder} holds no data set that is known.", f"Known are {KNOWN}.")


def find_named(folders: Iterable[Path], name: str) -> DataSet | None:
    """The first data set of that name in the folders."""
    for folder in folders:
        for found in find_all(folder):
            if found.name == name:
                return found
    return None
