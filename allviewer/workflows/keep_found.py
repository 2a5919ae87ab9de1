"""A run was cancelled: people may keep what it had found by then."""

from collections.abc import Sequence

from allviewer.domain import edits
from allviewer.domain.cell import Cell
from allviewer.errors import UserError
from allviewer.session.document import Document
from allviewer.session.workspace import Workspace
from allviewer.workflows.ports import Notices

_KEY = "found by a cancelled run"


class KeepFound:
    """The intention "that was enough": one step of the image's history, offered and never taken unasked."""

    def __init__(self, workspace: Workspace, notices: Notices) -> None:
        self._workspace = workspace
        self._notices = notices
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
        try:
            if document not in self._workspace.documents:
                raise UserError(f"{document.name} is no longer open.", "Run the networks on it again.")
            edit = edits.take_model_run(
                _in_the_way(document, found), found, document.annotations.next_id, found[0].origin.name
            )
            added = sum(change.before is None for change in edit.changes)
            document.apply(edits.Edit(f"Keep {added} cell{'s' * (added != 1)} of a cancelled run", edit.changes))
        except UserError as error:
            self._notices.warn(error)


def _in_the_way(document: Document, found: Sequence[Cell]) -> list[Cell]:
    """Cells that lie where others were found; where the run never came, everything stays."""
    present = {}
    for cell in found:
        for other in document.annotations.in_region(cell.mask.region):
            if not (cell.mask & other.mask).is_empty:
                present[other.id] = other
    return list(present.values())
