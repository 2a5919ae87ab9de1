"""Which of a file's pictures are levels of one pyramid."""

from collections.abc import Sequence

from allviewer.domain.slide import Level

Extent = tuple[int, int]
"""(width, height) in pixels."""


def coarser_levels(extents: Sequence[Extent]) -> list[int]:
    """Indices of those that are smaller pictures of the first (itself included): same proportions, ever coarser."""
    width, height = extents[0]
    kept = [0]
    for index, (own_width, own_height) in enumerate(extents):
        tolerance_px = max(2.0, 0.02 * max(own_width, own_height))
        proportional = abs(own_width * height / width - own_height) <= tolerance_px
        if min(own_width, own_height) > 0 and proportional and own_width < extents[kept[-1]][0]:
            kept.append(index)
    return kept


def level(finest: Extent, own: Extent) -> Level:
    """A level of this size in a pyramid on `finest`."""
    return Level(*own, (finest[0] / own[0] + finest[1] / own[1]) / 2)
