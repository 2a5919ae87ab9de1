"""Correct cells by hand: class, masks, adding, deleting, accepting. Each gesture is one step of the history."""

from collections.abc import Callable, Iterable, Sequence

from allviewer.domain import edits
from allviewer.domain.brush import polygon_mask, stroke_mask
from allviewer.domain.cell import Cell, CellState
from allviewer.domain.labels import UNCLASSIFIED
from allviewer.domain.mask import Mask
from allviewer.domain.neighbours import spared, taking
from allviewer.errors import UserError
from allviewer.session.document import Document
from allviewer.session.large_edits import LargeEdits
from allviewer.session.new_shape import ALL_TAKEN, new_cell, shape_edit, stroke_edit
from allviewer.session.selection import Selection
from allviewer.session.tool_state import ToolState
from allviewer.session.workspace import Workspace
from allviewer.workflows.ports import Notices

Point = tuple[float, float]
Path = Sequence[Point]


class CorrectCells:
    """Turns gestures and keys into edits of the shown image."""

    def __init__(
        self, workspace: Workspace, selection: Selection, tools: ToolState, notices: Notices, large: LargeEdits
    ) -> None:
        self._workspace = workspace
        self._selection = selection
        self._tools = tools
        self._notices = notices
        self._large = large

    def relabel(self, label: str) -> None:
        """Give the selected cells, or the one under the cursor, a class."""
        self._change_targets(lambda cells, person: edits.relabel(cells, label, person))

    def toggle_tag(self, name: str) -> None:
        """Put a tag on the selected cells, or the one under the cursor; take it off where all of them have it."""
        rivals = self._workspace.class_set.rivals(name)

        def change(cells: list[Cell], person: str) -> edits.Edit:
            put_on = not all(name in cell.tags for cell in cells)
            return edits.tag(cells, name, put_on, person, rivals)

        self._change_targets(change)

    def stroke(self, path: Path, radius_px: float | Sequence[float], erase: bool, part: str) -> None:
        """Paint or erase a part of the current cell; with none selected, of the one where the stroke begins."""
        document = self._workspace.document
        if document is None or not path:
            return
        cell = self._cell_for(document, path[0])
        if cell is None:
            return
        mask = stroke_mask(path, radius_px).clipped(document.info.bounds)
        if mask.is_empty:
            return
        around = document.annotations.in_region(mask.region)
        self._apply(document, stroke_edit(cell, mask, part, erase, document.person, around, self._tools.protects))

    def redraw(self, corners: Path) -> None:
        """Give the current cell, or the one around which the polygon lies, a new outline."""
        document = self._workspace.document
        shape = self._shape(corners)
        if document is None or shape is None:
            return
        cell = self._cell_for(document, shape.centroid)
        if cell is not None:
            self._take_shape(document, cell, shape, "Redraw")

    def add_cell(self, corners: Path, label: str) -> None:
        """A cell that was missed; its nucleus can be painted afterwards."""
        document = self._workspace.document
        shape = self._shape(corners)
        if document is None or shape is None:
            return
        around = document.annotations.in_region(shape.region)
        own = spared(shape, Mask.empty(), around) if self._tools.protects else shape
        if own.is_empty:
            self._notices.tell(ALL_TAKEN)
            return
        cell = new_cell(document, own, Mask.empty(), label or UNCLASSIFIED)
        edit = edits.add(cell)
        if self._apply(document, edit if self._tools.protects else taking(edit, around, document.person)):
            self._selection.select({cell.id}, cell.id)

    def delete(self) -> None:
        """Delete the selected cells (never the one that is merely under the cursor)."""
        document = self._workspace.document
        ids = self._selection.ids
        if document is not None and ids:
            self._large.apply(
                document,
                len(ids),
                lambda: edits.delete(_present(document, ids)),
                lambda edit: self._selection.clear(),
            )

    def accept(self) -> None:
        """The selected cells are right as they are."""
        self._change_targets(edits.accept)

    def accept_all(self) -> None:
        document = self._workspace.document
        if document is not None:

            def make() -> edits.Edit:
                waiting = [cell for cell in document.annotations if not cell.is_touched]
                return edits.accept(waiting, document.person).renamed(f"Accept all {len(waiting)} cells")

            if any(count for (_, state), count in document.annotations.tally.items() if state is CellState.PROPOSED):
                self._large.apply(document, len(document.annotations), make)

    def undo(self) -> None:
        self._walk_to(-1)

    def redo(self) -> None:
        self._walk_to(1)

    def go_to(self, position: int) -> None:
        """Jump in the history."""
        document = self._workspace.document
        if document is None:
            return
        try:
            document.go_to(position)
        except UserError as error:
            self._notices.warn(error)

    def _walk_to(self, direction: int) -> None:
        document = self._workspace.document
        if document is None:
            return
        try:
            document.undo() if direction < 0 else document.redo()
        except UserError as error:
            self._notices.warn(error)

    def _change_targets(self, change: Callable[[list[Cell], str], edits.Edit]) -> None:
        """Change the selected cells, or the one under the cursor."""
        document, ids = self._workspace.document, self._selection.targets
        if document is None:
            return
        if not any(cell_id in document.annotations for cell_id in ids):
            self._notices.tell("Select a cell first, or point at one.")
            return
        self._large.apply(document, len(ids), lambda: change(_present(document, ids), document.person))

    def _cell_for(self, document: Document, point: Point) -> Cell | None:
        """The current cell, or the one at a point, which then becomes current."""
        cell = document.annotations.get(self._selection.current) if self._selection.current else None
        if cell is None:
            cell = document.annotations.at(*point)
            if cell is None:
                self._notices.tell("Select a cell first: click it, or begin on it.")
            else:
                self._selection.select({cell.id}, cell.id)
        return cell

    def _take_shape(self, document: Document, cell: Cell, shape: Mask, verb: str) -> None:
        made = shape_edit(document, cell, shape, self._tools, verb)
        if made is None:
            self._notices.tell(ALL_TAKEN)
        else:
            self._apply(document, made.edit)

    def _shape(self, corners: Path) -> Mask | None:
        document = self._workspace.document
        if document is None:
            return None
        shape = polygon_mask(corners).clipped(document.info.bounds)
        if shape.is_empty:
            self._notices.tell("This outline holds no pixel of the image.")
            return None
        return shape

    def _apply(self, document: Document, edit: edits.Edit) -> bool:
        try:
            document.apply(edit)
        except UserError as error:
            self._notices.warn(error)
            return False
        return True


def _present(document: Document, ids: Iterable[int]) -> list[Cell]:
    found = (document.annotations.get(cell_id) for cell_id in sorted(ids))
    return [cell for cell in found if cell is not None]
