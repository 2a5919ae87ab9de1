"""What people say of an image as a whole: that it is reviewed, and where they looked last."""

from collections.abc import Callable

from allviewer.domain.last_look import LastLook
from allviewer.errors import CaseError, for_people
from allviewer.jobs.lanes import Lane
from allviewer.jobs.runner import JobRunner
from allviewer.session.document import Document
from allviewer.session.workspace import OpenCase, Workspace
from allviewer.workflows.ports import Notices


class MarkImage:
    """Writes facts on the shown image into the case."""

    def __init__(self, workspace: Workspace, runner: JobRunner, notices: Notices) -> None:
        self._workspace = workspace
        self._runner = runner
        self._notices = notices

    def toggle_reviewed(self) -> None:
        """Mark the shown image as looked at, or take the mark away."""
        case, document, row = self._workspace.case, self._workspace.document, self._workspace.shown_row
        if case is None or document is None:
            return
        if document.read_only:
            self._notices.warn(CaseError("The mark was not set.", document.read_only))
            return
        reviewed = not self._workspace.entries[row].reviewed
        self._workspace.update_entry(row, reviewed=reviewed)
        self._write(case, document, lambda: case.file.set_reviewed(document.image_id, reviewed))

    def remember_view(self, document: Document, view: LastLook) -> None:
        """Note where people looked, for the next time."""
        document.view = view
        case = self._workspace.case
        if case is not None and document.image_id and not case.read_only_reason and case.journal.error is None:
            self._write(case, document, lambda: case.file.set_view(document.image_id, view))

    def _write(self, case: OpenCase, document: Document, work: Callable[[], None]) -> None:
        self._runner.submit(
            Lane.CASE, f"Save facts on {document.name}", lambda cancel, report: work(), failed=self._failed
        )

    def _failed(self, error: Exception) -> None:
        self._notices.warn(for_people(error, "It was not saved"))
