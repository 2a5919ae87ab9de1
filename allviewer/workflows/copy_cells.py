"""Copy the selected cells to the same place of the next image, as of a stack kept in files of its own.

The focal planes of one image share its cells, so that there is nothing to copy between them.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

from PySide6.QtCore import QObject, QTimer

from allviewer.domain.cell import Cell
from allviewer.domain.edits import Change, Edit
from allviewer.domain.mask import Mask
from allviewer.domain.neighbours import spared
from allviewer.domain.split_merge import copy
from allviewer.errors import UserError, for_people
from allviewer.session.document import Document
from allviewer.session.selection import Selection
from allviewer.session.workspace import Workspace
from allviewer.workflows.ports import Notices

SAME_CELL_IOU = 0.5
"""A copy that shares more than this with a cell that is there is that cell."""

LoadDocument = Callable[[int, Callable[[Document], None], Callable[[Exception], None]], None]


class CopyCells(QObject):
    def __init__(
        self,
        workspace: Workspace,
        selection: Selection,
        notices: Notices,
        load: LoadDocument,
        show: Callable[[int], None],
    ) -> None:
        """`load` brings an image of the list into memory, `show` shows it."""
        super().__init__(workspace)
        self._workspace, self._selection, self._notices = workspace, selection, notices
        self._load, self._show = load, show

    def to_next_image(self) -> None:
        """One step of the next image's history, which is then shown with the copies selected."""
        document, row = self._workspace.document, self._workspace.shown_row + 1
        if document is None:
            return
        found = (document.annotations.get(cell_id) for cell_id in sorted(self._selection.ids))
        cells = [cell for cell in found if cell is not None]
        if not cells:
            self._notices.tell("Select the cells to copy first.")
        elif row >= len(self._workspace.entries):
            self._notices.tell("This is the last image of the list.")
        else:
            generation, name = self._workspace.generation, document.name

            def loaded(target: Document) -> None:
                if self._workspace.generation == generation:
                    self._copy(cells, name, target, row)

            self._load(row, loaded, self._failed)

    def _copy(self, cells: Sequence[Cell], source_name: str, target: Document, row: int) -> None:
        edit = copy_of(cells, target)
        there = len(cells) - len(edit.changes)
        if edit.changes:
            try:
                target.apply(Edit(f"{edit.text} from {source_name}", edit.changes))
            except UserError as error:
                self._notices.warn(error)
                return
        self._show(row)
        # what follows the image that is shown forgets the selection; only then is there one of this image
        QTimer.singleShot(0, self, lambda: self._select(target, edit))
        copied = f"{len(edit.changes)} cell{'s' * (len(edit.changes) != 1)} copied."
        self._notices.tell(
            copied + (f" {there} not: cells are there already, or the image ends before." if there else "")
        )

    def _select(self, target: Document, edit: Edit) -> None:
        if self._workspace.document is target and edit.changes:
            self._selection.select(edit.cell_ids)

    def _failed(self, error: Exception) -> None:
        self._notices.warn(for_people(error, "The next image could not be read"))


def copy_of(cells: Sequence[Cell], target: Document) -> Edit:
    """Copies for another image: cut at its edge, without those it has already, sparing the pixels of its own cells."""
    made = copy(cells, target.annotations.next_id, target.person, target.info.bounds)
    kept: list[Change] = []
    for change in made.changes:
        cell = change.after
        assert cell is not None
        around = target.annotations.in_region(cell.mask.region)
        if any(cell.mask.iou(other.mask) > SAME_CELL_IOU for other in around):
            continue
        mask = spared(cell.mask, Mask.empty(), around)
        if not mask.is_empty:
            number = target.annotations.next_id + len(kept)
            kept.append(Change(None, replace(cell, id=number, mask=mask, nucleus=cell.nucleus & mask)))
    return Edit(f"Copy {len(kept)} cells" if len(kept) != 1 else "Copy a cell", tuple(kept))
