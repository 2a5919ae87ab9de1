"""Reading the files of a data set, with a sentence for each that is missing or wrong."""

import csv
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

from allviewer.errors import DatasetError

LABELS_FILE = "labels.csv"
PICTURE_SUFFIXES = (".jpg", ".png", ".bmp", ".tif", ".tiff", ".jpeg", ".webp")


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


def read_table(path: Path, columns: Sequence[str]) -> list[dict[str, str]]:
    """The rows of a CSV file that has these columns, with empty text for missing cells. Raises `DatasetError`."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file, restval=""))
    except FileNotFoundError as error:
        raise DatasetError(f"{path.parent} holds no {path.name}.") from error
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise DatasetError(f"{path} cannot be read: {error}.") from error
    for column in columns:
        if not rows or column not in rows[0]:
            raise DatasetError(f"{path} holds no table with a column '{column}'.")
    return rows


def read_labels(path: Path) -> list[dict[str, str]]:
    """The rows of a labels.csv."""
    return read_table(path, ("group",))


def read_labels_if(folder: Path, columns: Sequence[str]) -> list[dict[str, str]] | None:
    """The rows of the folder's labels.csv, or None if there is none with these columns: then it is another data set."""
    path = folder / LABELS_FILE
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            header = next(csv.reader(file), [])
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise DatasetError(f"{path} cannot be read: {error}.") from error
    return read_table(path, columns) if set(columns) <= set(header) else None


def check_same_size(image: NDArray[np.uint8], mask: NDArray[np.generic], what: str) -> None:
    """Raise `DatasetError` unless the mask is as large as its image."""
    if image.shape[:2] != mask.shape[:2]:
        raise DatasetError(f"Image and mask of {what} differ in size: {image.shape[:2]} and {mask.shape[:2]}.")
