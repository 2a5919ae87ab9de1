"""Notes what has been looked at: where the view rests for a moment, near enough."""

from PySide6.QtCore import QObject, QTimer, Signal

from allviewer.session.view_state import ViewState
from allviewer.session.visited import Visited, is_close

_REST_MS = 400
"""What merely flies past was not looked at."""


class Visits(QObject):
    """Marks `Visited` as the view moves about.

    Signals:
        changed: more has been looked at.
    """

    changed = Signal()

    def __init__(self, view: ViewState, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._view = view
        self._visited: Visited | None = None
        self._um_per_px: float | None = None
        self._timer = QTimer(self, singleShot=True, interval=_REST_MS)
        self._timer.timeout.connect(self._mark)
        view.changed.connect(self._timer.start)

    def follow(self, visited: Visited | None) -> None:
        """Note the visits of another image from now on."""
        self._visited = visited
        self._timer.start()

    def set_scale(self, um_per_px: float | None) -> None:
        """Micrometres a level-0 pixel of that image."""
        self._um_per_px = um_per_px

    def _mark(self) -> None:
        placement = self._view.placement
        if self._visited is not None and is_close(placement, self._um_per_px) and self._visited.mark(placement):
            self.changed.emit()
