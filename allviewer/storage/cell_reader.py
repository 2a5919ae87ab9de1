"""Cells from files of other programs and of `allviewer analyze`: label images, and polygons in JSON."""

import csv
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from allviewer.domain.cell import Cell, Origin, OriginKind
from allviewer.domain.geometry import Region
from allviewer.domain.labels import UNCLASSIFIED, ClassSet
from allviewer.domain.mask import Mask
from allviewer.errors import ImageError
from allviewer.storage.polygon_cells import Found, polygon_cells

_MOST_BYTES = 1 << 30
_HIGHEST_NUMBER = 10_000_000
_SYNONYMS = {
    "lymphoblast": "blast",
    "rbc": "red_cell",
    "erythrocyte": "red_cell",
    "thrombocyte": "platelet",
    "artifact": "artefact",
    "smudge cell": "smudge",
}
_CELLS_ENDING, _NUCLEI_ENDING, _TABLE_ENDING = ".cells.tif", ".nuclei.tif", ".cells.csv"

Labels = NDArray[np.integer[Any]]


def read_cells(path: Path, width: int, height: int, classes: ClassSet) -> list[Cell]:
    """All cells of a file, numbered from 1 on, for an image of `width` x `height` level-0 pixels.

    A label image `STEM.cells.tif` is read together with `STEM.nuclei.tif` and the classes of `STEM.cells.csv` where
    they lie beside it.

    Raises:
        ImageError: the file cannot be read, is of no known kind, or does not fit the image.
    """
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise ImageError(f"{path.name} is too large to be read as cells.")
        if path.suffix.lower() == ".npy":
            raise ImageError(
                f"{path.name} is a NumPy file of Python objects, which may run foreign code when it is read, so it is "
                "not opened.",
                "Save the masks as TIFF or PNG in Cellpose, and import these.",
            )
        if path.suffix.lower() in (".geojson", ".json"):
            found = list(polygon_cells(path, Region(0, 0, width, height)))
        else:
            found = list(_of_labels(path, width, height))
    except OSError as error:
        raise ImageError(f"{path.name} cannot be read: {error.strerror or error}.") from error
    if not found:
        raise ImageError(f"There is no cell in {path.name}.")
    origin = Origin(OriginKind.IMPORT, path.name, datetime.now(UTC))
    keys = {label: class_of(label, classes) for label in {label for _, _, label in found}}
    return [
        Cell(number, mask, nucleus & mask, keys[label], origin)
        for number, (mask, nucleus, label) in enumerate(found, start=1)
    ]


def class_of(name: str, classes: ClassSet) -> str:
    """The key of the class that a name means: its key or title, or a usual word for it; else unclassified."""
    plain = " ".join(name.lower().replace("_", " ").replace("-", " ").split())
    plain = plain if plain in _SYNONYMS else plain.removesuffix("s")
    for cell_class in classes.classes:
        names = (cell_class.key.replace("_", " "), cell_class.title.lower())
        if plain in names or _SYNONYMS.get(plain) == cell_class.key:
            return cell_class.key
    return UNCLASSIFIED


def _of_labels(path: Path, width: int, height: int) -> Found:
    from scipy import ndimage

    labels = _label_image(path, width, height)
    nuclei, keys = None, {}
    if path.name.endswith(_CELLS_ENDING):
        stem = path.name.removesuffix(_CELLS_ENDING)
        beside = path.with_name(stem + _NUCLEI_ENDING)
        nuclei = _label_image(beside, width, height) if beside.exists() else None
        keys = _classes_of_table(path.with_name(stem + _TABLE_ENDING))
    for index, place in enumerate(ndimage.find_objects(labels), start=1):
        if place is None:
            continue
        top, left = place[0].start, place[1].start
        mask = Mask(labels[place] == index, left, top)
        nucleus = Mask(nuclei[place] == index, left, top) if nuclei is not None else Mask.empty()
        yield mask, nucleus, keys.get(index, UNCLASSIFIED)


def _label_image(path: Path, width: int, height: int) -> Labels:
    """A whole-number image of the size of the smear; its size is looked at before its pixels."""
    if path.suffix.lower() == ".png":
        from PIL import Image, UnidentifiedImageError

        try:
            with Image.open(path) as image:
                _refuse_size(path, image.size, width, height)
                labels = np.array(image)
        except (UnidentifiedImageError, SyntaxError, ValueError) as error:
            raise ImageError(f"{path.name} is no label image: {error}.") from error
    else:
        import tifffile

        try:
            with tifffile.TiffFile(path) as tif:
                shape = tif.pages[0].shape
                _refuse_size(path, (shape[1], shape[0]) if len(shape) == 2 else (0, 0), width, height)
                labels = tif.pages[0].asarray()
        except (tifffile.TiffFileError, ValueError, IndexError) as error:
            raise ImageError(f"{path.name} is no label image: {error}.") from error
    if labels.ndim != 2 or not np.issubdtype(labels.dtype, np.integer):
        raise ImageError(f"{path.name} is no label image: each pixel must be one whole number.")
    if labels.min(initial=0) < 0 or labels.max(initial=0) > _HIGHEST_NUMBER:
        raise ImageError(f"{path.name} is no label image: cells have numbers from 1 to {_HIGHEST_NUMBER:,}.")
    return labels


def _refuse_size(path: Path, size: tuple[int, int], width: int, height: int) -> None:
    if size != (width, height):
        raise ImageError(
            f"{path.name} does not fit this image: it must be one number a pixel, {width} x {height} of them.",
            "Choose the label image of this very image.",
        )


def _classes_of_table(path: Path) -> dict[int, str]:
    """Class by cell number, from a table as `analyze` writes it; nothing if there is none."""
    if not path.exists():
        return {}
    with path.open(encoding="utf-8-sig", newline="") as file:
        try:
            return {int(row["cell_id"]): row["class"] for row in csv.DictReader(file)}
        except (KeyError, ValueError, TypeError, csv.Error) as error:
            raise ImageError(f"{path.name} is not a table of cells: {error}.") from error
