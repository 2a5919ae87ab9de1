"""Move, insert and remove corners of the outline of the current cell or its nucleus."""

from PySide6.QtCore import QObject

from allviewer.domain.cell import Cell
from allviewer.domain.mask import Mask
from allviewer.domain.outline_edit import with_outline
from allviewer.errors import UserError
from allviewer.imaging.outlines import few_corners
from allviewer.session.document import Document
from allviewer.session.new_shape import ALL_TAKEN, shape_edit
from allviewer.session.outline_draft import OutlineDraft
from allviewer.session.placement import Point
from allviewer.session.selection import Selection
from allviewer.session.tool_state import Part, ToolKind, ToolState
from allviewer.session.workspace import Workspace
from allviewer.workflows.ports import Notices


class EditOutline(QObject):
    """Keeps the corners those of the current cell's part in work while the tool is in hand."""

    def __init__(self, workspace: Workspace, selection: Selection, tools: ToolState, notices: Notices) -> None:
        super().__init__(workspace)
        self._workspace, self._selection, self._tools, self._notices = workspace, selection, tools, notices
        self._draft: OutlineDraft = tools.outline
        self._document: Document | None = None
        self._shown = Mask.empty()
        self._draft.finished.connect(self._take)
        workspace.shown_changed.connect(self._follow_document)
        selection.changed.connect(self._refresh)
        tools.changed.connect(self._refresh)

    def _follow_document(self) -> None:
        if self._document is not None:
            self._document.cells_changed.disconnect(self._refresh)
        self._document = self._workspace.document
        if self._document is not None:
            self._document.cells_changed.connect(self._refresh)
        self._refresh()

    def _refresh(self) -> None:
        """Corners anew, unless they are what the shown mask was made of."""
        cell = self._cell() if self._tools.tool is ToolKind.VERTICES else None
        shape = self._part_of(cell)
        if shape.is_empty:
            self._shown = shape
            self._draft.show([])
        elif shape != self._shown:
            self._shown = shape
            self._draft.show(few_corners(shape))

    def _cell(self) -> Cell | None:
        if self._document is None or not self._selection.current:
            return None
        return self._document.annotations.get(self._selection.current)

    def _part_of(self, cell: Cell | None) -> Mask:
        if cell is None:
            return Mask.empty()
        return cell.nucleus if self._tools.part is Part.NUCLEUS else cell.mask

    def _take(self, before: list[Point], after: list[Point]) -> None:
        """One step for one gesture. What may not be (a nucleus outside, others' pixels) springs back."""
        document, cell = self._document, self._cell()
        if document is None or cell is None:
            return
        shape = with_outline(self._part_of(cell), before, after).clipped(document.info.bounds)
        made = shape_edit(document, cell, shape, self._tools, "Reshape")
        if made is None:
            self._notices.tell(ALL_TAKEN)
            self._show_anew()
            return
        result = next((change.after for change in made.edit.changes if change.cell_id == cell.id), None)
        self._shown = self._part_of(result)  # the corners are right for it as they are
        try:
            document.apply(made.edit)
        except UserError as error:
            self._notices.warn(error)
            self._show_anew()
            return
        if self._shown != shape:
            self._show_anew()

    def _show_anew(self) -> None:
        self._shown = Mask.empty()
        self._refresh()
