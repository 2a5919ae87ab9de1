"""The picture on the whole screen: panels and bars go away and come back as they were."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMainWindow, QWidget


class FullScreen:
    """Switches a window; `around` gives what lies around the picture."""

    def __init__(self, window: QMainWindow, around: Callable[[], Sequence[QWidget]]) -> None:
        self._window, self._around = window, around
        self._hidden: list[QWidget] = []

    def toggle(self) -> None:
        if self._window.isFullScreen():
            self._window.setWindowState(self._window.windowState() & ~Qt.WindowState.WindowFullScreen)
            for widget in self._hidden:
                widget.show()
            self._hidden = []
        else:
            self._hidden = [widget for widget in self._around() if widget.isVisible()]
            for widget in self._hidden:
                widget.hide()
            self._window.setWindowState(self._window.windowState() | Qt.WindowState.WindowFullScreen)
