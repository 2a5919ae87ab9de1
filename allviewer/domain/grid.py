"""A coarse grid that finds things by place without looking at all of them."""

from collections.abc import Iterable, Mapping

from allviewer.domain.geometry import Region

_BIN_PX = 512

Bins = Mapping[tuple[int, int], set[int]]
"""Ids by the (column, row) of a bin."""


class RegionGrid:
    """Boxes under ids. Finding costs what lies near, not what there is."""

    def __init__(self) -> None:
        self._bins: dict[tuple[int, int], set[int]] = {}

    def put(self, item_id: int, region: Region) -> None:
        for key in _bins_of(region):
            self._bins.setdefault(key, set()).add(item_id)

    def put_all(self, bins: Bins) -> None:
        """Put many at once, as `bins_of_all` has sorted them."""
        for key, ids in bins.items():
            self._bins.setdefault(key, set()).update(ids)

    def take_all(self, bins: Bins) -> None:
        """Remove many at once, as `bins_of_all` has sorted them."""
        for key, ids in bins.items():
            kept = self._bins[key]
            kept -= ids
            if not kept:
                del self._bins[key]

    def at_most(self, region: Region) -> int:
        """A number that is not smaller than that of the boxes near a region; costs one look at each bin."""
        if _number_of_bins(region) > len(self._bins):
            return sum(map(len, self._bins.values()))
        return sum([len(self._bins.get(key, ())) for key in _bins_of(region)])

    def near(self, region: Region) -> set[int]:
        """Ids of all boxes that meet the region, and perhaps of some that pass close by."""
        ids: set[int] = set()
        if _number_of_bins(region) > len(self._bins):  # a look at the whole slide
            for (column, row), found in self._bins.items():
                if Region(column * _BIN_PX, row * _BIN_PX, _BIN_PX, _BIN_PX).intersects(region):
                    ids |= found
            return ids
        for key in _bins_of(region):
            ids |= self._bins.get(key, set())
        return ids


def bins_of_all(boxes: Iterable[tuple[int, Region]]) -> Bins:
    """Ids with their boxes, sorted into the bins that they meet."""
    bins: dict[tuple[int, int], set[int]] = {}
    for item_id, region in boxes:
        for key in _bins_of(region):
            bins.setdefault(key, set()).add(item_id)
    return bins


def _edges(region: Region) -> tuple[int, int, int, int]:
    """First and last column, first and last row of bins."""
    return (
        region.x // _BIN_PX,
        (region.right - 1) // _BIN_PX,
        region.y // _BIN_PX,
        (region.bottom - 1) // _BIN_PX,
    )


def _number_of_bins(region: Region) -> int:
    if region.is_empty:
        return 0
    left, right, top, bottom = _edges(region)
    return (right - left + 1) * (bottom - top + 1)


def _bins_of(region: Region) -> list[tuple[int, int]]:
    if region.is_empty:
        return []
    left, right, top, bottom = _edges(region)
    if left == right and top == bottom:  # most cells lie in one
        return [(left, top)]
    return [(column, row) for row in range(top, bottom + 1) for column in range(left, right + 1)]
