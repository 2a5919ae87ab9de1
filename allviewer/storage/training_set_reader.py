"""Exported sets read back as pictures with known cells: what networks are judged on."""

from collections.abc import Iterator
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray

from allviewer.domain.known_picture import KnownCell, KnownPicture
from allviewer.domain.mask import Mask
from allviewer.errors import DatasetError
from allviewer.exchange.training_set import MANIFEST_FILE, TrainingItem, TrainingSet, decode_training_set


def read_manifest(folder: Path) -> TrainingSet:
    """Raises `DatasetError` for a missing, damaged or newer manifest."""
    try:
        return decode_training_set((folder / MANIFEST_FILE).read_bytes())
    except OSError as error:
        raise DatasetError(f"{folder} is no training set: {MANIFEST_FILE} cannot be read.") from error
    except msgspec.DecodeError as error:
        raise DatasetError(f"The training set {folder} does not fit this program: {error}.") from error


def known_pictures(folder: Path) -> Iterator[KnownPicture]:
    """The pictures of a set, one at a time. Raises `DatasetError` for a damaged one."""
    for item in read_manifest(folder).items:
        yield _picture(folder, item)


def _picture(folder: Path, item: TrainingItem) -> KnownPicture:
    image = _pixels(folder / item.image, "RGB")
    trust = _pixels(folder / item.trust_file, "L") >= 128
    cells, nuclei = _numbers(folder / item.cells_file), _numbers(folder / item.nuclei_file)
    if not image.shape[:2] == trust.shape == cells.shape == nuclei.shape:
        raise DatasetError(f"The files of {item.id} in {folder} are not of one size.", "Export the cells again.")
    known = []
    for cell in item.cells:
        mask = Mask(cells == cell.number)
        if mask.is_empty:
            raise DatasetError(f"Cell {cell.number} of {item.id} is not in {item.cells_file}.", "Export again.")
        nucleus = Mask((nuclei == cell.number) & (cells == cell.number))
        known.append(KnownCell(cell.number, mask, nucleus, cell.label, cell.state != "proposed"))
    return KnownPicture(item.id, item.group or item.id, image, trust, tuple(known), item.mpp)


def _pixels(path: Path, mode: str) -> NDArray[np.uint8]:
    from PIL import Image

    try:
        with Image.open(path) as image:
            return np.asarray(image.convert(mode), np.uint8)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise DatasetError(f"{path} cannot be read.", "The set is damaged: export it again.") from error


def _numbers(path: Path) -> NDArray[np.unsignedinteger]:
    import tifffile

    try:
        numbers = np.asarray(tifffile.imread(path))
    except Exception as error:  # of a damaged file the library raises whatever it stumbled over
        raise DatasetError(f"{path} cannot be read.", "The set is damaged: export it again.") from error
    if numbers.ndim != 2 or numbers.dtype.kind != "u":
        raise DatasetError(f"{path} is no label image: it holds {numbers.dtype} of shape {numbers.shape}.")
    return numbers
