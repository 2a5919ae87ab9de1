"""What a tool is, and what it may ask of the view. A tool keeps the draft; the view tells when it is finished."""

from dataclasses import dataclass
from typing import Protocol

from PySide6.QtCore import QPointF, QRectF, Qt, SignalInstance
from PySide6.QtGui import QPainter

from allviewer.session.placement import Point
from allviewer.session.tool_state import ToolState
from allviewer.session.view_state import ViewState
from allviewer.ui.canvas.rulers import Rulers


class Canvas(Protocol):
    """The view, as a tool sees it."""

    @property
    def view(self) -> ViewState: ...
    @property
    def tool_state(self) -> ToolState: ...
    @property
    def stroke_finished(self) -> SignalInstance: ...
    @property
    def polygon_finished(self) -> SignalInstance: ...
    @property
    def new_cell_drawn(self) -> SignalInstance: ...
    @property
    def cell_clicked(self) -> SignalInstance: ...
    @property
    def region_drawn(self) -> SignalInstance: ...
    @property
    def length_drawn(self) -> SignalInstance: ...
    @property
    def rulers(self) -> Rulers: ...
    @property
    def um_per_px(self) -> float | None: ...

    def cell_id_at(self, point: Point) -> int:
        """The cell under a level-0 point, or 0."""
        ...

    def touch(self, area: QRectF) -> None:
        """This part of the screen has to be painted again."""
        ...

    def update(self) -> None:
        """All of the screen has to be painted again."""
        ...

    def hold(self, cursor: Qt.CursorShape) -> None:
        """Show another mouse cursor until the button is released."""
        ...


@dataclass(frozen=True, slots=True)
class Pointer:
    """Where the mouse is: on the screen, and in the image (level-0 pixels); with which keys held."""

    screen: QPointF
    image: Point
    modifiers: Qt.KeyboardModifier

    def has(self, modifier: Qt.KeyboardModifier) -> bool:
        return bool(self.modifiers & modifier)


class Tool:
    """A tool that does nothing; others override what they need. Drags are with the left button."""

    cursor = Qt.CursorShape.ArrowCursor
    uses_right_button = False
    """Whether the right button works instead of opening the menu of the cell."""

    sizes_by_drag = False
    """Whether Alt and a drag with the right button make it larger and smaller."""

    def __init__(self, canvas: Canvas) -> None:
        self._canvas = canvas

    def press(self, pointer: Pointer) -> None:
        """The left button went down."""

    def press_right(self, pointer: Pointer) -> None:
        """The right button went down."""

    def drag(self, pointer: Pointer) -> None:
        """The mouse moved with the left button down."""

    def hover(self, pointer: Pointer) -> None:
        """The mouse moved with no button down."""

    def release(self, pointer: Pointer) -> None:
        """The left button went up."""

    def double_click(self, pointer: Pointer) -> bool:
        """True if the tool has a meaning of its own for it."""
        return False

    def key(self, key: int) -> bool:
        """True if the tool used the key."""
        return False

    def wheel(self, steps: float, pointer: Pointer) -> bool:
        """True if the tool used the wheel."""
        return False

    def leave(self) -> None:
        """The mouse left the view."""

    def cancel(self) -> None:
        """Drop the draft."""

    def paint(self, painter: QPainter) -> None:
        """Draw the draft; the painter's unit is the screen pixel."""


def box_around(points: list[QPointF], margin_px: float) -> QRectF:
    """The rectangle around points, with a margin; empty without any."""
    if not points:
        return QRectF()
    xs, ys = [point.x() for point in points], [point.y() for point in points]
    box = QRectF(min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys))
    return box.adjusted(-margin_px, -margin_px, margin_px, margin_px)
