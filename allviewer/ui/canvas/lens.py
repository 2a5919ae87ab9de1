"""The magnifier: a round glass at the cursor, for as long as its key is held."""

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import QObject, QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QBrush, QColor, QPainter, QPen, QPixmap

from allviewer.session.placement import MAX_DEVICE_SCALE, Placement
from allviewer.session.view_state import ViewState
from allviewer.ui.canvas.mosaic import Lookup, Mosaic

_SIDE_PX = 260.0
_WEAKEST, _STRONGEST = 2.0, 8.0
_NOTCH_FACTOR = 2 ** (1 / 2)
_RIM_PX = 4.0


class Lens(QObject):
    """Shows what lies under the cursor 2 to 8 times as large as the view does, from finer tiles where there are any.

    Signals:
        changed: with the part of the screen that has to be painted again.
    """

    changed = Signal(QRectF)

    def __init__(self, view: ViewState, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._view = view
        self._is_held = False
        self._at: QPointF | None = None
        self._power = 4.0
        self._mosaic = Mosaic()
        self._picture = QPixmap()

    @property
    def is_shown(self) -> bool:
        return self._is_held and self._at is not None and not self._view.bounds.is_empty

    @property
    def area(self) -> QRectF:
        """What it covers of the screen; empty while it is not shown."""
        if not self.is_shown or self._at is None:
            return QRectF()
        reach = _SIDE_PX / 2 + _RIM_PX
        return QRectF(self._at.x() - reach, self._at.y() - reach, 2 * reach, 2 * reach)

    @property
    def placement(self) -> Placement | None:
        """What is seen in it, as a view of its own; None while it is not shown."""
        if not self.is_shown or self._at is None:
            return None
        whole = self._view.placement
        scale = min(whole.scale * self._power, max(whole.scale, MAX_DEVICE_SCALE / whole.device_pixel_ratio))
        middle = whole.to_image((self._at.x(), self._at.y()))
        return replace(whole, center=middle, scale=scale, viewport=(_SIDE_PX, _SIDE_PX))

    def hold(self, is_held: bool) -> None:
        if is_held != self._is_held:
            before = self.area
            self._is_held = is_held
            self.changed.emit(before.united(self.area))

    def move(self, at: QPointF | None) -> None:
        """The cursor is at a screen point, or has left the view."""
        before = self.area
        self._at = at
        if self._is_held:
            self.changed.emit(before.united(self.area))

    def strengthen(self, steps: float) -> None:
        """By notches of the wheel."""
        self._power = min(_STRONGEST, max(_WEAKEST, self._power * _NOTCH_FACTOR**steps))
        self.changed.emit(self.area)

    def paint(self, painter: QPainter, layers: Sequence[Lookup], background: QColor) -> None:
        """The painter's unit is the screen pixel."""
        placement = self.placement
        if placement is None:
            return
        width, height = placement.device_viewport
        if self._picture.width() != width:
            self._picture = QPixmap(width, height)
        self._mosaic.draw(self._picture, QRect(0, 0, width, height), placement, layers, background)
        glass = self.area.adjusted(_RIM_PX, _RIM_PX, -_RIM_PX, -_RIM_PX)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.translate(glass.topLeft())
        painter.setPen(QPen(QColor(255, 255, 255, 230), _RIM_PX))
        painter.setBrush(self._brush(placement.device_pixel_ratio))
        painter.drawEllipse(QRectF(0, 0, glass.width(), glass.height()))
        painter.setPen(QPen(QColor(0, 0, 0, 190), 1.0))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawEllipse(QRectF(0, 0, glass.width(), glass.height()))
        _paint_power(painter, glass.width(), placement.scale / self._view.scale)
        painter.restore()

    def _brush(self, ratio: float) -> QBrush:
        self._picture.setDevicePixelRatio(ratio)
        brush = QBrush(self._picture)
        self._picture.setDevicePixelRatio(1.0)
        return brush


def _paint_power(painter: QPainter, side_px: float, power: float) -> None:
    box = QRectF(side_px / 2 - 20, side_px - 26, 40, 18)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(0, 0, 0, 150))
    painter.drawRoundedRect(box, 4, 4)
    painter.setPen(QColor("white"))
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, f"{power:.2g} ×")
