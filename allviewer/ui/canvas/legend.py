"""What the colours of cells mean, in the view, where they do not mean the class (those stand in their own panel)."""

from collections.abc import Mapping

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPixmap

from allviewer.session.looks import ColourBy
from allviewer.ui.canvas.ramps import NEUTRAL, UNCERTAINTY_RAMP, Rgb

_MARGIN_PX = 14
_ABOVE_BOTTOM_PX = 56
_PADDING_PX = 9
_ROW_PX = 18
_SWATCH_PX = 11
_RAMP_PX = 176
_WIDEST_NAME_PX = 260
_MOST_NAMES = 8
_BACKING = QColor(0, 0, 0, 150)
_UNCERTAINTY = "How unsure the network is of a cell"
_VOUCHED = "A person vouches for it, or no network was asked"
_ORIGIN = "Who found or corrected a cell"


class Legend:
    """Lower left of the view, above the scale bar. Drawn once and kept, since it is shown with every movement."""

    def __init__(self) -> None:
        self._picture = QPixmap()
        self._drawn_for: tuple[object, ...] = ()

    def paint(self, painter: QPainter, height_px: int, colour_by: ColourBy, origins: Mapping[str, Rgb]) -> None:
        """Draw it into a view of this height; the painter's unit is the screen pixel."""
        if colour_by is ColourBy.CLASS:
            return
        ratio = painter.device().devicePixelRatioF()
        wanted = (colour_by, tuple(origins), ratio)
        if wanted != self._drawn_for:
            self._drawn_for = wanted
            self._picture = _drawn(painter.font(), colour_by, origins, ratio)
        top = height_px - _ABOVE_BOTTOM_PX - round(self._picture.height() / ratio)
        painter.drawPixmap(_MARGIN_PX, top, self._picture)


def _drawn(font: QFont, colour_by: ColourBy, origins: Mapping[str, Rgb], ratio: float) -> QPixmap:
    small = QFont(font)
    small.setPointSizeF(9.0)
    metrics = QFontMetrics(small)
    if colour_by is ColourBy.UNCERTAINTY:
        title, rows = _UNCERTAINTY, [(_VOUCHED, NEUTRAL)]
        ramp_height = 2 * _ROW_PX
    else:
        title, rows = _ORIGIN, _rows(origins, metrics)
        ramp_height = 0
    widest = max(metrics.horizontalAdvance(text) for text, _ in (*rows, (title, NEUTRAL)))
    width = 2 * _PADDING_PX + max(_RAMP_PX, widest + _SWATCH_PX + 8)
    height = 2 * _PADDING_PX + ramp_height + _ROW_PX * (1 + len(rows))
    picture = QPixmap(round(width * ratio), round(height * ratio))
    picture.setDevicePixelRatio(ratio)
    picture.fill(Qt.GlobalColor.transparent)
    with QPainter(picture) as painter:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(_BACKING)
        painter.drawRoundedRect(QRectF(0, 0, width, height), 5, 5)
        painter.setFont(small)
        painter.setPen(QColor("white"))
        row = QRect(_PADDING_PX, _PADDING_PX, width - 2 * _PADDING_PX, _ROW_PX)
        painter.drawText(row, Qt.AlignmentFlag.AlignVCenter, title)
        if ramp_height:
            _paint_ramp(painter, row.translated(0, _ROW_PX))
        for number, (text, colour) in enumerate(rows):
            _paint_row(painter, row.translated(0, ramp_height + _ROW_PX * (1 + number)), text, colour)
    return picture


def _rows(origins: Mapping[str, Rgb], metrics: QFontMetrics) -> list[tuple[str, Rgb]]:
    rows = [
        (metrics.elidedText(name, Qt.TextElideMode.ElideMiddle, _WIDEST_NAME_PX), colour)
        for name, colour in list(origins.items())[:_MOST_NAMES]
    ]
    left_out = len(origins) - len(rows)
    return [*rows, (f"and {left_out} more", NEUTRAL)] if left_out else rows


def _paint_ramp(painter: QPainter, row: QRect) -> None:
    step_px = row.width() / len(UNCERTAINTY_RAMP)
    for number, colour in enumerate(UNCERTAINTY_RAMP):
        painter.fillRect(QRectF(row.x() + number * step_px, row.y() + 3, step_px + 0.5, 12), QColor(*colour))
    below = row.translated(0, _ROW_PX)
    painter.drawText(below, Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft, "0, sure")
    painter.drawText(below, Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignRight, "1, no idea")


def _paint_row(painter: QPainter, row: QRect, text: str, colour: Rgb) -> None:
    top = row.y() + (_ROW_PX - _SWATCH_PX) / 2
    painter.fillRect(QRectF(row.x() - 1, top - 1, _SWATCH_PX + 2, _SWATCH_PX + 2), QColor("white"))
    painter.fillRect(QRectF(row.x(), top, _SWATCH_PX, _SWATCH_PX), QColor(*colour))
    painter.drawText(row.adjusted(_SWATCH_PX + 8, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, text)
