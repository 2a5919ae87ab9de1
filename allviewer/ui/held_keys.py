"""Keys that do something for as long as they are held, wherever the keyboard is, except where people type."""

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractSpinBox, QApplication, QLineEdit, QTextEdit, QWidget

from allviewer.session.view_state import ViewState


class HeldKeys(QObject):
    """H hides the overlay while it is held."""

    def __init__(self, window: QWidget, view: ViewState) -> None:
        super().__init__(window)
        self._window, self._view = window, view
        application = QApplication.instance()
        assert application is not None
        application.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if (
            event.type() in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease)
            and isinstance(event, QKeyEvent)
            and event.key() == Qt.Key.Key_H
            and watched is self._window.windowHandle()
            and not event.modifiers()
            and not event.isAutoRepeat()
            and not isinstance(QApplication.focusWidget(), QLineEdit | QAbstractSpinBox | QTextEdit)
        ):
            self._view.set_overlay(visible=event.type() == QEvent.Type.KeyRelease)
        return super().eventFilter(watched, event)
