"""A few words on a dark plate over the picture."""

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter


def draw_label(painter: QPainter, at: QPointF, text: str) -> None:
    """Write `text` with the top left corner of its plate at a place of the screen."""
    words = painter.fontMetrics().boundingRect(text).adjusted(-6, -3, 6, 3)
    plate = QRectF(at, words.size())
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(0, 0, 0, 170))
    painter.drawRoundedRect(plate, 4, 4)
    painter.setPen(QColor("white"))
    painter.drawText(plate, Qt.AlignmentFlag.AlignCenter, text)
