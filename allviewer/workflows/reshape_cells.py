"""Reshape and merge selected cells by one command: fill holes, smooth, grow, shrink, merge."""

from collections.abc import Callable, Iterable, Sequence

from allviewer.domain import reshape, split_merge
from allviewer.domain.annotations import Annotations
from allviewer.domain.cell import Cell
from allviewer.domain.edits import Change, Edit
from allviewer.errors import UserError, for_people
from allviewer.jobs.lanes import Lane
from allviewer.jobs.runner import JobRunner
from allviewer.progress import CancelToken, Report, no_report
from allviewer.session.document import Document
from allviewer.session.selection import Selection
from allviewer.session.tool_state import ToolState
from allviewer.session.workspace import Workspace
from allviewer.workflows.ports import Notices

_AT_ONCE = 8
"""So many cells are reshaped before the next picture is drawn; more are done beside the window."""

Reshape = Callable[[Cell, Iterable[Cell]], Edit]
"""The step of one cell, given those around it."""


class ReshapeCells:
    """Acts on the selected cells, or the one under the cursor, and on the part in work. Each command is one step."""

    def __init__(
        self, workspace: Workspace, selection: Selection, tools: ToolState, runner: JobRunner, notices: Notices
    ) -> None:
        self._workspace = workspace
        self._selection = selection
        self._tools = tools
        self._runner = runner
        self._notices = notices

    def fill_holes(self) -> None:
        part, person = self._tools.part, self._person
        self._reshape("Fill holes of", lambda cell, around: reshape.fill_holes(cell, part, person))

    def smooth(self) -> None:
        part, person = self._tools.part, self._person
        self._reshape("Smooth", lambda cell, around: reshape.smooth(cell, part, person))

    def grow(self) -> None:
        """One pixel outwards, not into other cells."""
        document = self._workspace.document
        if document is not None:
            part, person, bounds = self._tools.part, self._person, document.info.bounds
            self._reshape("Grow", lambda cell, around: reshape.grow(cell, part, person, bounds, around))

    def shrink(self) -> None:
        part, person = self._tools.part, self._person
        self._reshape("Shrink", lambda cell, around: reshape.shrink(cell, part, person))

    def merge(self) -> None:
        """Make one cell of the selected ones."""
        document = self._workspace.document
        cells = self._targets(document)
        if document is None or len(cells) < 2:
            self._notices.tell("Select the cells that are one: Shift+click adds a cell to the selection.")
            return
        edit = split_merge.merge(cells, self._person)
        self._apply(document, edit)
        self._selection.select({edit.changes[0].cell_id})

    @property
    def _person(self) -> str:
        document = self._workspace.document
        return document.person if document is not None else ""

    def _targets(self, document: Document | None) -> list[Cell]:
        if document is None:
            return []
        found = (document.annotations.get(cell_id) for cell_id in sorted(self._selection.targets))
        return [cell for cell in found if cell is not None]

    def _reshape(self, verb: str, step: Reshape) -> None:
        document = self._workspace.document
        cells = self._targets(document)
        if document is None or not cells:
            self._notices.tell("Select a cell first, or point at one.")
            return
        name = f"{verb} {self._tools.part}, {len(cells)} cells"
        if len(cells) <= _AT_ONCE:
            self._apply(document, _all_steps(name, cells, document.annotations, step, CancelToken(), no_report))
            return
        everything = list(document.annotations)

        def work(cancel: CancelToken, report: Report) -> Edit:
            return _all_steps(name, cells, Annotations(everything), step, cancel, report)

        def failed(error: Exception) -> None:
            self._notices.warn(for_people(error, f"{name}: not done"))

        self._runner.submit(Lane.FILES, name, work, lambda edit: self._apply(document, edit), failed)

    def _apply(self, document: Document, edit: Edit) -> None:
        annotations = document.annotations
        if any(annotations.get(change.cell_id) != change.before for change in edit.changes):
            self._notices.tell("The cells have been changed meanwhile; nothing was done.")
            return
        try:
            document.apply(edit)
        except UserError as error:
            self._notices.warn(error)


def _all_steps(
    name: str,
    cells: Sequence[Cell],
    annotations: Annotations,
    step: Reshape,
    cancel: CancelToken,
    report: Report,
) -> Edit:
    """One step of many. Each cell sees its neighbours as they have become, so that two do not grow into one another."""
    changed: dict[int, Change] = {}
    text = name
    for number, cell in enumerate(cells):
        cancel.check()
        report(number / len(cells), name)
        around = annotations.in_region(cell.mask.region.expanded(2))
        edit = step(cell, [_as_it_is(other, changed) for other in around])
        changed |= {change.cell_id: change for change in edit.changes}
        text = edit.text
    return Edit(text if len(cells) == 1 else name, changed.values())


def _as_it_is(cell: Cell, changed: dict[int, Change]) -> Cell:
    change = changed.get(cell.id)
    return change.after if change is not None and change.after is not None else cell
