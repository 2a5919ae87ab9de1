"""Reading the files of a data set, with a sentence for each that is missing or wrong."""

import csv
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

from allviewer.errors import DatasetError


def read_rgb(path: Path) -> NDArray[np.uint8]:
    """uint8 (H, W, 3)."""
    return _read(path, "RGB")


def read_grey(path: Path) -> NDArray[np.uint8]:
    """uint8 (H, W)."""
    return _read(path, "L")


def _read(path: Path, mode: str) -> NDArray[np.uint8]:
    try:
        with Image.open(path) as picture:
            return np.asarray(picture.convert(mode))
    except FileNotFoundError as error:
        raise DatasetError(f"The data set is incomplete: {path.name} is missing in {path.parent}.") from error
    except (OSError, UnidentifiedImageError, ValueError, Image.DecompressionBombError) as error:
        raise DatasetError(f"{path} cannot be read as a picture: {error}.") from error


def read_labels(path: Path) -> list[dict[str, str]]:
    """The rows of a labels.csv."""
    try:
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
    except FileNotFoundError as error:
        raise DatasetError(f"{path.parent} holds no {path.name}.") from error
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise DatasetError(f"{path} cannot be read: {error}.") from error
    if not rows or "group" not in rows[0]:
        raise DatasetError(f"{path} holds no table with a column 'group'.")
    return rows


def check_same_size(image: NDArray[np.uint8], mask: NDArray[np.generic], what: str) -> None:
    """Raise `DatasetError` unless the mask is as large as its image."""
    if image.shape[:2] != mask.shape[:2]:
        raise DatasetError(f"Image and mask of {what} differ in size: {image.shape[:2]} and {mask.shape[:2]}.")
