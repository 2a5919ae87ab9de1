"""Writes a rendered field with its truth.

STEM.png            RGB, its scale in the resolution tag
STEM.cells.tif      label image of whole cells, 0 background
STEM.nuclei.tif     label image of nuclei, the same numbers
STEM.truth.json     the spec it was made from, and class, box and areas of every cell (`TruthFile`)
"""

from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from allviewer.errors import OutputError
from training.synthetic.smear import Smear, TrueCell
from training.synthetic.spec import SmearSpec, SpecError


class TruthCell(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One cell in a truth file; boxes and areas in pixels of the smear."""

    id: int
    label: str
    key: tuple[int, int, int]
    bbox_x: int
    bbox_y: int
    bbox_w: int
    bbox_h: int
    area_px: int
    nucleus_area_px: int


class TruthFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is true of a field; the spec renders it again."""

    spec: SmearSpec
    x: int
    y: int
    width: int
    height: int
    cells: tuple[TruthCell, ...]


def truth_of(smear: Smear) -> TruthFile:
    region = smear.region
    cells = tuple(truth_cell(cell) for cell in smear.table)
    return TruthFile(smear.spec, region.x, region.y, region.width, region.height, cells)


def truth_cell(cell: TrueCell) -> TruthCell:
    box = cell.box
    return TruthCell(
        cell.id,
        cell.label,
        cell.key,
        box.x,
        box.y,
        box.width,
        box.height,
        cell.mask.area_px,
        cell.nucleus.area_px,
    )


def read_truth(path: Path) -> TruthFile:
    """Raises SpecError if the file is missing or is no truth file."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=TruthFile)
    except OSError as error:
        raise SpecError(f"{path} cannot be read: {error.strerror}.") from error
    except (msgspec.DecodeError, SpecError) as error:
        raise SpecError(f"{path} is no truth file of a synthetic smear: {error}") from error


def write_field(smear: Smear, folder: Path, stem: str) -> list[Path]:
    """Write picture and truth; returns the files. Raises OutputError."""
    picture, truth = folder / f"{stem}.png", folder / f"{stem}.truth.json"
    cells, nuclei = folder / f"{stem}.cells.tif", folder / f"{stem}.nuclei.tif"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        write_png(picture, smear.image, smear.spec.mpp)
        write_labels(cells, smear.cells)
        write_labels(nuclei, smear.nuclei)
        truth.write_bytes(msgspec.json.format(msgspec.json.encode(truth_of(smear)), indent=1) + b"\n")
    except OSError as error:
        raise OutputError(f"{stem} cannot be written to {folder}: {error.strerror}.") from error
    return [picture, cells, nuclei, truth]


def write_png(path: Path, image: NDArray[np.uint8], mpp: float) -> None:
    """RGB with its scale as pixels per metre."""
    dots_per_inch = 25_400 / mpp
    Image.fromarray(image).save(path, dpi=(dots_per_inch, dots_per_inch), optimize=True)


def write_labels(path: Path, labels: NDArray[np.unsignedinteger]) -> None:
    """A label image as a compressed TIFF."""
    import tifffile

    tifffile.imwrite(path, labels, compression="deflate", photometric="minisblack", metadata=None)
