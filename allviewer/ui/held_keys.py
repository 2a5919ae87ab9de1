"""Keys that do something for as long as they are held, wherever the keyboard is, except where people type."""

from collections.abc import Callable, Mapping, Sequence

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractSpinBox, QApplication, QLineEdit, QTextEdit, QWidget

Hold = Callable[[bool], object]
"""Called with True when the key goes down, with False when it comes up."""


class HeldKeys(QObject):
    """Tells that a key of a window went down, and that it came up or that the window is no longer in front."""

    def __init__(self, window: QWidget, holds: Mapping[str, Hold]) -> None:
        """`holds`: what is done, by the id of the row in `actions.HOLDS`; the keys come with `set_keys`."""
        super().__init__(window)
        self._window, self._holds = window, holds
        self._keys: dict[Qt.Key, Hold] = {}
        self._held: set[Qt.Key] = set()
        application = QApplication.instance()
        assert application is not None
        application.installEventFilter(self)

    def set_keys(self, keys: Mapping[str, Sequence[str]]) -> None:
        """Bind them to single letters, digits or F keys."""
        for key in tuple(self._held):
            self._set(key, is_down=False)
        self._keys = {Qt.Key[f"Key_{key}"]: hold for name, hold in self._holds.items() for key in keys[name]}

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease) and watched is self._window.windowHandle():
            assert isinstance(event, QKeyEvent)
            self._take(event, is_down=kind == QEvent.Type.KeyPress)
        elif kind == QEvent.Type.WindowDeactivate and watched is self._window:
            for key in tuple(self._held):
                self._set(key, is_down=False)
        return super().eventFilter(watched, event)

    def _take(self, event: QKeyEvent, *, is_down: bool) -> None:
        if event.isAutoRepeat() or event.key() not in self._keys:
            return
        key = Qt.Key(event.key())
        types = isinstance(QApplication.focusWidget(), QLineEdit | QAbstractSpinBox | QTextEdit)
        if key in self._held if not is_down else not event.modifiers() and not types:
            self._set(key, is_down=is_down)

    def _set(self, key: Qt.Key, *, is_down: bool) -> None:
        (self._held.add if is_down else self._held.discard)(key)
        self._keys[key](is_down)
