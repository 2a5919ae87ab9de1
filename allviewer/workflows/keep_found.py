"""A run was cancelled: people may keep what it had found by then."""

from collections.abc import Sequence

from allviewer.domain import edits
from allviewer.domain.cell import Cell
from allviewer.errors import UserError
from allviewer.session.document import Document
from allviewer.session.large_edits import LargeEdits
from allviewer.session.workspace import Workspace
from allviewer.workflows.ports import Notices

_KEY = "found by a cancelled run"


class KeepFound:
    """The intention "that was enough": one step of the image's history, offered and never taken unasked."""

    def __init__(self, workspace: Workspace, notices: Notices, large: LargeEdits) -> None:
        self._workspace = workspace
        self._notices = notices
        self._large = large
        workspace.case_changed.connect(self.withdraw)

    def offer(self, document: Document, found: Sequence[Cell]) -> None:
        """Ask beside the work, without stopping it."""
        many = f"{len(found):,} cell{'s' * (len(found) != 1)}"
        self._notices.offer(
            _KEY,
            f"The run on {document.name} was cancelled. It had found {many}; none of them is in the image yet.",
            f"Keep {many}",
            lambda: self._keep(document, tuple(found)),
        )

    def withdraw(self) -> None:
        """What was found then is no longer of interest."""
        self._notices.release(_KEY)

    def _keep(self, document: Document, found: Sequence[Cell]) -> None:
        self.withdraw()
        if document not in self._workspace.documents:
            self._notices.warn(UserError(f"{document.name} is no longer open.", "Run the networks on it again."))
            return

        def make() -> edits.Edit:
            next_id = document.annotations.next_id
            edit = edits.take_model_run(_in_the_way(document, found), found, next_id, found[0].origin.name)
            added = len(edit.after)
            return edit.renamed(f"Keep {added} cell{'s' * (added != 1)} of a cancelled run")

        self._large.apply(document, len(found), make)


def _in_the_way(document: Document, found: Sequence[Cell]) -> list[Cell]:
    """Cells that lie where others were found; where the run never came, everything stays."""
    present = {}
    for cell in found:
        for other in document.annotations.in_region(cell.mask.region):
            if not (cell.mask & other.mask).is_empty:
                present[other.id] = other
    return list(present.values())
