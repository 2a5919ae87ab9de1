"""Divide cells along a line, or among points that say where each cell is. Nucleus and cytoplasm go with their piece."""

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QObject

from allviewer.domain.cell import Cell
from allviewer.domain.edits import Change, Edit
from allviewer.domain.geometry import Region
from allviewer.domain.split_merge import split_by_line, split_by_seeds
from allviewer.errors import UserError, for_people
from allviewer.jobs.job import Job
from allviewer.jobs.lanes import Lane
from allviewer.jobs.runner import JobRunner
from allviewer.progress import CancelToken, Report
from allviewer.session.document import Document
from allviewer.session.placement import Point
from allviewer.session.selection import Selection
from allviewer.session.tool_state import ToolState
from allviewer.session.workspace import Workspace
from allviewer.workflows.ports import Notices


class DivideCells(QObject):
    """Answers the tools of cutting and of seeds, off the UI thread. Each division is one step, of one cell or many."""

    def __init__(
        self, workspace: Workspace, selection: Selection, tools: ToolState, runner: JobRunner, notices: Notices
    ) -> None:
        super().__init__(workspace)
        self._workspace, self._selection, self._seeds = workspace, selection, tools.seeds
        self._runner, self._notices = runner, notices
        self._job: Job | None = None
        self._division = Edit("", ())
        self._is_wanted = False
        tools.drawn.cut.connect(self.cut)
        self._seeds.placed.connect(self._preview)
        self._seeds.accepted.connect(self._accept)

    def cut(self, path: list[Point]) -> None:
        """Cut the selected cells that a line divides; if it divides none of them, all that it divides."""
        document = self._workspace.document
        if document is None:
            return
        crossed = document.annotations.in_region(_box(path))
        selected = [cell for cell in crossed if cell.id in self._selection.ids]
        work = partial(_cut, selected, crossed, path, document.annotations.next_id, document.person)
        self._submit(
            "Cut cells",
            work,
            partial(self._apply, document, "This line cuts no cell in two: draw it right across one."),
        )

    def _preview(self) -> None:
        """What the points would make of the cell; the latest points alone count."""
        if self._job is not None:
            self._job.cancel()
            self._job = None
        self._division, self._is_wanted = Edit("", ()), False
        document, cell = self._workspace.document, self._cell()
        if document is None or cell is None or len(self._seeds.points) < 2:
            self._seeds.show(())
            return
        work = partial(_divided, cell, tuple(self._seeds.points), document.annotations.next_id, document.person)
        self._job = self._submit("Divide cell", work, self._show)

    def _show(self, division: Edit) -> None:
        self._job, self._division = None, division
        self._seeds.show([change.after.mask for change in division.changes if change.after is not None])
        if self._is_wanted:
            self._accept()

    def _accept(self) -> None:
        """Take the pieces that are shown; if they are still being computed, once they are."""
        if self._job is not None:
            self._is_wanted = True
            return
        document, division = self._workspace.document, self._division
        self._seeds.drop()
        if document is not None:
            self._apply(document, "Click inside one cell, once for each cell that it really is.", division)

    def _cell(self) -> Cell | None:
        """The cell that holds most of the points."""
        document = self._workspace.document
        if document is None:
            return None
        hit = [cell for point in self._seeds.points if (cell := document.annotations.at(*point)) is not None]
        return max(hit, key=hit.count, default=None)

    def _submit(self, name: str, work: Callable[[CancelToken, Report], Edit], done: Callable[[Edit], None]) -> Job:
        return self._runner.submit(Lane.TILES, name, work, done, self._failed)

    def _failed(self, error: Exception) -> None:
        self._job = None
        self._notices.warn(for_people(error, "The cells could not be divided"))

    def _apply(self, document: Document, advice: str, edit: Edit) -> None:
        annotations = document.annotations
        if document is not self._workspace.document:
            return
        if not edit.changes:
            self._notices.tell(advice)
            return
        if any(annotations.get(change.cell_id) != change.before for change in edit.changes):
            self._notices.tell("The cells have been changed meanwhile; nothing was divided.")
            return
        try:
            document.apply(edit)
        except UserError as error:
            self._notices.warn(error)
            return
        self._selection.select(edit.cell_ids)


def _cut(
    selected: Sequence[Cell],
    crossed: Sequence[Cell],
    path: list[Point],
    first_free_id: int,
    person: str,
    cancel: CancelToken,
    report: Report,
) -> Edit:
    """On a worker: one step that cuts each of the cells which the line divides."""
    for cells in (selected, crossed):
        divided: list[Edit] = []
        changes: list[Change] = []
        for cell in cells:
            cancel.check()
            edit = split_by_line(cell, path, first_free_id + len(changes) - len(divided), person)
            if edit.changes:
                divided.append(edit)
                changes += edit.changes
        if divided:
            return Edit(divided[0].text if len(divided) == 1 else f"Split {len(divided)} cells", tuple(changes))
    return Edit("", ())


def _divided(
    cell: Cell, points: Sequence[Point], first_free_id: int, person: str, cancel: CancelToken, report: Report
) -> Edit:
    """On a worker."""
    return split_by_seeds(cell, points, first_free_id, person)


def _box(path: list[Point]) -> Region:
    xs, ys = zip(*path, strict=True)
    return Region.from_edges(int(min(xs)) - 1, int(min(ys)) - 1, int(max(xs)) + 2, int(max(ys)) + 2)
