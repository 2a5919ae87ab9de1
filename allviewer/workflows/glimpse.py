"""A first sight of an image: its pixels, before its case is open and its cells are known.

Opening a case takes longer than decoding a photograph, so at the start of the program the picture comes first.
"""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal

from allviewer.domain.slide import OpenImage, PixelSource
from allviewer.jobs.lanes import Lane
from allviewer.jobs.runner import JobRunner
from allviewer.session.workspace import Workspace

_PATIENCE_MS = 250
"""The case waits so long for a picture: both at once would hold each other up."""


class Glimpse(QObject):
    """Opens one image ahead of everything else.

    Signals:
        changed: `source` is another one, or none any more.
    """

    changed = Signal()

    def __init__(self, workspace: Workspace, runner: JobRunner, open_image: OpenImage) -> None:
        super().__init__(workspace)
        self._workspace = workspace
        self._runner = runner
        self._open_image = open_image
        self._ahead: dict[Path, PixelSource] = {}
        self._wanted: Path | None = None
        self._then: Callable[[], None] | None = None
        self._patience = QTimer(self, singleShot=True, interval=_PATIENCE_MS)
        self._patience.timeout.connect(self.go_on)
        self.source: PixelSource | None = None
        """The image to be looked at while there is no document."""
        workspace.shown_changed.connect(self._give_way)

    def show(self, path: Path, then: Callable[[], None]) -> None:
        """Show an image if nothing else is shown, then call back. What fails here is told by who opens it next."""
        self.withdraw()
        if self._workspace.case is not None:
            then()
            return
        self._wanted, self._then = path, then
        self._patience.start()
        self._runner.submit(
            Lane.FILES,
            f"Look at {path.name}",
            lambda cancel, report: self._ahead.setdefault(path, self._open_image(path)),
            lambda source: self._opened(path, source),
            lambda error: self.go_on(),
        )

    def open(self, path: Path) -> PixelSource:
        """The image at a path, which may have been opened already. On the files lane."""
        return self._ahead.pop(path, None) or self._open_image(path)

    def go_on(self) -> None:
        """The picture is on the screen, or takes too long: let the case be opened."""
        then, self._then = self._then, None
        self._patience.stop()
        if then is not None:
            then()

    def withdraw(self) -> None:
        """What was to be opened is not wanted any more, or failed: nothing is shown."""
        self._ahead.clear()
        self._wanted = self._then = None
        if self.source is not None:
            self.source = None
            self.changed.emit()

    def _opened(self, path: Path, source: PixelSource) -> None:
        if path == self._wanted:
            self.source = source
            self.changed.emit()

    def _give_way(self) -> None:
        """There is a document, which is shown in place of this."""
        if self._workspace.document is not None:
            self._ahead.clear()
            self._wanted = self.source = None
