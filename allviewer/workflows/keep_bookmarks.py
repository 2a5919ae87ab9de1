"""Places to find again: set where people look, named, visited, taken away. Kept in the case with the image."""

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QObject

from allviewer.domain.bookmark import Bookmark
from allviewer.errors import CaseError, for_people
from allviewer.jobs.lanes import Lane
from allviewer.jobs.runner import JobRunner
from allviewer.session.document import Document
from allviewer.session.view_state import ViewState
from allviewer.session.workspace import Workspace
from allviewer.workflows.ports import Notices

_DELETED = "deleted bookmark"
_LONGEST_NAME = 80


class KeepBookmarks(QObject):
    """Acts on the bookmarks of the shown image; `present` is the one that was visited last, -1 for none."""

    def __init__(self, workspace: Workspace, view: ViewState, runner: JobRunner, notices: Notices) -> None:
        super().__init__(workspace)
        self._workspace, self._view, self._runner, self._notices = workspace, view, runner, notices
        self.present = -1
        workspace.shown_changed.connect(self._forget_present)

    def add(self) -> None:
        """Keep the place that is in view."""

        def added(document: Document) -> tuple[Bookmark, ...]:
            view = self._view
            mark = Bookmark("", *view.center, view.scale, view.rotation_deg, view.is_mirrored)
            known = {mark.name for mark in document.bookmarks}
            number = next(n for n in range(1, len(known) + 2) if f"Place {n}" not in known)
            self.present = len(document.bookmarks)
            return (*document.bookmarks, replace(mark, name=f"Place {number}"))

        if self._change(added):
            document = self._workspace.document
            assert document is not None
            self._notices.tell(f"{document.bookmarks[-1].name} is kept. Its name can be changed in the list of places.")

    def rename(self, number: int, name: str) -> None:
        """Give a bookmark another name; an empty one changes nothing."""
        plain = " ".join(name.split())[:_LONGEST_NAME]
        if plain:
            self._change(lambda document: _replaced(document, number, plain))

    def delete(self, number: int) -> None:
        """Take a bookmark away; it can be had back until something else is said."""
        document = self._workspace.document
        if document is None or not 0 <= number < len(document.bookmarks):
            return
        before = document.bookmarks
        if self._change(lambda d: (*before[:number], *before[number + 1 :])):
            text = f"{before[number].name} was taken away."
            self._notices.offer(_DELETED, text, "Put it back", lambda: self._put_back(document, before))

    def visit(self, number: int) -> None:
        """Look there again, as large as then and turned as then."""
        document = self._workspace.document
        if document is None or not 0 <= number < len(document.bookmarks):
            return
        self.present = number
        mark = document.bookmarks[number]
        self._view.place(
            replace(
                self._view.placement,
                center=(mark.x, mark.y),
                scale=mark.scale,
                rotation_deg=mark.rotation_deg,
                is_mirrored=mark.is_mirrored,
            )
        )
        document.bookmarks_changed.emit()

    def step(self, steps: int) -> None:
        """Visit the next bookmark or the one before, round and round."""
        document = self._workspace.document
        if document is None:
            return
        if not document.bookmarks:
            self._notices.tell("This image has no bookmark yet.")
            return
        present = self.present if self.present >= 0 or steps > 0 else 0
        self.visit((present + steps) % len(document.bookmarks))

    def _put_back(self, document: Document, bookmarks: tuple[Bookmark, ...]) -> None:
        self._notices.release(_DELETED)
        if document is self._workspace.document:
            self._change(lambda _document: bookmarks)

    def _change(self, changed: Callable[[Document], tuple[Bookmark, ...]]) -> bool:
        case, document = self._workspace.case, self._workspace.document
        if case is None or document is None:
            return False
        if document.read_only:
            self._notices.warn(CaseError("The bookmark was not kept.", document.read_only))
            return False
        bookmarks = changed(document)
        document.set_bookmarks(bookmarks)
        self._runner.submit(
            Lane.CASE,
            f"Save bookmarks of {document.name}",
            lambda cancel, report: case.file.set_bookmarks(document.image_id, bookmarks),
            failed=self._failed,
        )
        return True

    def _forget_present(self) -> None:
        self.present = -1
        self._notices.release(_DELETED)

    def _failed(self, error: Exception) -> None:
        self._notices.warn(for_people(error, "The bookmark was not saved"))


def _replaced(document: Document, number: int, name: str) -> tuple[Bookmark, ...]:
    marks = list(document.bookmarks)
    if 0 <= number < len(marks):
        marks[number] = replace(marks[number], name=name)
    return tuple(marks)
