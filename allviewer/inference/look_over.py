"""Where the white cells of a large image may lie: a first look at a coarse scale, by the detection network."""

import math

import numpy as np
from numpy.typing import NDArray

from allviewer.domain.boxes import WHITE_CELL, Boxes, joined
from allviewer.domain.geometry import Region
from allviewer.domain.slide import PixelSource
from allviewer.inference.box_finder import BoxFinder
from allviewer.inference.patches import Patch, plan_patches
from allviewer.inference.workers import in_order
from allviewer.progress import CancelToken, Report

NEVER = 1.0
"""A threshold that nothing reaches."""


def look_over(
    source: PixelSource,
    area: Region,
    finder: BoxFinder,
    um_per_px: float,
    workers: int,
    cancel: CancelToken,
    report: Report,
) -> Boxes:
    """All that might be a white cell in a level-0 area, at the scale and threshold of the pack's first look."""
    spec = finder.spec
    step = spec.look_mpp / um_per_px
    thresholds = tuple(spec.look_threshold if kind == WHITE_CELL else NEVER for kind in spec.kinds)
    patch_px, margin_px = round(spec.patch_px * step), round(spec.halo_px * step)
    patches = plan_patches(area, source.info.bounds, patch_px, margin_px, patch_px)

    def look(patch: Patch) -> Boxes:
        return finder.find_in(source, patch, area, step, thresholds)

    parts: list[Boxes] = []
    for number, found in enumerate(in_order(look, patches, workers, cancel), start=1):
        parts.append(found)
        report(number / len(patches), f"Looking for white cells, {number} of {len(patches)}")
    return joined(parts)


def likely_places(seen: Boxes, core: Region, slack_px: int) -> list[Region]:
    """Of what was seen, the boxes whose middle lies in a region or so near that another view might put it there."""
    own = core.expanded(slack_px)
    x, y = seen.centres.T
    inside = (x >= own.x) & (x < own.right) & (y >= own.y) & (y < own.bottom)
    return [_around(box) for box in seen.edges[inside]]


def _around(box: NDArray[np.float32]) -> Region:
    left, top, right, bottom = (float(edge) for edge in box)
    return Region.from_edges(math.floor(left), math.floor(top), math.ceil(right), math.ceil(bottom))
