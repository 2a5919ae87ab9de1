"""Images that come with their cells found: the demonstration smear, and whatever a picture is taken of."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from allviewer.session.workspace import Workspace


class FirstLook(QObject):
    """Runs the networks when such an image is shown and nobody has done anything to it yet."""

    looked = Signal()
    """An image is shown, and a run was started if it needed one."""

    def __init__(self, workspace: Workspace, demo_dir: Path, run: Callable[[], None]) -> None:
        super().__init__(workspace)
        self._workspace = workspace
        self._demo_dir = demo_dir
        self._run = run
        self.every_image = False
        """Whether any image gets its cells found when it is opened, not the demonstration alone."""
        workspace.shown_changed.connect(self._look)

    def _look(self) -> None:
        document, case = self._workspace.document, self._workspace.case
        if document is None or case is None:
            return
        path = self._workspace.entries[self._workspace.shown_row].path
        wanted = self._demo_dir in path.parents or (self.every_image and not case.is_named)
        if wanted and not document.history and not len(document.annotations) and not document.read_only:
            self._run()
        self.looked.emit()
