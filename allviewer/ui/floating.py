"""Things that lie over the picture, so that the picture itself never moves when they come and go."""

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QFrame, QWidget

GAP_PX = 12


class Floating(QFrame):
    """A frame that follows the size of the widget it lies over; `place` says where it lies."""

    def float_over(self, widget: QWidget) -> None:
        """Lie over a widget from now on."""
        self.setParent(widget)
        widget.installEventFilter(self)
        self.place(widget)

    def place(self, over: QWidget) -> None:
        """Find its position and size."""
        raise NotImplementedError

    def place_again(self) -> None:
        """Its contents have changed."""
        over = self.parentWidget()
        if over is not None:
            self.place(over)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.parent() and event.type() == QEvent.Type.Resize:
            self.place_again()
        return super().eventFilter(watched, event)
