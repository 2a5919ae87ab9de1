"""Edits that make several cells of one, or one of several, and copies."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from allviewer.domain.brush import stroke_mask
from allviewer.domain.cell import Cell, CellState, Origin
from allviewer.domain.edits import Change, Edit
from allviewer.domain.geometry import Region
from allviewer.domain.mask import Mask

Labels = NDArray[np.int32]
Point = tuple[float, float]

_DISC_SHARE = 0.8
"""Of the depth of the cell at a seed: radius of what belongs to the seed for sure."""
_SLIVER_SHARE = 0.02
"""A piece smaller than this share of the cell, cut off where the line grazes the outline, is no cell of its own."""


def split_by_line(cell: Cell, path: Sequence[Point], first_free_id: int, person: str) -> Edit:
    """Cut a cell along a line. The largest piece keeps the id; the others get ids from `first_free_id` on.

    A line that does not cut the cell in two changes nothing. No pixel is lost: those under the line go to the
    nearest piece.
    """
    from scipy import ndimage

    line = stroke_mask(path, 1.0).within(cell.mask.region)
    pieces, count = ndimage.label(cell.mask.bitmap & ~line)
    sizes = np.bincount(pieces.ravel(), minlength=count + 1)
    beside_line = np.unique(pieces[ndimage.binary_dilation(line, iterations=2)])
    large = [i for i in beside_line if i and sizes[i] >= _SLIVER_SHARE * cell.area_px]
    return _split(cell, _joined_to_nearest(cell, np.where(np.isin(pieces, large), pieces, 0)), first_free_id, person)


def split_by_seeds(cell: Cell, seeds: Sequence[Point], first_free_id: int, person: str) -> Edit:
    """Divide a cell among seed points (level-0 pixels) by a watershed of the distance from its edge.

    Seeds outside the cell do not count; fewer than two inside change nothing.
    """
    from scipy import ndimage
    from skimage.segmentation import watershed

    box = cell.mask.region
    depth_px = ndimage.distance_transform_edt(np.pad(cell.mask.bitmap, 1))[1:-1, 1:-1]
    markers = _discs_at([p for p in seeds if cell.mask.contains_point(*p)], depth_px, box)
    pieces = watershed(-depth_px, markers, mask=cell.mask.bitmap)  # type: ignore[no-untyped-call]
    return _split(cell, _joined_to_nearest(cell, pieces), first_free_id, person)


def _discs_at(seeds: Sequence[Point], depth_px: NDArray[np.float64], box: Region) -> Labels:
    """A disc around each seed, numbered from 1, nearly as large as the cell is deep there; each keeps to its own side.

    Points alone would flood badly: one on the slope of a hill that another one stands on gets a sliver.
    """
    markers = np.zeros(depth_px.shape, dtype=np.int32)
    if not seeds:
        return markers
    ys, xs = np.mgrid[box.y : box.bottom, box.x : box.right] + 0.5
    away = np.stack([np.hypot(xs - x, ys - y) for x, y in seeds])
    nearest = away.argmin(axis=0)
    for index, (x, y) in enumerate(seeds):
        row, column = int(np.floor(y)) - box.y, int(np.floor(x)) - box.x
        markers[(nearest == index) & (away[index] <= _DISC_SHARE * depth_px[row, column]) & (depth_px > 0)] = index + 1
        markers[row, column] = index + 1
    return markers


def merge(cells: Sequence[Cell], person: str) -> Edit:
    """Make one cell of several: it keeps the id and the class of the largest. One cell alone stays as it is."""
    text = f"Merge {len(cells)} cells"
    if len(cells) < 2:
        return Edit(text, ())
    kept = max(cells, key=lambda cell: (cell.area_px, -cell.id))
    whole = kept.corrected(
        person,
        mask=Mask.union_of(cell.mask for cell in cells),
        nucleus=Mask.union_of(cell.nucleus for cell in cells),
    )
    gone = (Change(cell, None) for cell in cells if cell.id != kept.id)
    return Edit(f"{text} into cell {kept.id}", (Change(kept, whole), *gone))


def copy(cells: Iterable[Cell], first_free_id: int, person: str, bounds: Region, dx: int = 0, dy: int = 0) -> Edit:
    """Copies under new ids, moved by pixels and cut at `bounds`: for another focal plane, image or place."""
    added: list[Change] = []
    for cell in cells:
        mask = cell.mask.moved(dx, dy).clipped(bounds)
        if not mask.is_empty:
            made = replace(
                cell,
                id=first_free_id + len(added),
                mask=mask,
                nucleus=cell.nucleus.moved(dx, dy).clipped(bounds),
                origin=Origin.person(person),
                state=CellState.CORRECTED,
                edited_by=person,
            )
            added.append(Change(None, made))
    return Edit(f"Copy {len(added)} cells" if len(added) != 1 else "Copy a cell", tuple(added))


def _joined_to_nearest(cell: Cell, pieces: Labels) -> Labels:
    """Every pixel of the cell to the piece nearest to it; all 0 where there is no piece."""
    from scipy import ndimage

    if not pieces.any():
        return pieces
    rows, columns = ndimage.distance_transform_edt(pieces == 0, return_distances=False, return_indices=True)
    return np.where(cell.mask.bitmap, pieces[rows, columns], 0)


def _split(cell: Cell, pieces: Labels, first_free_id: int, person: str) -> Edit:
    text = f"Split cell {cell.id}"
    numbers, sizes = np.unique(pieces[pieces > 0], return_counts=True)
    if len(numbers) < 2:
        return Edit(text, ())
    by_size = [int(number) for number in numbers[np.argsort(-sizes, kind="stable")]]
    masks = [Mask(pieces == number, cell.mask.region.x, cell.mask.region.y) for number in by_size]
    first, *others = (cell.corrected(person, mask=mask, nucleus=cell.nucleus & mask) for mask in masks)
    added = (Change(None, replace(part, id=first_free_id + i)) for i, part in enumerate(others))
    return Edit(f"{text} in {len(masks)}", (Change(cell, first), *added))
