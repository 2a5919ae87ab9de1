"""From cells to pixels: the masks themselves, drawn exactly, at any level of the tile grid.

Drawn are codes (see `palette`), not colours, so that switching the overlay's look draws nothing again. Outlines lie
inside the cell, on its outermost pixels.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from allviewer.domain.geometry import Region
from allviewer.domain.mask import Mask
from allviewer.ui.canvas.palette import Ink

Codes = NDArray[np.uint16]
Numbers = NDArray[Any]
"""Which cell a pixel belongs to: 1 is the first, 0 none."""

_LINE_PX = 2
_DOT_BELOW_PX = 3
"""Cells that would be smaller than this are drawn as dots of this size."""
_COARSEST_DETAILED_LEVEL = 1
"""On coarser levels cells are small: thinner lines, no dashes."""


class InkedCell(NamedTuple):
    """What drawing needs of a cell."""

    mask: Mask
    nucleus: Mask
    code: int


def draw_cells(cells: Sequence[InkedCell], dash_px: Sequence[int], level: int, box: Region) -> Codes | None:
    """Draw cells into a rectangle of a level.

    Args:
        cells: those that meet the rectangle, in any order; smaller ones are drawn over larger ones.
        dash_px: length of dashes by code, as `Palette.dash_px`.
        level: level of the tile grid; negative ones are enlarged.
        box: rectangle in pixels of that level.

    Returns:
        Codes of shape (box.height, box.width), or None where there is nothing.
    """
    if not cells:
        return None
    room = box.expanded(_LINE_PX)  # outlines are found by looking at neighbours
    smallest_px = _DOT_BELOW_PX << max(0, level) if level > 0 else 0
    ordered = sorted(cells, key=lambda cell: cell.mask.region.area_px, reverse=True)
    large = [c for c in ordered if c.mask.region.width >= smallest_px or c.mask.region.height >= smallest_px]
    codes = _draw_shapes(large, dash_px, level, room)
    if len(large) < len(ordered):
        known = set(map(id, large))
        _put_dots([cell for cell in ordered if id(cell) not in known], level, room, codes)
    inner = codes[_LINE_PX:-_LINE_PX, _LINE_PX:-_LINE_PX]
    return np.ascontiguousarray(inner) if inner.any() else None


def _draw_shapes(cells: Sequence[InkedCell], dash_px: Sequence[int], level: int, room: Region) -> Codes:
    number_type = np.uint16 if len(cells) < 0xFFFF else np.uint32
    owner: Numbers = np.zeros((room.height, room.width), dtype=number_type)
    nucleus_owner = np.zeros_like(owner)
    put = _put_reduced if level > 0 else _put_enlarged
    for number, cell in enumerate(cells, start=1):
        put(cell.mask, level, room, owner, number)
        if cell.nucleus.region.width:
            put(cell.nucleus, level, room, nucleus_owner, number)
    nucleus_owner[nucleus_owner != owner] = 0  # what a smaller cell on top hides
    return _codes(cells, dash_px, owner, nucleus_owner, level, room)


def _put_reduced(mask: Mask, level: int, room: Region, canvas: Numbers, number: int) -> None:
    """Set a number where the mask lies; each pixel of the level is what the mask is at its middle."""
    step, half = 1 << level, 1 << level >> 1
    x, y, width, height = mask.region.x, mask.region.y, mask.region.width, mask.region.height
    left, top = max(room.x, -((half - x) // step)), max(room.y, -((half - y) // step))
    right = min(room.x + room.width, -((half - x - width) // step))
    bottom = min(room.y + room.height, -((half - y - height) // step))
    if left < right and top < bottom:
        first_row, first_column = top * step + half - y, left * step + half - x
        seen = mask.bitmap[first_row::step, first_column::step][: bottom - top, : right - left]
        canvas[top - room.y : bottom - room.y, left - room.x : right - room.x][seen] = number


def _put_enlarged(mask: Mask, level: int, room: Region, canvas: Numbers, number: int) -> None:
    """Set a number where the mask lies; each pixel of the mask is a square of pixels of the level."""
    shift, region = -level, mask.region
    left, top = max(room.x >> shift, region.x), max(room.y >> shift, region.y)
    right = min(-(-(room.x + room.width) >> shift), region.x + region.width)
    bottom = min(-(-(room.y + room.height) >> shift), region.y + region.height)
    if left >= right or top >= bottom:
        return
    seen = mask.bitmap[top - region.y : bottom - region.y, left - region.x : right - region.x]
    if shift:
        seen = seen.repeat(1 << shift, axis=0).repeat(1 << shift, axis=1)
    target = Region.from_edges(left << shift, top << shift, right << shift, bottom << shift)
    shared = target.intersection(room)
    seen = seen[shared.y - target.y : shared.bottom - target.y, shared.x - target.x : shared.right - target.x]
    canvas[shared.y - room.y : shared.bottom - room.y, shared.x - room.x : shared.right - room.x][seen] = number


def _codes(
    cells: Sequence[InkedCell],
    dash_px: Sequence[int],
    owner: Numbers,
    nucleus_owner: Numbers,
    level: int,
    room: Region,
) -> Codes:
    code_of = np.array([0, *(cell.code for cell in cells)], dtype=np.uint16)
    codes = code_of[owner]
    codes[nucleus_owner > 0] += np.uint16(Ink.NUCLEUS)
    is_detailed = level <= _COARSEST_DETAILED_LEVEL
    dash_of = np.array([0, *(dash_px[cell.code] for cell in cells)], dtype=np.int32) if is_detailed else None
    for numbers, ink in ((nucleus_owner, Ink.NUCLEUS_OUTLINE), (owner, Ink.CELL_OUTLINE)):
        rows, columns = np.nonzero(_edges(numbers, _LINE_PX if is_detailed else 1) & (numbers > 0))
        edge_owner = numbers[rows, columns]
        if dash_of is not None and dash_of.any():
            drawn = _is_dash(dash_of[edge_owner], rows + room.y, columns + room.x)
            rows, columns, edge_owner = rows[drawn], columns[drawn], edge_owner[drawn]
        codes[rows, columns] = code_of[edge_owner] + np.uint16(ink)
    return codes


def _edges(numbers: Numbers, width_px: int) -> NDArray[np.bool_]:
    """Pixels within `width_px` (across or down) of a pixel with another number."""
    edges = np.zeros(numbers.shape, dtype=bool)
    for distance in range(1, width_px + 1):
        across = numbers[:, distance:] != numbers[:, :-distance]
        edges[:, distance:] |= across
        edges[:, :-distance] |= across
        down = numbers[distance:] != numbers[:-distance]
        edges[distance:] |= down
        edges[:-distance] |= down
    return edges


def _is_dash(dash_px: NDArray[Any], rows: NDArray[Any], columns: NDArray[Any]) -> NDArray[np.bool_]:
    """Which pixels of lines are drawn: those on every other field of a chessboard, all where lines are solid."""
    field = np.maximum(dash_px, 1)
    return np.asarray((dash_px == 0) | ((rows // field + columns // field) % 2 == 0))


def _put_dots(cells: Sequence[InkedCell], level: int, room: Region, codes: Codes) -> None:
    centers = np.array([cell.mask.region.center for cell in cells])
    inks = np.array([cell.code + Ink.CELL_OUTLINE for cell in cells], dtype=np.uint16)
    columns = (centers[:, 0] / (1 << level)).astype(np.intp) - room.x
    rows = (centers[:, 1] / (1 << level)).astype(np.intp) - room.y
    for dy in range(_DOT_BELOW_PX):
        for dx in range(_DOT_BELOW_PX):
            y, x = rows + dy - _DOT_BELOW_PX // 2, columns + dx - _DOT_BELOW_PX // 2
            inside = (y >= 0) & (y < room.height) & (x >= 0) & (x < room.width)
            codes[y[inside], x[inside]] = inks[inside]
