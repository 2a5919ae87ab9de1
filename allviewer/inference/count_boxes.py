"""How many red cells and platelets there are: in all of a photograph, in sampled fields of a slide."""

import numpy as np

from allviewer.domain.boxes import BoxCount, Boxes, joined
from allviewer.domain.geometry import Region
from allviewer.domain.slide import PixelSource
from allviewer.inference.box_finder import BoxFinder
from allviewer.inference.workers import in_order
from allviewer.progress import CancelToken

FIELD_UM = 250.0
"""Side of a sampled field: about what is seen through an oil immersion lens."""
FIELDS = 20
"""So many are sampled, as by hand; more would cost time and tell little that is new."""


def count_boxes(
    source: PixelSource,
    area: Region,
    finder: BoxFinder,
    um_per_px: float,
    seen: Boxes | None,
    workers: int,
    cancel: CancelToken,
) -> BoxCount:
    """Red cells, white cells and platelets of a level-0 area.

    Args:
        seen: where white cells may lie; fields are sampled from those that hold one, since that is where cells lie
            side by side and can be counted.
    """
    step, side = finder.spec.mpp / um_per_px, max(1, round(FIELD_UM / um_per_px))
    across, down = -(-area.width // side), -(-area.height // side)
    whole = across * down <= FIELDS
    fields = [area] if whole else _sampled(area, side, seen)

    def count(field: Region) -> Boxes:
        return finder.find(source, field, step)

    parts = list(in_order(count, fields, workers, cancel))
    return BoxCount(joined(parts), tuple(fields), whole, finder.identity)


def _sampled(area: Region, side: int, seen: Boxes | None) -> list[Region]:
    """Fields of an even grid, evenly taken from those with a white cell; from all where none is known of."""
    across, down = area.width // side, area.height // side
    squares = list(range(across * down))
    if seen is not None and len(seen):
        columns, rows = ((seen.centres - (area.x, area.y)) // side).astype(int).T
        inside = (columns >= 0) & (columns < across) & (rows >= 0) & (rows < down)
        squares = sorted(set((rows * across + columns)[inside].tolist())) or squares
    chosen = [squares[index] for index in np.linspace(0, len(squares) - 1, FIELDS).round().astype(int)]
    return [
        Region(area.x + square % across * side, area.y + square // across * side, side, side)
        for square in dict.fromkeys(chosen)
    ]
