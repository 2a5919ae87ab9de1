"""From cells to pixels: the masks themselves, drawn exactly, at any level of the tile grid.

Drawn are codes (see `palette`), not colours, so that switching the overlay's look draws nothing again. Outlines lie
inside the cell, on its outermost pixels.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from allviewer.domain.geometry import Region
from allviewer.domain.mask import Mask
from allviewer.ui.canvas.palette import Ink, LineStyle

Codes = NDArray[np.uint8]

_LINE_PX = 2
_DOT_BELOW_PX = 3
"""Cells that would be smaller than this are drawn as dots of this size."""
_DASH_PX = {LineStyle.DASH: 6, LineStyle.DOT: 3}
_COARSEST_DASHED_LEVEL = 1
"""On coarser levels a cell is too small for its dashes to be told apart."""


class InkedCell(NamedTuple):
    """What drawing needs of a cell."""

    mask: Mask
    nucleus: Mask
    code: int
    style: LineStyle


def draw_cells(cells: Sequence[InkedCell], level: int, box: Region) -> Codes | None:
    """Draw cells into a rectangle of a level.

    Args:
        cells: those that meet the rectangle, in any order; smaller ones are drawn over larger ones.
        level: level of the tile grid; negative ones are enlarged.
        box: rectangle in pixels of that level.

    Returns:
        Codes of shape (box.height, box.width), or None where there is nothing.
    """
    if not cells:
        return None
    room = box.expanded(_LINE_PX)  # outlines are found by looking at neighbours
    owner = np.zeros((room.height, room.width), dtype=np.int32)
    in_nucleus = np.zeros((room.height, room.width), dtype=bool)
    ordered = sorted(cells, key=lambda cell: cell.mask.region.area_px, reverse=True)
    dots: list[tuple[int, InkedCell]] = []
    for number, cell in enumerate(ordered, start=1):
        if level > 0 and max(cell.mask.region.width, cell.mask.region.height) < _DOT_BELOW_PX << level:
            dots.append((number, cell))
            continue
        _put(cell.mask, level, room, owner, number)
        _put(cell.mask, level, room, in_nucleus, value=False)
        if not cell.nucleus.is_empty:
            _put(cell.nucleus, level, room, in_nucleus, value=True)
    codes = _codes(ordered, owner, in_nucleus, level, room)
    _put_dots(dots, level, room, codes)
    inner = codes[_LINE_PX:-_LINE_PX, _LINE_PX:-_LINE_PX]
    return np.ascontiguousarray(inner) if inner.any() else None


def _put(mask: Mask, level: int, room: Region, canvas: NDArray[np.generic], value: int) -> None:
    """Set `value` where the mask lies, seen at a level."""
    if level <= 0:
        _put_enlarged(mask, -level, room, canvas, value)
        return
    step, half = 1 << level, 1 << level >> 1
    region = mask.region
    first_x, first_y = max(room.x, -((half - region.x) // step)), max(room.y, -((half - region.y) // step))
    last_x = min(room.right, -((half - region.right) // step))
    last_y = min(room.bottom, -((half - region.bottom) // step))
    if first_x >= last_x or first_y >= last_y:
        return
    left, top = first_x * step + half - region.x, first_y * step + half - region.y
    seen = mask.bitmap[top::step, left::step][: last_y - first_y, : last_x - first_x]
    canvas[first_y - room.y : last_y - room.y, first_x - room.x : last_x - room.x][seen] = value


def _put_enlarged(mask: Mask, shift: int, room: Region, canvas: NDArray[np.generic], value: int) -> None:
    scale = 1 << shift
    needed = Region.from_edges(
        room.x >> shift, room.y >> shift, -(-room.right >> shift), -(-room.bottom >> shift)
    ).intersection(mask.region)
    if needed.is_empty:
        return
    seen = mask.bitmap[
        needed.y - mask.region.y : needed.bottom - mask.region.y,
        needed.x - mask.region.x : needed.right - mask.region.x,
    ]
    if shift:
        seen = seen.repeat(scale, axis=0).repeat(scale, axis=1)
    target = Region(needed.x * scale, needed.y * scale, needed.width * scale, needed.height * scale)
    shared = target.intersection(room)
    seen = seen[shared.y - target.y : shared.bottom - target.y, shared.x - target.x : shared.right - target.x]
    canvas[shared.y - room.y : shared.bottom - room.y, shared.x - room.x : shared.right - room.x][seen] = value


def _codes(
    cells: Sequence[InkedCell], owner: NDArray[np.int32], in_nucleus: NDArray[np.bool_], level: int, room: Region
) -> Codes:
    code_of = np.array([0, *(cell.code for cell in cells)], dtype=np.uint8)
    codes = code_of[owner]
    inks = in_nucleus.astype(np.uint8)
    width_px = _LINE_PX if level <= _COARSEST_DASHED_LEVEL else 1
    nucleus_edge = _edges(np.where(in_nucleus, owner, 0), width_px) & in_nucleus
    cell_edge = _edges(owner, width_px) & (owner > 0)
    if level <= _COARSEST_DASHED_LEVEL:
        gaps = _gaps(cells, owner, room)
        if gaps is not None:
            nucleus_edge &= ~gaps
            cell_edge &= ~gaps
    inks[nucleus_edge] = Ink.NUCLEUS_OUTLINE
    inks[cell_edge] = Ink.CELL_OUTLINE
    codes += inks * (owner > 0)
    return codes


def _edges(labels: NDArray[np.int32], width_px: int) -> NDArray[np.bool_]:
    """Pixels within `width_px` (across or down) of a pixel with another label."""
    edges = np.zeros(labels.shape, dtype=bool)
    for distance in range(1, width_px + 1):
        across = labels[:, distance:] != labels[:, :-distance]
        edges[:, distance:] |= across
        edges[:, :-distance] |= across
        down = labels[distance:] != labels[:-distance]
        edges[distance:] |= down
        edges[:-distance] |= down
    return edges


def _gaps(cells: Sequence[InkedCell], owner: NDArray[np.int32], room: Region) -> NDArray[np.bool_] | None:
    """Where the lines of dashed and dotted cells are interrupted: every other field of a chessboard."""
    styles = {cell.style for cell in cells} - {LineStyle.SOLID}
    if not styles:
        return None
    style_of = np.array([0, *(cell.style for cell in cells)], dtype=np.uint8)[owner]
    gaps = np.zeros(owner.shape, dtype=bool)
    for style in styles:
        across = np.arange(room.x, room.right) // _DASH_PX[style]
        down = np.arange(room.y, room.bottom) // _DASH_PX[style]
        gaps |= (style_of == style) & ((across[None, :] + down[:, None]) % 2 == 1)
    return gaps


def _put_dots(dots: Sequence[tuple[int, InkedCell]], level: int, room: Region, codes: Codes) -> None:
    if not dots:
        return
    centers = np.array([cell.mask.region.center for _, cell in dots])
    inks = np.array([cell.code + Ink.CELL_OUTLINE for _, cell in dots], dtype=np.uint8)
    columns = (centers[:, 0] / (1 << level)).astype(np.intp) - room.x
    rows = (centers[:, 1] / (1 << level)).astype(np.intp) - room.y
    for dy in range(_DOT_BELOW_PX):
        for dx in range(_DOT_BELOW_PX):
            y, x = rows + dy - _DOT_BELOW_PX // 2, columns + dx - _DOT_BELOW_PX // 2
            inside = (y >= 0) & (y < room.height) & (x >= 0) & (x < room.width)
            codes[y[inside], x[inside]] = inks[inside]
