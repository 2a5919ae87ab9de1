"""The scale bar: a round length, in micrometres where the scale is known, else in image pixels."""

import math

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter

_LONGEST_PX = 180.0
_MARGIN_PX = 14.0
_BACKING = QColor(0, 0, 0, 130)


def round_length(scale: float, um_per_px: float | None) -> tuple[float, str]:
    """(length in screen pixels, text) of the longest 1, 2 or 5 times a power of ten that fits.

    Args:
        scale: screen pixels a level-0 pixel.
        um_per_px: micrometres a level-0 pixel, or None.
    """
    unit_px = scale / um_per_px if um_per_px else scale
    most = _LONGEST_PX / unit_px
    power = 10.0 ** math.floor(math.log10(most))
    value = next(factor * power for factor in (5, 2, 1) if factor * power <= most * (1 + 1e-9))
    return value * unit_px, _text(value, bool(um_per_px))


def _text(value: float, is_metric: bool) -> str:
    if not is_metric:
        return f"{value:g} px"
    if value >= 1000:
        return f"{value / 1000:g} mm"
    return f"{value:g} µm" if value >= 1 else f"{value * 1000:g} nm"


def paint_scale_bar(painter: QPainter, height_px: float, scale: float, um_per_px: float | None) -> None:
    """Draw it at the lower left of a view of this height."""
    length, text = round_length(scale, um_per_px)
    font = QFont(painter.font())
    font.setPointSizeF(9.0)
    painter.setFont(font)
    width = max(length, painter.fontMetrics().horizontalAdvance(text)) + 20
    box = QRectF(_MARGIN_PX, height_px - _MARGIN_PX - 34, width, 34)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(_BACKING)
    painter.drawRoundedRect(box, 5, 5)
    painter.setPen(QColor("white"))
    painter.drawText(box.adjusted(0, 3, 0, -12), Qt.AlignmentFlag.AlignCenter, text)
    left = box.center().x() - length / 2
    painter.fillRect(
        QRectF(QPointF(left, box.bottom() - 10), QPointF(left + length, box.bottom() - 7)), QColor("white")
    )
