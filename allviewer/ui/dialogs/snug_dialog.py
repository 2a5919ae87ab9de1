"""A dialog whose wrapped words are never cut off, at any scale of the screen."""

from PySide6.QtCore import QEvent
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QDialog

_ROUND_IT_PX = 60
"""Room for what the system puts around a window."""


class SnugDialog(QDialog):
    """Qt opens windows no higher than two thirds of the screen and squeezes wrapped words to fit; this one is as high
    as its words need, as far as the screen allows."""

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._fit()

    def event(self, event: QEvent) -> bool:
        done = super().event(event)
        if event.type() == QEvent.Type.LayoutRequest and self.isVisible():
            self._fit()
        return done

    def _fit(self) -> None:
        layout = self.layout()
        if layout is not None and layout.hasHeightForWidth():
            room_px = self.screen().availableGeometry().height() - _ROUND_IT_PX
            self.setMinimumHeight(min(room_px, layout.totalHeightForWidth(self.width())))
