"""Training sets that the viewer exports: corrected cells of the user's own smears."""

import struct
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray

from allviewer.domain.labels import ALL_CLASSES
from allviewer.errors import DatasetError
from allviewer.exchange.training_set import MANIFEST_FILE, TrainingItem, TrainingSet, decode_training_set
from training.datasets.files import check_same_size, read_grey, read_rgb
from training.datasets.sample import BACKGROUND, CYTOPLASM, NUCLEUS, UNKNOWN, Sample

NAME = "exported"
POSSIBLE_UM_PER_PX = (0.001, 100.0)
WHITE_CELL_UM = 12.0
"""Usual diameter of a white cell: the scale of a picture that does not say its own."""


def is_exported(folder: Path) -> bool:
    return (folder / MANIFEST_FILE).is_file()


def read_manifest(folder: Path) -> TrainingSet:
    """Raises `DatasetError` for a missing, damaged or newer manifest."""
    path = folder / MANIFEST_FILE
    try:
        manifest = decode_training_set(path.read_bytes())
    except OSError as error:
        raise DatasetError(f"{folder} is no training set: {MANIFEST_FILE} cannot be read.") from error
    except msgspec.DecodeError as error:
        raise DatasetError(f"The training set {folder} does not fit this program: {error}.") from error
    low, high = POSSIBLE_UM_PER_PX
    for item in manifest.items:
        if item.mpp is not None and not low <= item.mpp <= high:
            raise DatasetError(f"{item.id} of {folder} claims {item.mpp:g} micrometres per pixel.", "Export it again.")
    return manifest


def load(folder: Path) -> list[Sample]:
    """All items. White cells are truth where the trust mask says so; other cells count as background there."""
    manifest = read_manifest(folder)
    if not manifest.items:
        raise DatasetError(f"The training set {folder} is empty.", "Correct or accept some cells, then export again.")
    return [load_item(folder, item) for item in manifest.items]


def load_item(folder: Path, item: TrainingItem) -> Sample:
    image = read_rgb(folder / item.image)
    cells = read_numbers(folder / item.cells_file)
    nuclei = read_numbers(folder / item.nuclei_file)
    trust = read_grey(folder / item.trust_file)
    for array in (cells, nuclei, trust):
        check_same_size(image, array, item.id)
    white = [cell.number for cell in item.cells if ALL_CLASSES.is_white(cell.label)]
    cells = np.where(np.isin(cells, white), cells, 0).astype(np.uint16)
    parts = np.where(cells > 0, CYTOPLASM, BACKGROUND).astype(np.uint8)
    parts[(nuclei > 0) & (nuclei == cells)] = NUCLEUS
    parts[trust < 128] = UNKNOWN
    mpp = item.mpp or guess_mpp(cells)
    return Sample(image, parts, cells, item.group or item.id, NAME, item.id, mpp)


def read_numbers(path: Path) -> NDArray[np.uint16]:
    """A label image, uint16 (H, W)."""
    import tifffile

    try:
        numbers = np.asarray(tifffile.imread(path))
    except FileNotFoundError as error:
        raise DatasetError(f"The training set is incomplete: {path.name} is missing in {path.parent}.") from error
    except (OSError, ValueError, RuntimeError, LookupError, TypeError, struct.error) as error:  # codecs and tifffile
        raise DatasetError(f"The label image {path} cannot be read: {error}.") from error
    if numbers.ndim != 2 or numbers.dtype.kind not in "ui":
        raise DatasetError(f"{path} is no label image: it holds {numbers.dtype} of shape {numbers.shape}.")
    return numbers.astype(np.uint16)


def guess_mpp(cells: NDArray[np.uint16]) -> float:
    """Micrometres per pixel if the median white cell is as large as usual."""
    areas = np.bincount(cells.ravel())[1:]
    areas = areas[areas > 0]
    if areas.size == 0:
        return 0.15
    return float(WHITE_CELL_UM / np.sqrt(4 * np.median(areas) / np.pi))
