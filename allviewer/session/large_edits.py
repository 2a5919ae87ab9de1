"""Edits of very many cells are made off the UI thread; meanwhile nothing else changes in the image."""

from collections.abc import Callable

from allviewer.domain.edits import Edit
from allviewer.errors import UserError, for_people
from allviewer.session.document import Document
from allviewer.session.journal import Submit

_FEW_CELLS = 2000
"""An edit of so many is made in the time of one picture."""


def _nothing(_edit: Edit) -> None:
    """For gestures after which nothing is to be done."""


class LargeEdits:
    """Makes edits and puts them into documents: a small one at once, a large one when a worker has made it.

    Args:
        submit: starts work on another thread.
        failed: is told when a document takes no edit now.
    """

    def __init__(self, submit: Submit, failed: Callable[[UserError], None]) -> None:
        self._submit = submit
        self._failed = failed

    def apply(
        self, document: Document, cells: int, make: Callable[[], Edit], applied: Callable[[Edit], None] = _nothing
    ) -> None:
        """Make an edit of about so many cells, put it into the document, then call `applied` with it.

        `make` may look at the document's cells: until it is done they stay as they are.
        """
        try:
            if cells <= _FEW_CELLS:
                edit = make()
                document.apply(edit)
                applied(edit)
                return
            document.hold()
        except UserError as error:
            self._failed(error)
            return

        def work() -> Edit:
            edit = make()
            _ = edit.footprint  # its sums take as long as the edit itself
            return edit

        def done(edit: object) -> None:
            assert isinstance(edit, Edit)
            try:
                document.let_go(edit)
            except UserError as error:
                self._failed(error)
            else:
                applied(edit)

        def broke(error: Exception) -> None:
            document.let_go(None)
            self._failed(for_people(error, "This change was not made"))

        self._submit(f"Change {cells:,} cells", work, done, broke)
