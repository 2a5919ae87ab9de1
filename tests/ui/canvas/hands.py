"""Gestures on a view."""

from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication


def drag(widget, start, end, keys=Qt.KeyboardModifier.NoModifier, button=Qt.MouseButton.LeftButton):
    """Press at a point, move in five steps, release."""
    QTest.mousePress(widget, button, keys, start)
    for step in range(1, 6):
        move(widget, start + (end - start) * step / 5, keys, button)
    QTest.mouseRelease(widget, button, keys, end)


def move(widget, place, keys=Qt.KeyboardModifier.NoModifier, button=Qt.MouseButton.NoButton):
    """A movement with a button held, which `QTest.mouseMove` cannot say."""
    at = QPointF(place)
    event = QMouseEvent(QEvent.Type.MouseMove, at, widget.mapToGlobal(at), Qt.MouseButton.NoButton, button, keys)
    QApplication.sendEvent(widget, event)
