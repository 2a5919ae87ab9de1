"""Grow a region from a click and make it the nucleus or the outline of a cell."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject

from allviewer.domain.geometry import Region
from allviewer.domain.mask import Mask
from allviewer.domain.scale import plausible
from allviewer.domain.slide import PixelSource
from allviewer.errors import for_people
from allviewer.jobs.job import Job
from allviewer.jobs.lanes import Lane
from allviewer.jobs.runner import JobRunner
from allviewer.progress import CancelToken, Report
from allviewer.session.document import Document
from allviewer.session.growth import Growth
from allviewer.session.new_shape import cell_for_shape, shape_edit
from allviewer.session.selection import Selection
from allviewer.session.take_shape import take_shape
from allviewer.session.tool_state import ToolState
from allviewer.session.workspace import Workspace
from allviewer.workflows.ports import Notices

if TYPE_CHECKING:
    from allviewer.classical.region_growing import Seed

_WINDOW_UM = 36.0
"""Side of what is read about a click: the largest cells, and what is around them."""
_WINDOW_PX = 448
"""So many pixels a side at most: a larger window is read coarser."""
_UNKNOWN_PX = 400
"""Side of the window where nobody knows the scale."""


@dataclass(frozen=True, slots=True)
class _Ground:
    """The pixels about a click: distances to its colour, and where they lie in the image."""

    seed: "Seed"
    region: Region


@dataclass(frozen=True, slots=True)
class _Grown:
    ground: _Ground
    threshold: float
    mask: Mask


class GrowRegion(QObject):
    """Answers what the tool asks of `Growth`, off the UI thread."""

    def __init__(
        self,
        workspace: Workspace,
        selection: Selection,
        tools: ToolState,
        runner: JobRunner,
        notices: Notices,
        plane_of: Callable[[Document], int],
        parent: QObject | None = None,
    ) -> None:
        """`plane_of` gives the focal plane that people look at."""
        super().__init__(parent)
        self._workspace, self._selection, self._tools = workspace, selection, tools
        self._runner, self._notices, self._plane_of = runner, notices, plane_of
        self._growth: Growth = tools.growth
        self._document: Document | None = None
        self._latest: _Grown | None = None
        self._threshold = 0.0
        self._job: Job | None = None
        self._growth.begun.connect(self._begin)
        self._growth.steps_wanted.connect(self._step)
        self._growth.accepted.connect(self._accept)
        self._growth.changed.connect(self._forget_if_dropped)

    def _begin(self, x: float, y: float) -> None:
        document = self._workspace.document
        if document is None or not document.info.bounds.contains_point(x, y):
            self._growth.drop()
            return
        self._document, self._latest = document, None
        source = document.source.look(self._plane_of(document))
        self._submit(partial(_grow_at, source, _window(document, x, y), int(x), int(y)))

    def _step(self, notches: float) -> None:
        """Another threshold; while the first is still being looked for there is nothing to change."""
        if self._latest is None:
            return
        from allviewer.classical.region_growing import HIGHEST_T, LOWEST_T, STEP

        self._threshold = min(HIGHEST_T, max(LOWEST_T, self._threshold * STEP**notches))
        self._submit(partial(_grow_to, self._latest.ground, self._threshold))

    def _submit(self, work: Callable[[CancelToken, Report], _Grown]) -> None:
        """The latest wish alone counts."""
        if self._job is not None:
            self._job.cancel()
        self._job = self._runner.submit(Lane.TILES, "Grow region", work, self._show, self._failed)

    def _show(self, found: _Grown) -> None:
        self._job = None
        if self._growth.seed is None:
            return
        self._latest, self._threshold = found, found.threshold
        self._growth.show(found.mask, found.threshold)

    def _failed(self, error: Exception) -> None:
        self._job = None
        self._growth.drop()
        self._notices.warn(for_people(error, "The region could not be grown"))

    def _forget_if_dropped(self) -> None:
        if self._growth.seed is None:
            self._latest = None
            if self._job is not None:
                self._job.cancel()
                self._job = None

    def _accept(self) -> None:
        """The region becomes a part of a cell, as one step."""
        document, shape, seed = self._document, self._growth.mask, self._growth.seed
        self._growth.drop()
        if document is None or document is not self._workspace.document or seed is None or shape.is_empty:
            return
        at = seed if shape.contains_point(*seed) else shape.centroid
        cell = cell_for_shape(document, self._selection.current, shape, at)
        made = shape_edit(document, cell, shape, self._tools, "Grow")
        take_shape(document, made, self._selection, self._notices.tell, self._notices.warn)


def _window(document: Document, x: float, y: float) -> Region:
    """What is read about a click."""
    mpp = document.mpp
    side = round(_WINDOW_UM / mpp) if mpp is not None and plausible(mpp) else _UNKNOWN_PX
    return Region(int(x) - side // 2, int(y) - side // 2, side, side).intersection(document.info.bounds)


def _grow_at(source: PixelSource, window: Region, x: int, y: int, cancel: CancelToken, report: Report) -> _Grown:
    """On a worker: the region about a click, at the threshold where it is steadiest."""
    from allviewer.classical.region_growing import seed_at, steady_threshold
    from allviewer.inference.resample import read_scaled

    step = max(1.0, max(window.width, window.height) / _WINDOW_PX)
    rgb, frame = read_scaled(source, window, step)
    cancel.check()
    column = min(rgb.shape[1] - 1, max(0, int((x + 0.5 - frame.x) / frame.step_x)))
    row = min(rgb.shape[0] - 1, max(0, int((y + 0.5 - frame.y) / frame.step_y)))
    seed = seed_at(rgb, column, row)
    width, height = round(rgb.shape[1] * frame.step_x), round(rgb.shape[0] * frame.step_y)
    ground = _Ground(seed, Region(round(frame.x), round(frame.y), width, height))
    return _grow_to(ground, steady_threshold(seed), cancel, report)


def _grow_to(ground: _Ground, threshold: float, cancel: CancelToken, report: Report) -> _Grown:
    """On a worker: the region at a threshold, at the resolution of the image."""
    import cv2

    from allviewer.classical.region_growing import grown

    cancel.check()
    inside, region = grown(ground.seed, threshold), ground.region
    if inside.shape != (region.height, region.width):
        size = (region.width, region.height)
        inside = cv2.resize(inside.astype(np.float32), size, interpolation=cv2.INTER_LINEAR) >= 0.5
    return _Grown(ground, threshold, Mask(inside, region.x, region.y))
