"""Outline a cell that nobody has marked from clicks, with the segmentation network or a user's own click network."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from allviewer.domain import edits
from allviewer.domain.edits import Edit
from allviewer.domain.mask import Mask
from allviewer.domain.neighbours import spared, taking
from allviewer.domain.scale import plausible
from allviewer.domain.slide import PixelSource
from allviewer.errors import UserError, for_people
from allviewer.jobs.job import Job
from allviewer.jobs.lanes import Lane
from allviewer.jobs.runner import JobRunner
from allviewer.progress import CancelToken, Report
from allviewer.session.clicked import Clicked, MarkedPoint
from allviewer.session.document import Document
from allviewer.session.new_shape import ShapeEdit, new_cell, shape_edit
from allviewer.session.selection import Selection
from allviewer.session.take_shape import take_shape
from allviewer.session.tool_state import Part, ToolState
from allviewer.session.workspace import Workspace
from allviewer.workflows.ports import Notices

if TYPE_CHECKING:
    from allviewer.inference.click_looker import ClickLooker
    from allviewer.inference.clicks import ClickGround, Outline
    from allviewer.inference.installed_pack import InstalledPack

_THREADS = 2


@dataclass(frozen=True, slots=True)
class _Answer:
    """An outline, and what of the surroundings was looked at for it, to be used for the next click."""

    ground: "ClickGround"
    outline: "Outline"


class SegmentClick(QObject):
    """Answers what the tool asks of `Clicked`, off the UI thread."""

    def __init__(
        self,
        workspace: Workspace,
        selection: Selection,
        tools: ToolState,
        runner: JobRunner,
        notices: Notices,
        pack: Callable[[], "InstalledPack"],
        plane_of: Callable[[Document], int],
    ) -> None:
        """`pack` gives the network that looks (may raise `UserError`); `plane_of` the focal plane looked at."""
        super().__init__(workspace)
        self._workspace, self._selection, self._tools = workspace, selection, tools
        self._runner, self._notices, self._pack, self._plane_of = runner, notices, pack, plane_of
        self._clicked: Clicked = tools.clicked
        self._document: Document | None = None
        self._ground: ClickGround | None = None
        self._looker: ClickLooker | None = None
        self._job: Job | None = None
        self._clicked.asked.connect(self._ask)
        self._clicked.accepted.connect(self._accept)
        self._clicked.changed.connect(self._forget_if_dropped)

    def _ask(self) -> None:
        """Find the outline of all clicks so far."""
        document = self._workspace.document
        if document is None:
            self._clicked.drop()
            return
        try:
            pack = self._pack()
        except UserError as error:
            self._clicked.drop()
            self._notices.warn(error)
            return
        self._document = document
        plane = self._plane_of(document)
        source, what = document.source.look(plane), (document.image_id, plane)
        um_per_px = document.mpp if document.mpp is not None and plausible(document.mpp) else None
        work = partial(self._find, pack, source, what, um_per_px, self._ground, tuple(self._clicked.points))
        self._job = self._runner.submit(Lane.TILES, "Outline clicked cell", work, self._show, self._failed)

    def _find(
        self,
        pack: "InstalledPack",
        source: PixelSource,
        what: tuple[int, int],
        um_per_px: float | None,
        ground: "ClickGround | None",
        points: Sequence[MarkedPoint],
        cancel: CancelToken,
        report: Report,
    ) -> _Answer:
        """On a worker."""
        from allviewer.inference.click_looker import ClickLooker
        from allviewer.inference.clicks import Click

        looker = self._looker or ClickLooker(_THREADS)
        self._looker = looker
        clicks = [Click(point.x, point.y, point.is_inside, point.part) for point in points]
        if ground is None:
            ground = looker.ground(pack, source, what, clicks[0], um_per_px, cancel)
        return _Answer(ground, ground.outline(clicks))

    def _show(self, answer: _Answer) -> None:
        self._job = None
        if not self._clicked.points:
            return
        self._ground = answer.ground
        if answer.outline.mask.is_empty:
            self._notices.tell("Nothing that looks like a cell was found there.")
        self._clicked.show(answer.outline.mask, answer.outline.nucleus)

    def _failed(self, error: Exception) -> None:
        self._job = None
        self._clicked.drop()
        self._notices.warn(for_people(error, "The cell could not be outlined"))

    def _forget_if_dropped(self) -> None:
        if not self._clicked.points:
            self._ground = None
            if self._job is not None:
                self._job.cancel()
                self._job = None

    def _accept(self) -> None:
        """One step: a new cell with its nucleus or, where one was marked already, the part in work of it."""
        document, mask, nucleus = self._document, self._clicked.mask, self._clicked.nucleus
        first = self._clicked.points[0]
        if document is None or document is not self._workspace.document:
            return
        present = document.annotations.at(first.x, first.y)
        if present is None:
            made = self._new_cell(document, mask, nucleus)
        else:
            shape = nucleus if self._tools.part is Part.NUCLEUS else mask
            made = shape_edit(document, present, shape, self._tools, "Outline")
        take_shape(document, made, self._selection, self._notices.tell, self._notices.warn)

    def _new_cell(self, document: Document, mask: Mask, nucleus: Mask) -> ShapeEdit | None:
        around = document.annotations.in_region(mask.region)
        if self._tools.protects:
            mask = spared(mask, Mask.empty(), around)
        if mask.is_empty:
            return None
        cell = new_cell(document, mask, nucleus & mask, self._tools.label)
        edit = Edit(f"Outline cell {cell.id}", edits.add(cell).changes)
        return ShapeEdit(edit if self._tools.protects else taking(edit, around, document.person), cell.id)
