"""What the hand does to the view: mouse, wheel, touch pad and keys become pan, zoom, rotation, or work of the tool."""

import math
from typing import Protocol

from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent, QNativeGestureEvent, QPointingDevice, QTabletEvent, QWheelEvent
from PySide6.QtWidgets import QWidget

from allviewer.session.tool_state import ToolKind, ToolState
from allviewer.session.view_state import ViewState
from allviewer.ui.canvas.overview_map import OverviewMap
from allviewer.ui.canvas.tools.tool import Pointer
from allviewer.ui.canvas.tools.toolbox import Toolbox

_NOTCH_FACTOR = 2 ** (1 / 3)
_ARROW_STEP = 0.125
_SNAP_DEG = 2.0
"""Turning by hand stops at a right angle when it comes so near."""
_ARROWS: dict[int, tuple[int, int]] = {
    Qt.Key.Key_Left: (1, 0),
    Qt.Key.Key_Right: (-1, 0),
    Qt.Key.Key_Up: (0, 1),
    Qt.Key.Key_Down: (0, -1),
}


class _Drag(Protocol):
    """A movement with a button held."""

    def move(self, to: QPointF) -> None: ...


class Hand:
    """Turns events of a widget into changes of its `ViewState` and calls of the tool in hand.

    The middle button, or the left one with Space, moves the picture; with Shift they turn it.
    """

    def __init__(self, widget: QWidget, view: ViewState, toolbox: Toolbox, overview: OverviewMap) -> None:
        self._widget, self._view, self._toolbox, self._map = widget, view, toolbox, overview
        self._space_is_down = False
        self._drag: _Drag | None = None
        self._is_drawing = False

    def let_go(self) -> None:
        """What was under way is over: another image, another tool."""
        self._is_drawing = False
        self._drag = None
        self.show_cursor()

    def show_cursor(self) -> None:
        if self._drag is not None:
            self._widget.setCursor(Qt.CursorShape.ClosedHandCursor)
        elif self._space_is_down:
            self._widget.setCursor(Qt.CursorShape.OpenHandCursor)
        else:
            self._widget.setCursor(self._toolbox.tool.cursor)

    def press(self, event: QMouseEvent) -> None:
        left = event.button() == Qt.MouseButton.LeftButton
        if left and self._map.contains(event.position()):
            self._drag = _MapDrag(self._view, self._map)
            self._drag.move(event.position())
        elif event.button() == Qt.MouseButton.MiddleButton or (left and self._space_is_down):
            turns = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            self._drag = _Turn(self._view, event.position()) if turns else _Pan(self._view, event.position())
            self.show_cursor()
        elif event.button() == Qt.MouseButton.RightButton:
            self._press_right(event)
        elif left:
            self._is_drawing = True
            self._toolbox.tool.press(self.pointer(event.position(), event.modifiers()))

    def move(self, event: QMouseEvent) -> Pointer:
        """Returns where the pointer was found, before the picture moved under it."""
        pointer = self.pointer(event.position(), event.modifiers())
        if self._drag is not None:
            self._drag.move(event.position())
        elif self._is_drawing:
            self._toolbox.tool.drag(pointer)
        else:
            self._toolbox.tool.hover(pointer)
        return pointer

    def release(self, event: QMouseEvent) -> None:
        if self._drag is not None:
            self._drag = None
        elif event.button() == Qt.MouseButton.LeftButton and self._is_drawing:
            self._is_drawing = False
            self._toolbox.tool.release(self.pointer(event.position(), event.modifiers()))
        self.show_cursor()

    def double_click(self, event: QMouseEvent) -> None:
        """The second press of a double click; for most tools a press like any other."""
        is_ours = event.button() == Qt.MouseButton.LeftButton and not self._space_is_down
        if not is_ours or self._map.contains(event.position()):
            self.press(event)
        elif self._toolbox.kind is ToolKind.SELECT:
            self._view.fit()
        elif not self._toolbox.tool.double_click(self.pointer(event.position(), event.modifiers())):
            self.press(event)

    def wheel(self, event: QWheelEvent) -> None:
        delta = event.angleDelta().y() or event.angleDelta().x()  # with Alt held some systems turn the wheel sideways
        steps = delta / 120
        pointer = self.pointer(event.position(), event.modifiers())
        if steps and not self._toolbox.tool.wheel(steps, pointer):
            self._view.zoom_at((event.position().x(), event.position().y()), _NOTCH_FACTOR**steps)

    def pen(self, event: QTabletEvent) -> None:
        """What the pen of a tablet says beside being a mouse, which comes as events of the mouse."""
        pen = self._toolbox.state.pen
        if event.type() == QEvent.Type.TabletRelease:
            pen.lift()
        else:
            pen.pressure = event.pressure() if event.type() == QEvent.Type.TabletPress or event.pressure() else 1.0
            pen.is_turned = event.pointerType() == QPointingDevice.PointerType.Eraser
        event.ignore()

    def touch_pad(self, event: QNativeGestureEvent) -> bool:
        """Two fingers that spread or turn; True if it was that."""
        place = (event.position().x(), event.position().y())
        if event.gestureType() == Qt.NativeGestureType.ZoomNativeGesture:
            self._view.zoom_at(place, 1 + event.value())
        elif event.gestureType() == Qt.NativeGestureType.RotateNativeGesture:
            self._view.rotate_by(event.value(), place)
        else:
            return False
        return True

    def key_down(self, event: QKeyEvent) -> bool:
        """True if the key was used."""
        if self._toolbox.key(event.key()):
            return True
        if event.key() == Qt.Key.Key_Space:
            if not event.isAutoRepeat():
                self._hold_space(True)
            return True
        direction = _ARROWS.get(event.key())
        if direction is None:
            return False
        width, height = self._view.viewport
        self._view.pan_by(direction[0] * width * _ARROW_STEP, direction[1] * height * _ARROW_STEP)
        return True

    def key_up(self, event: QKeyEvent) -> bool:
        """True if the key was used."""
        if event.key() != Qt.Key.Key_Space or event.isAutoRepeat():
            return False
        self._hold_space(False)
        return True

    def forget_keys(self) -> None:
        """The keyboard went elsewhere: nobody will tell that a key was released."""
        self._hold_space(False)

    def pointer(self, position: QPointF, modifiers: Qt.KeyboardModifier) -> Pointer:
        return Pointer(position, self._view.to_image((position.x(), position.y())), modifiers)

    def _press_right(self, event: QMouseEvent) -> None:
        tool = self._toolbox.tool
        if tool.sizes_by_drag and event.modifiers() & Qt.KeyboardModifier.AltModifier:
            self._drag = _Resize(self._view, self._toolbox.state, event.position())
        elif tool.uses_right_button:
            tool.press_right(self.pointer(event.position(), event.modifiers()))

    def _hold_space(self, is_down: bool) -> None:
        self._space_is_down = is_down
        self.show_cursor()


class _Pan:
    def __init__(self, view: ViewState, start: QPointF) -> None:
        self._view, self._last = view, start

    def move(self, to: QPointF) -> None:
        moved, self._last = to - self._last, to
        self._view.pan_by(moved.x(), moved.y())


class _Resize:
    """The edge of the brush follows the mouse."""

    def __init__(self, view: ViewState, tools: ToolState, start: QPointF) -> None:
        self._view, self._tools, self._start, self._radius_px = view, tools, start, tools.radius_px

    def move(self, to: QPointF) -> None:
        wanted_px = self._radius_px + (to.x() - self._start.x()) / self._view.scale
        self._tools.set_radius(round(2 * wanted_px) / 2)


class _Turn:
    """Turns the picture around the middle of the view, as a hand turns a sheet."""

    def __init__(self, view: ViewState, start: QPointF) -> None:
        self._view = view
        self._before_deg = view.rotation_deg - self._direction_deg(start)

    def move(self, to: QPointF) -> None:
        angle = (self._before_deg + self._direction_deg(to)) % 360
        right_angle = round(angle / 90) * 90
        self._view.rotate_to(right_angle if abs(angle - right_angle) < _SNAP_DEG else angle)

    def _direction_deg(self, place: QPointF) -> float:
        width, height = self._view.viewport
        return math.degrees(math.atan2(place.y() - height / 2, place.x() - width / 2))


class _MapDrag:
    def __init__(self, view: ViewState, overview: OverviewMap) -> None:
        self._view, self._map = view, overview

    def move(self, to: QPointF) -> None:
        self._view.center_on(self._map.image_point(to))
