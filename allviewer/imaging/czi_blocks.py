"""Where the blocks of a CZI's mosaic and of its pyramid lie."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from allviewer.domain.geometry import Region

if TYPE_CHECKING:
    from pylibCZIrw.czi import CziReader


_MOST_PIXELS = 1 << 25
"""No microscope writes blocks of more; a damaged file that claims one shows what the finer levels hold there."""


@dataclass(frozen=True, slots=True)
class Block:
    """One block of the pyramid: `stored` as the file names it, in level-0 pixels; `seen` in its level's own pixels."""

    stored: tuple[int, int, int, int]
    seen: Region


class CziBlocks:
    """The blocks of every level but the first.

    Args:
        reader: of the open file.
        corner: where in the file's coordinates the picture begins.
        side_px: the shorter side of the picture; levels that would not be a pixel wide are left out.

    Attributes:
        factors: how much smaller each level is than level 0, which comes first with 1.
    """

    def __init__(self, reader: "CziReader", corner: tuple[int, int], side_px: int) -> None:
        found: dict[int, set[tuple[int, ...]]] = {}

        def note(_: int, block: Any) -> bool:
            factor, place, size = round(1 / block.get_zoom()), block.logicalRect, block.physicalSize
            most = max(size.w * size.h, place.w // factor * (place.h // factor)) if factor else 0
            if 1 < factor <= side_px and most <= _MOST_PIXELS:
                # channels and planes have their blocks at the same places
                found.setdefault(factor, set()).add((place.x, place.y, place.w, place.h, size.w, size.h))
            return True

        reader.enumerate_subblocks(note)
        self.factors = [1, *sorted(found)]
        self._corner = corner
        self._places: dict[int, NDArray[np.int64]] = {
            factor: np.array(sorted(places), dtype=np.int64) for factor, places in found.items()
        }

    def within(self, level: int, inside: Region) -> list[Block]:
        """The blocks of a level above the first that touch a rectangle of it."""
        factor = self.factors[level]
        places = self._places[factor]
        left = np.rint((places[:, 0] - self._corner[0]) / factor).astype(np.int64)
        top = np.rint((places[:, 1] - self._corner[1]) / factor).astype(np.int64)
        touches = (left < inside.right) & (left + places[:, 4] > inside.x)
        touches &= (top < inside.bottom) & (top + places[:, 5] > inside.y)
        return [
            Block(tuple(places[at, :4].tolist()), Region(int(left[at]), int(top[at]), *places[at, 4:].tolist()))
            for at in np.flatnonzero(touches)
        ]
