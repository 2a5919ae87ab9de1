"""Two views that move together: the place, the enlargement and the angle of one follow from those of the other."""

from dataclasses import asdict, replace

from PySide6.QtCore import QObject, Signal

from allviewer.session.placement import Placement, Point
from allviewer.session.view_state import ViewState


class LinkedViews(QObject):
    """Keeps the relation that the two views have when they are linked, until they are linked anew.

    A right point is the left one times `ratio`, plus `offset`; the right scale is the left one over `ratio`.
    """

    changed = Signal()
    """Linked or unlinked."""

    def __init__(self, left: ViewState, right: ViewState, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._left, self._right = left, right
        self._is_linked = self._is_following = self._is_on = False
        self._ratio = 1.0
        self._offset: Point = (0.0, 0.0)
        left.changed.connect(self._follow_left)
        right.changed.connect(self._follow_right)
        left.look_changed.connect(self._follow_look)

    @property
    def is_linked(self) -> bool:
        return self._is_linked

    def begin(self, ratio: float = 1.0) -> None:
        """Show the same place on both sides; `ratio`: right pixels a left pixel."""
        self._is_on = self._is_linked = True
        self._ratio, self._offset = ratio, (0.0, 0.0)
        self._follow_look()
        self._follow_left()
        self.changed.emit()

    def end(self) -> None:
        """The right view is not looked at any more."""
        self._is_on = self._is_linked = False
        self.changed.emit()

    def set_linked(self, is_linked: bool) -> None:
        """Let each view move alone, or both together from where they are now."""
        if is_linked == self._is_linked or not self._is_on:
            return
        self._is_linked = is_linked
        if is_linked:
            left, right = self._left.placement, self._right.placement
            self._ratio = left.scale / right.scale
            self._offset = (
                right.center[0] - left.center[0] * self._ratio,
                right.center[1] - left.center[1] * self._ratio,
            )
        self.changed.emit()

    def right_of(self, left: Point) -> Point | None:
        """The right point that goes with a left one; None while views move alone."""
        dx, dy = self._offset
        return (left[0] * self._ratio + dx, left[1] * self._ratio + dy) if self._is_linked else None

    def left_of(self, right: Point) -> Point | None:
        """The left point that goes with a right one; None while views move alone."""
        dx, dy = self._offset
        return ((right[0] - dx) / self._ratio, (right[1] - dy) / self._ratio) if self._is_linked else None

    def _follow_left(self) -> None:
        if self._may_follow(self._left):
            left, (dx, dy) = self._left.placement, self._offset
            center = (left.center[0] * self._ratio + dx, left.center[1] * self._ratio + dy)
            self._place(self._right, replace(left, center=center, scale=left.scale / self._ratio))

    def _follow_right(self) -> None:
        if self._may_follow(self._right):
            right, (dx, dy) = self._right.placement, self._offset
            center = ((right.center[0] - dx) / self._ratio, (right.center[1] - dy) / self._ratio)
            self._place(self._left, replace(right, center=center, scale=right.scale * self._ratio))

    def _may_follow(self, leader: ViewState) -> bool:
        is_ready = not (self._left.bounds.is_empty or self._right.bounds.is_empty or leader.bounds.is_empty)
        return self._is_linked and not self._is_following and is_ready

    def _place(self, follower: ViewState, placement: Placement) -> None:
        self._is_following = True
        follower.place(placement)
        self._is_following = False

    def _follow_look(self) -> None:
        """Overlay, brightness, contrast and gamma are those of the left view, linked or not."""
        if self._is_on:
            self._right.set_overlay(**asdict(self._left.overlay))
            self._right.set_image_look(**asdict(self._left.image_look))
