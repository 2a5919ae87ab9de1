"""Which parts of an image go into a training set, and which of their pixels may be learnt from (pure)."""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from allviewer.domain.annotations import Annotations
from allviewer.domain.cell import Cell
from allviewer.domain.geometry import Region

PART_PX = 1024
"""Side of a part of a large image."""

WHOLE_PX = 1536
"""An image up to this side is taken whole."""

WHOLE_REVIEWED_PX = 4096
"""An image that a person looked through is taken whole up to this side."""

_CONTEXT_PX = 32


@dataclass(frozen=True, slots=True)
class TrainingPart:
    """One rectangle of an image, the cells that lie whole in it, and those that must not be learnt from."""

    region: Region
    cells: tuple[Cell, ...]
    distrusted: tuple[Cell, ...]
    trust_all: bool


def find_parts(
    cells: Sequence[Cell],
    bounds: Region,
    reviewed: bool,
    counts: Callable[[Cell], bool] = lambda cell: cell.is_touched,
) -> list[TrainingPart]:
    """The parts of one image.

    Cells count as `counts` says, usually those that a person accepted or corrected; in a reviewed image all do. A cell
    counts in one part only: where it is cut by the border of another, its pixels are distrusted there.
    """
    counting = [cell for cell in cells if (reviewed or counts(cell)) and bounds.intersects(cell.mask.region)]
    if not counting and not (reviewed and _fits(bounds, WHOLE_REVIEWED_PX)):
        return []
    annotations = Annotations(list(cells))
    if _fits(bounds, WHOLE_REVIEWED_PX if reviewed else WHOLE_PX):
        return [_part(bounds, counting, annotations, reviewed)]
    return [_part(region, inside, annotations, reviewed) for region, inside in _windows(counting, bounds)]


def margin_px(cell: Cell) -> float:
    """How far around a cell the background was looked at: half the diameter of the circle of its area."""
    return math.sqrt(cell.area_px / math.pi)


def trust_map(part: TrainingPart) -> NDArray[np.uint8]:
    """255 where the labels of a part may be learnt from, else 0; shape of its region."""
    import cv2

    region = part.region
    if part.trust_all:
        trust = np.full((region.height, region.width), 255, dtype=np.uint8)
    else:
        trust = np.zeros((region.height, region.width), dtype=np.uint8)
        for cell in part.cells:
            reach = margin_px(cell)
            box = cell.mask.region.expanded(math.ceil(reach) + 1).intersection(region)
            away = cv2.distanceTransform((~cell.mask.within(box)).astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
            _seen(trust, box, region)[away <= reach] = 255
    for cell in part.distrusted:
        cell.mask.paint_into(trust, region, 0)
    for cell in part.cells:
        cell.mask.paint_into(trust, region, 255)
    return trust


def _fits(bounds: Region, side_px: int) -> bool:
    return max(bounds.width, bounds.height) <= side_px


def _part(region: Region, inside: Iterable[Cell], annotations: Annotations, trust_all: bool) -> TrainingPart:
    kept = tuple(inside)
    ids = {cell.id for cell in kept}
    distrusted = tuple(cell for cell in annotations.in_region(region) if cell.id not in ids)
    return TrainingPart(region, kept, distrusted, trust_all)


def _windows(cells: Sequence[Cell], bounds: Region) -> list[tuple[Region, list[Cell]]]:
    """Rectangles of at most PART_PX that together hold every cell whole, each with the cells counted there."""
    waiting = Annotations(list(cells))
    left = {cell.id: cell for cell in sorted(cells, key=lambda c: (c.mask.region.y, c.mask.region.x))}
    windows = []
    while left:
        first = next(iter(left.values()))
        box = _with_margin(first)
        window = Region(box.x, box.y, max(PART_PX, box.width), max(PART_PX, box.height))
        inside = [c for c in waiting.in_region(window) if c.id in left and window.contains(_with_margin(c))]
        tight = Region(0, 0, 0, 0)
        for cell in inside:
            tight = tight.union(_with_margin(cell))
            del left[cell.id]
        windows.append((tight.intersection(bounds), inside))
    return windows


def _with_margin(cell: Cell) -> Region:
    return cell.mask.region.expanded(math.ceil(margin_px(cell)) + _CONTEXT_PX)


def _seen(array: NDArray[np.uint8], box: Region, region: Region) -> NDArray[np.uint8]:
    """The view of a part's array that shows `box`."""
    return array[box.y - region.y : box.bottom - region.y, box.x - region.x : box.right - region.x]
