"""Edits that change a cell's shape as a whole: holes, smoothing, growing, shrinking.

`part` is "nucleus", or "cytoplasm" for the outline of the whole cell. The nucleus stays inside its cell: an outline
never shrinks below it, and a nucleus that grows takes its cell along.
"""

from collections.abc import Iterable

import numpy as np

from allviewer.domain.cell import Cell
from allviewer.domain.edits import Change, Edit
from allviewer.domain.geometry import Region
from allviewer.domain.mask import Bitmap, Mask


def fill_holes(cell: Cell, part: str, person: str) -> Edit:
    """Fill what is enclosed by the part; in a nucleus this makes cytoplasm of its holes nucleus."""
    from scipy import ndimage

    shape = _shape_of(cell, part)
    filled = Mask(ndimage.binary_fill_holes(shape.bitmap), shape.region.x, shape.region.y)
    return _edit("Fill holes of", cell, filled, part, person)


def smooth(cell: Cell, part: str, person: str, sigma_px: float = 2.0) -> Edit:
    """Round off what is finer than about `sigma_px` pixels, with the area nearly kept."""
    from scipy import ndimage

    canvas, box = _with_margin(_shape_of(cell, part), round(4 * sigma_px))
    blurred = ndimage.gaussian_filter(canvas.astype(np.float32), sigma_px)
    return _edit("Smooth", cell, Mask(blurred > 0.5, box.x, box.y), part, person)


def grow(cell: Cell, part: str, person: str, bounds: Region, neighbours: Iterable[Cell] = (), by_px: int = 1) -> Edit:
    """Move the part's edge outwards by pixels, not into `neighbours` nor out of the image (`bounds`)."""
    from scipy import ndimage

    shape = _shape_of(cell, part)
    canvas, box = _with_margin(shape, by_px)
    new = Mask(ndimage.binary_dilation(canvas, iterations=by_px), box.x, box.y).clipped(bounds)
    for other in neighbours:
        if other.id != cell.id and other.mask.region.intersects(new.region):
            new -= other.mask - shape
    return _edit("Grow", cell, new, part, person)


def shrink(cell: Cell, part: str, person: str, by_px: int = 1) -> Edit:
    """Move the part's edge inwards by pixels. A cell without a nucleus that would vanish stays as it is."""
    from scipy import ndimage

    canvas, box = _with_margin(_shape_of(cell, part), by_px)
    return _edit("Shrink", cell, Mask(ndimage.binary_erosion(canvas, iterations=by_px), box.x, box.y), part, person)


def _shape_of(cell: Cell, part: str) -> Mask:
    return cell.nucleus if part == "nucleus" else cell.mask


def _with_margin(mask: Mask, margin_px: int) -> tuple[Bitmap, Region]:
    box = mask.region.expanded(margin_px)
    return mask.within(box), box


def _edit(verb: str, cell: Cell, shape: Mask, part: str, person: str) -> Edit:
    """The step that gives a part its new shape; without changes where it would change nothing or leave nothing."""
    text = f"{verb} {part}, cell {cell.id}"
    nucleus = shape if part == "nucleus" else cell.nucleus
    mask = cell.mask | shape if part == "nucleus" else shape | cell.nucleus
    if mask.is_empty or (mask == cell.mask and nucleus == cell.nucleus):
        return Edit(text, ())
    return Edit(text, (Change(cell, cell.corrected(person, mask=mask, nucleus=nucleus)),))
