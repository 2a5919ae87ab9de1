"""Things that lie over the picture, so that the picture itself never moves when they come and go."""

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QFrame, QWidget

GAP_PX = 12
_CHANGES = (QEvent.Type.Show, QEvent.Type.Hide, QEvent.Type.Resize)


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

    def neighbour_changed(self) -> None:
        """Another thing over the picture came, went, or has another size; most do not mind."""

    def event(self, event: QEvent) -> bool:
        done = super().event(event)
        if event.type() in _CHANGES and self.parent() is not None:
            for other in self.window().findChildren(Floating):
                if other is not self:
                    other.neighbour_changed()
        return done

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.parent() and event.type() == QEvent.Type.Resize:
            self.place_again()
        return super().eventFilter(watched, event)
