"""Say the N:C ratio that a cell would have, while it is being painted."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QObject, QTimer

from allviewer.domain.brush import stroke_mask
from allviewer.domain.cell import Cell
from allviewer.domain.geometry import Region
from allviewer.jobs.job import Job
from allviewer.jobs.lanes import Lane
from allviewer.jobs.runner import JobRunner
from allviewer.progress import CancelToken, Report
from allviewer.session.new_shape import stroke_edit
from allviewer.session.placement import Point
from allviewer.session.selection import Selection
from allviewer.session.stroke import Stroke
from allviewer.session.tool_state import ToolState
from allviewer.session.workspace import Workspace

_PAUSE_MS = 80
"""A number that changes more often cannot be read, and the brush needs the time."""


class PreviewStroke(QObject):
    """Answers what the brush asks of `Stroke`, off the UI thread, by the very edit that the stroke will be."""

    def __init__(self, workspace: Workspace, selection: Selection, tools: ToolState, runner: JobRunner) -> None:
        super().__init__(workspace)
        self._workspace, self._selection, self._tools, self._runner = workspace, selection, tools, runner
        self._stroke: Stroke = tools.stroke
        self._job: Job | None = None
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_PAUSE_MS)
        self._pause.timeout.connect(self._ask)
        self._stroke.grew.connect(self._ask_soon)

    def _ask_soon(self) -> None:
        if self._job is None and not self._pause.isActive():
            self._pause.start()

    def _ask(self) -> None:
        document, stroke = self._workspace.document, self._stroke
        if document is None or not stroke.path:
            return
        annotations = document.annotations
        cell = annotations.get(self._selection.current) if self._selection.current else annotations.at(*stroke.path[0])
        if cell is None:
            return
        reach = round(max(stroke.radii)) + 1
        xs, ys = zip(*stroke.path, strict=True)
        box = Region.from_edges(int(min(xs)), int(min(ys)), int(max(xs)) + 1, int(max(ys)) + 1).expanded(reach)
        work = partial(
            _ratio_with,
            cell,
            tuple(stroke.path),
            stroke.radius_px,
            str(self._tools.part),
            stroke.erases,
            annotations.in_region(box),
            self._tools.protects,
            document.info.bounds,
        )
        self._job = self._runner.submit(Lane.TILES, "N:C ratio", work, self._show, self._failed)

    def _show(self, ratio: float | None) -> None:
        self._job = None
        if self._stroke.path:
            self._stroke.tell(ratio)
            self._ask_soon()

    def _failed(self, error: Exception) -> None:
        """The stroke itself will say what is wrong when it is finished."""
        self._job = None


def _ratio_with(
    cell: Cell,
    path: Sequence[Point],
    radius_px: float | list[float],
    part: str,
    erases: bool,
    around: Sequence[Cell],
    protects: bool,
    bounds: Region,
    cancel: CancelToken,
    report: Report,
) -> float | None:
    """On a worker. None where nothing of the cell would be left."""
    stroke = stroke_mask(path, radius_px).clipped(bounds)
    edit = stroke_edit(cell, stroke, part, erases, "", around, protects)
    after = next((change.after for change in edit.changes if change.cell_id == cell.id), None)
    return after.nc_ratio if after is not None else None
