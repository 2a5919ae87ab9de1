"""A mask after corners of its outline were moved: it changes near these corners and nowhere else."""

from collections.abc import Sequence

import numpy as np

from allviewer.domain.brush import polygon_mask
from allviewer.domain.mask import Bitmap, Mask

Corners = Sequence[tuple[float, float]]
_SLACK_PX = 2
"""The polygon with few corners runs so near to the mask's true border."""


def with_outline(mask: Mask, before: Corners, after: Corners) -> Mask:
    """The mask with its outline, drawn as the polygon `before`, moved to the polygon `after`.

    Where the two polygons differ, and 2 px around, the mask becomes what `after` says; its other pixels stay.
    """
    old, new = polygon_mask(before), polygon_mask(after)
    box = mask.region.union(old.region).union(new.region).expanded(_SLACK_PX)
    wanted = new.within(box)
    changed = _grown(old.within(box) != wanted, _SLACK_PX)
    return Mask(np.where(changed, wanted, mask.within(box)), box.x, box.y)


def _grown(bitmap: Bitmap, by_px: int) -> Bitmap:
    """All pixels within so many rows and columns; the bitmap has that much empty margin."""
    grown = bitmap.copy()
    for axis in (0, 1):
        row = grown
        for step in range(1, by_px + 1):
            grown = grown | np.roll(row, step, axis) | np.roll(row, -step, axis)
    return grown
