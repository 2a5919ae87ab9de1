"""Lead a wire along the edges of the picture; closed, it is the outline of a nucleus or a cell."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from allviewer.domain.brush import polygon_mask
from allviewer.domain.geometry import Region
from allviewer.domain.scale import plausible
from allviewer.domain.slide import PixelSource
from allviewer.errors import for_people
from allviewer.jobs.job import Job
from allviewer.jobs.lanes import Lane
from allviewer.jobs.runner import JobRunner
from allviewer.progress import CancelToken, Report
from allviewer.session.document import Document
from allviewer.session.new_shape import cell_for_shape, shape_edit
from allviewer.session.placement import Point
from allviewer.session.selection import Selection
from allviewer.session.take_shape import take_shape
from allviewer.session.tool_state import ToolState
from allviewer.session.wire import Wire
from allviewer.session.workspace import Workspace
from allviewer.workflows.ports import Notices

if TYPE_CHECKING:
    from allviewer.classical.live_wire import LiveWire

_WINDOW_UM = 30.0
"""Side of what is read about an anchor."""
_WINDOW_PX = 400
"""So many pixels a side at most: a larger window is read coarser. Also the side where nobody knows the scale."""


@dataclass(frozen=True, slots=True)
class _Way:
    """The ways from an anchor; where the picture they are in lies in the image, and the size of its pixels."""

    wire: "LiveWire"
    left: float
    top: float
    step_x: float
    step_y: float

    def path_to(self, x: float, y: float) -> list[Point]:
        pixels = self.wire.path_to(int((x - self.left) / self.step_x), int((y - self.top) / self.step_y))
        inner = [(self.left + (px + 0.5) * self.step_x, self.top + (py + 0.5) * self.step_y) for px, py in pixels]
        return [*inner[1:-1], (x, y)]


class TraceEdge(QObject):
    """Answers what the tool asks of `Wire`. Ways are found off the UI thread, once an anchor; following is quick."""

    def __init__(
        self,
        workspace: Workspace,
        selection: Selection,
        tools: ToolState,
        runner: JobRunner,
        notices: Notices,
        plane_of: Callable[[Document], int],
    ) -> None:
        super().__init__(workspace)
        self._workspace, self._selection, self._tools = workspace, selection, tools
        self._runner, self._notices, self._plane_of = runner, notices, plane_of
        self._wire: Wire = tools.wire
        self._way: _Way | None = None
        self._job: Job | None = None
        self._wire.anchored.connect(self._find_ways)
        self._wire.moved.connect(self._lead)
        self._wire.closed.connect(self._take)

    @property
    def is_ready(self) -> bool:
        """Whether the wire follows edges already."""
        return self._way is not None

    def _find_ways(self, x: float, y: float) -> None:
        self._way = None
        if self._job is not None:
            self._job.cancel()
        document = self._workspace.document
        if document is None or not document.info.bounds.contains_point(x, y):
            return
        source = document.source.look(self._plane_of(document))
        work = partial(_ways_from, source, _window(document, x, y), x, y)
        self._job = self._runner.submit(Lane.TILES, "Find edges", work, self._ways_found, self._failed)

    def _ways_found(self, way: _Way) -> None:
        self._job = None
        self._way = way
        if self._wire.tail:
            self._wire.move(self._wire.tail[-1])

    def _failed(self, error: Exception) -> None:
        self._job = None
        self._wire.drop()
        self._notices.warn(for_people(error, "The edges could not be found"))

    def _lead(self, x: float, y: float) -> None:
        if self._way is not None:
            self._wire.lead(self._way.path_to(x, y))

    def _take(self, points: list[Point]) -> None:
        """The closed outline becomes a part of a cell, or a new cell, as one step."""
        document = self._workspace.document
        if document is None:
            return
        shape = polygon_mask(points).clipped(document.info.bounds)
        if shape.is_empty:
            self._notices.tell("This outline holds no pixel of the image.")
            return
        cell = cell_for_shape(document, self._selection.current, shape, shape.centroid)
        made = shape_edit(document, cell, shape, self._tools, "Trace")
        take_shape(document, made, self._selection, self._notices.tell, self._notices.warn)


def _window(document: Document, x: float, y: float) -> Region:
    side = round(_WINDOW_UM / document.mpp) if document.mpp and plausible(document.mpp) else _WINDOW_PX
    return Region(int(x) - side // 2, int(y) - side // 2, side, side).intersection(document.info.bounds)


def _ways_from(source: PixelSource, window: Region, x: float, y: float, cancel: CancelToken, report: Report) -> _Way:
    """On a worker."""
    from allviewer.classical.live_wire import LiveWire
    from allviewer.inference.resample import read_scaled

    rgb, frame = read_scaled(source, window, max(1.0, max(window.width, window.height) / _WINDOW_PX))
    cancel.check()
    wire = LiveWire(rgb)
    wire.anchor(int((x - frame.x) / frame.step_x), int((y - frame.y) / frame.step_y))
    return _Way(wire, frame.x, frame.y, frame.step_x, frame.step_y)
