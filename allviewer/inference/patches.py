"""Overlapping patches of large images: cores tile the image, boxes add a margin of context. Pure."""

from dataclasses import dataclass
from itertools import pairwise

from allviewer.domain.geometry import Region


@dataclass(frozen=True, slots=True)
class Patch:
    """One patch, in pixels of the network's scale.

    Attributes:
        box: what is read and run.
        core: what this patch answers for: a cell whose centre lies here is its own. Cores of a plan are disjoint
            and fill the area.
    """

    box: Region
    core: Region


def plan_patches(area: Region, limits: Region, patch_px: int, margin_px: int, single_px: int) -> list[Patch]:
    """Patches over an area, row by row.

    Args:
        area: what is to be analysed.
        limits: how far boxes may reach (the whole image); it holds the area.
        patch_px: greatest side of a box; margin_px of it on each side is context.
        single_px: an area with no side above this is one patch.

    Raises:
        ValueError: if the margins leave no core.
    """
    if patch_px <= 2 * margin_px:
        raise ValueError(f"patches of {patch_px} px leave nothing between margins of {margin_px} px")
    if area.is_empty:
        return []
    if max(area.width, area.height) <= single_px:
        return [Patch(area.expanded(margin_px).intersection(limits), area)]
    core_px = patch_px - 2 * margin_px
    patches = []
    for top, bottom in pairwise(_cuts(area.y, area.bottom, core_px)):
        for left, right in pairwise(_cuts(area.x, area.right, core_px)):
            core = Region.from_edges(left, top, right, bottom)
            patches.append(Patch(core.expanded(margin_px).intersection(limits), core))
    return patches


def _cuts(start: int, end: int, longest: int) -> list[int]:
    """Borders of equal parts, none longer than `longest`."""
    count = -(-(end - start) // longest)
    return [start + (end - start) * i // count for i in range(count + 1)]
