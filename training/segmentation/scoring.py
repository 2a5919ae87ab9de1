"""How well found cells fit the drawn ones, picture by picture. Pure."""

from collections.abc import Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from allviewer.domain.geometry import Region
from allviewer.domain.mask import Mask
from training.datasets.sample import NUCLEUS, SOME_CELL, UNKNOWN, Sample

Found = Sequence[tuple[Mask, Mask]]
"""(whole cell, nucleus) of each find, in the sample's pixels."""

IOU_OF_A_HIT = 0.5
_WEAK_INSIDE = 0.8


class CellScore(msgspec.Struct, frozen=True):
    """Dice of whole cell, nucleus and cytoplasm; None where neither shows any."""

    cell: float | None
    nucleus: float | None
    cytoplasm: float | None


class PictureScore(msgspec.Struct, frozen=True):
    """One picture.

    Attributes:
        drawn, found, hits: numbers of cells; a hit is a find that overlaps a drawn cell with IoU >= 0.5.
        cells: Dice of each hit.
        whole: Dice of all finds together against all that is drawn, over the known part of the picture.
    """

    source: str
    group: str
    name: str
    drawn: int
    found: int
    hits: int
    cells: tuple[CellScore, ...] = ()
    whole: CellScore | None = None
    mpp_used: float | None = None


def score_picture(sample: Sample, found: Found, mpp_used: float | None = None) -> PictureScore:
    """Score the finds of one picture; finds that lie mostly where nothing is known are left out."""
    if sample.parts.max() >= SOME_CELL and not sample.cells.any():
        return _score_weak(sample, found, mpp_used)
    kept = [pair for pair in found if _share_in(pair[0], sample.parts == UNKNOWN) <= 0.5]
    drawn = [Mask(sample.cells == number) for number in sample.cell_numbers()]
    hits = match(drawn, [cell for cell, _ in kept])
    nuclei = sample.parts == NUCLEUS
    cells = tuple(_cell_score(drawn[i], drawn[i] & Mask(nuclei), *kept[j]) for i, j in hits)
    counts = (len(drawn), len(kept), len(hits))
    return PictureScore(sample.source, sample.group, sample.name, *counts, cells, _whole_score(sample, kept), mpp_used)


def match(drawn: Sequence[Mask], found: Sequence[Mask]) -> list[tuple[int, int]]:
    """Pairs (drawn, found) with IoU >= 0.5; such a pair is always unique."""
    pairs = [(i, j) for i, a in enumerate(drawn) for j, b in enumerate(found) if a.iou(b) >= IOU_OF_A_HIT]
    taken: dict[int, int] = {}
    for i, j in pairs:
        if i not in taken and j not in taken.values():
            taken[i] = j
    return list(taken.items())


def dice(a: NDArray[np.bool_], b: NDArray[np.bool_]) -> float | None:
    """2 |a and b| / (|a| + |b|); None if both are empty."""
    total = int(np.count_nonzero(a)) + int(np.count_nonzero(b))
    return 2 * int(np.count_nonzero(a & b)) / total if total else None


def _cell_score(cell: Mask, nucleus: Mask, found_cell: Mask, found_nucleus: Mask) -> CellScore:
    box = cell.region.union(found_cell.region)
    a, b = cell.within(box), found_cell.within(box)
    na, nb = nucleus.within(box), found_nucleus.within(box)
    return CellScore(dice(a, b), dice(na, nb), dice(a & ~na, b & ~nb))


def _whole_score(sample: Sample, found: Found) -> CellScore:
    cells, nuclei = np.zeros(sample.parts.shape, bool), np.zeros(sample.parts.shape, bool)
    for cell, nucleus in found:
        cell.paint_into(cells, _frame(sample))
        nucleus.paint_into(nuclei, _frame(sample))
    known = sample.parts != UNKNOWN
    cells, nuclei = cells & known, nuclei & known
    drawn, drawn_nuclei = (sample.parts > 0) & known, sample.parts == NUCLEUS
    return CellScore(dice(drawn, cells), dice(drawn_nuclei, nuclei), dice(drawn & ~drawn_nuclei, cells & ~nuclei))


def _score_weak(sample: Sample, found: Found, mpp_used: float | None) -> PictureScore:
    """Of a picture with boxes only: a hit holds the middle of a box and lies in boxes, a find elsewhere is false."""
    boxes = (sample.parts == SOME_CELL) | (sample.parts == UNKNOWN)
    middles = ndimage.center_of_mass(np.ones(boxes.shape), *_numbered(sample.parts == SOME_CELL))
    kept = [cell for cell, _ in found if not 0.2 < _share_in(cell, boxes) < _WEAK_INSIDE]
    inside = [cell for cell in kept if _share_in(cell, boxes) >= _WEAK_INSIDE]
    hits = sum(any(cell.contains_point(x, y) for cell in inside) for y, x in middles)
    false = len(kept) - len(inside)
    counts = (len(middles), hits + false, hits)
    return PictureScore(sample.source, sample.group, sample.name, *counts, mpp_used=mpp_used)


def _numbered(inside: NDArray[np.bool_]) -> tuple[NDArray[np.int32], list[int]]:
    labels, count = ndimage.label(inside)
    return labels, list(range(1, count + 1))


def _frame(sample: Sample) -> Region:
    height, width = sample.parts.shape
    return Region(0, 0, width, height)


def _share_in(cell: Mask, where: NDArray[np.bool_]) -> float:
    r = cell.region
    return float(np.count_nonzero(cell.bitmap & where[r.y : r.bottom, r.x : r.right])) / max(1, cell.area_px)
