"""The white cells that one patch of an image answers for: read, segmented, told apart, classified. On any thread."""

from collections.abc import Sequence
from dataclasses import dataclass

from allviewer.domain.boxes import Boxes
from allviewer.domain.geometry import Region
from allviewer.domain.slide import PixelSource
from allviewer.inference.background import may_hold_cells
from allviewer.inference.classifier import UNKNOWN_CLASS, Classifier, Verdict
from allviewer.inference.clock import Clock
from allviewer.inference.instances import FoundCell, find_cells
from allviewer.inference.look_over import likely_places
from allviewer.inference.patches import Patch
from allviewer.inference.pixel_method import MethodSegmenter
from allviewer.inference.segmenter import Segmenter
from allviewer.inference.windows import windows_in
from allviewer.progress import CancelToken

SEAM_SLACK_PX = 8
"""Two patches may put a cell's centre on different sides of a seam; within this (network pixels) both may claim it."""

Judged = tuple[FoundCell, Verdict]


@dataclass(frozen=True)
class PatchWork:
    """What every patch of a run is done with.

    Attributes:
        area: level-0 rectangle that is asked for.
        step: level-0 pixels per pixel of the segmentation network.
        seen: where white cells may lie; None where nobody has looked.
        is_one: the image is a single patch, which is run whole whatever is in it.
    """

    source: PixelSource
    area: Region
    um_per_px: float
    segmenter: Segmenter | MethodSegmenter
    classifier: Classifier | None
    seen: Boxes | None
    is_one: bool
    cancel: CancelToken
    clock: Clock

    @property
    def step(self) -> float:
        return self.segmenter.spec.mpp / self.um_per_px

    def cells_of(self, patch: Patch) -> list[Judged]:
        """The cells whose centre lies in the patch's core or next to it, with their classes; doubles at seams stay."""
        slack = round(SEAM_SLACK_PX * self.step)
        claim = patch.core.expanded(slack).intersection(self.area)
        found: list[FoundCell] = []
        for window in self._windows(patch, slack):
            self.cancel.check()
            found += self._cells_in(window, patch.box, claim, slack)
        return list(zip(found, self.judge(list(found)), strict=True))

    def judge(self, found: Sequence[FoundCell]) -> list[Verdict]:
        """Classes; without a classifier nothing is known."""
        if self.classifier is None:
            return [UNKNOWN_CLASS] * len(found)
        return self.classifier.verdicts(self.source, [cell.mask for cell in found], self.um_per_px)

    def _windows(self, patch: Patch, slack: int) -> list[Region]:
        if self.is_one:
            return [patch.box]
        if self.seen is not None:
            margin_px = round(self.segmenter.spec.halo_px * self.step)
            return windows_in(patch, likely_places(self.seen, patch.core, slack), margin_px)
        with self.clock.stage("background"):
            worth_it = may_hold_cells(self.source, patch.core, self.segmenter.spec.mpp, self.step)
        return [patch.box] if worth_it else []

    def _cells_in(self, window: Region, box: Region, claim: Region, slack: int) -> list[FoundCell]:
        spec, bounds = self.segmenter.spec, self.source.info.bounds
        maps, frame = self.segmenter.maps_in(self.source, window, self.step)
        with self.clock.stage("instances"):
            found = find_cells(maps, spec, frame, bounds, claim.expanded(slack), self.cancel)
        own = [cell for cell in found if claim.contains_point(*cell.mask.centroid)]
        if window == box:
            return own
        return [cell for cell in own if not _is_cut(cell.mask.region, window, bounds, self.step)]


def _is_cut(cell: Region, window: Region, bounds: Region, step: float) -> bool:
    """Whether a border of the window, not of the image, cuts a cell off: then it is another window's."""
    reach = 1.5 * step
    return (
        (window.x > bounds.x and cell.x < window.x + reach)
        or (window.y > bounds.y and cell.y < window.y + reach)
        or (window.right < bounds.right and cell.right > window.right - reach)
        or (window.bottom < bounds.bottom and cell.bottom > window.bottom - reach)
    )
