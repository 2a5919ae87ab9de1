"""The files that `analyze` writes for one image."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from allviewer.domain.annotations import Annotations
from allviewer.domain.boxes import BoxCount
from allviewer.domain.cell import Cell
from allviewer.domain.labels import ClassSet
from allviewer.domain.slide import RgbArray
from allviewer.storage import atomic
from allviewer.storage.cell_table import write_box_table, write_cell_table
from allviewer.storage.label_image import write_label_image
from allviewer.storage.overlay_picture import write_overlay

RESULT_ENDINGS = (".cells.csv", ".others.csv", ".cells.tif", ".nuclei.tif", ".overlay.png")


def write_image_results(
    folder: Path,
    name: str,
    cells: Sequence[Cell],
    size: tuple[int, int],
    picture: RgbArray,
    downsample: float,
    classes: ClassSet,
    mpp: float | None = None,
    classifier_classes: Sequence[str] = (),
    counted: BoxCount | None = None,
) -> Counter[str]:
    """Write NAME.cells.csv, .others.csv, .cells.tif, .nuclei.tif and .overlay.png; gives the number of each class.

    Args:
        size: width and height of level 0, which the label images have.
        picture: the whole image, `downsample` level-0 pixels per pixel (see `overlay_picture.overlay_downsample`).
        mpp: micrometres per level-0 pixel, or None.
        counted: red cells and others as boxes: NAME.boxes.csv, no file without them.
        classifier_classes: class keys in the classifier's order, so that all tables of a run have the same columns.

    Raises:
        OutputError: the folder cannot be written or the disk is full. Each file is whole or absent.
    """
    width, height = size
    white = [cell for cell in cells if classes.is_white(cell.label)]
    others = [cell for cell in cells if not classes.is_white(cell.label)]
    write_cell_table(folder / f"{name}.cells.csv", white, mpp, classifier_classes)
    write_cell_table(folder / f"{name}.others.csv", others, mpp, classifier_classes)
    annotations = Annotations(white)
    write_label_image(folder / f"{name}.cells.tif", annotations, width, height, "cells")
    write_label_image(folder / f"{name}.nuclei.tif", annotations, width, height, "nuclei")
    write_overlay(folder / f"{name}.overlay.png", picture, downsample, cells, classes)
    if counted is not None:
        write_box_table(folder / f"{name}.boxes.csv", counted)
    return Counter(cell.label for cell in cells)


def is_complete(folder: Path, name: str) -> bool:
    """Whether all files of an image are there, so that a resumed run may pass it by."""
    return all((folder / f"{name}{ending}").is_file() for ending in RESULT_ENDINGS)


def make_results_folder(folder: Path) -> None:
    """Make the folder, and prove that it can be written to before hours of work. Raises `OutputError`."""
    atomic.make_folder(folder)
