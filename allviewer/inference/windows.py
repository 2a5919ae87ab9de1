"""Where in a patch a network has to look, when it is known where white cells may lie. Pure."""

from collections.abc import Sequence

from allviewer.domain.geometry import Region
from allviewer.inference.patches import Patch

WORTH_IT = 0.6
"""Windows that come to more than this share of the patch are no gain: then it is run whole."""


def windows_in(patch: Patch, likely: Sequence[Region], margin_px: int) -> list[Region]:
    """What of a patch has to be run; nothing where nothing is likely.

    Args:
        likely: where white cells may lie, those that the patch answers for; level-0 pixels as all here.
        margin_px: context around each.
    """
    windows = [where.expanded(margin_px).intersection(patch.box) for where in likely]
    windows = _merged([window for window in windows if not window.is_empty])
    if sum(window.area_px for window in windows) > WORTH_IT * patch.box.area_px:
        return [patch.box]
    return windows


def _merged(windows: list[Region]) -> list[Region]:
    """Windows that overlap so far that one around both is no larger than the two, joined; sorted by place."""
    done: list[Region] = []
    for window in sorted(windows):
        joined = window
        while True:
            near = next((other for other in done if _costs_nothing(other, joined)), None)
            if near is None:
                break
            done.remove(near)
            joined = joined.union(near)
        done.append(joined)
    return sorted(done, key=lambda region: (region.y, region.x))


def _costs_nothing(a: Region, b: Region) -> bool:
    return a.union(b).area_px <= a.area_px + b.area_px
