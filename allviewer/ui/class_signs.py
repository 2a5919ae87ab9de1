"""How a class is shown beside its name, wherever that is: a ring in its colour and its line."""

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPen, QPixmap

from allviewer.domain.labels import CellClass

_DASHES = {"solid": None, "long": (4.0, 1.6), "dash": (2.0, 1.4), "dot": (0.9, 1.1)}
"""Lengths of dash and gap, in widths of the line."""
_SIZE_PX = 14
_FILL_ALPHA = 90


def class_pen(cell_class: CellClass, width_px: float) -> QPen:
    """A pen in the colour and the line of a class."""
    pen = QPen(QColor(*cell_class.colour), width_px)
    pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    dashes = _DASHES[cell_class.line]
    if dashes is not None:
        pen.setDashPattern(dashes)
    return pen


def paint_sign(painter: QPainter, box: QRectF, cell_class: CellClass) -> None:
    """Draw the ring of a class into a square box."""
    filled = QColor(*cell_class.colour)
    filled.setAlpha(_FILL_ALPHA)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(filled)
    painter.drawEllipse(box)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(class_pen(cell_class, box.width() / 6))
    painter.drawEllipse(box)


def class_icon(cell_class: CellClass) -> QIcon:
    """The ring as an icon that keeps its colours in a selected row."""
    ratio = 2
    pixmap = QPixmap(_SIZE_PX * ratio, _SIZE_PX * ratio)
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    with QPainter(pixmap) as painter:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint_sign(painter, QRectF(1.5, 1.5, _SIZE_PX - 3, _SIZE_PX - 3), cell_class)
    icon = QIcon(pixmap)
    icon.addPixmap(pixmap, QIcon.Mode.Selected)
    return icon
