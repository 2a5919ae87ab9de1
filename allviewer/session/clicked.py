"""A cell that clicks outline: what was clicked so far, and the outline that fits it."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QObject, Signal

from allviewer.domain.mask import Mask

_REACH_SHARE = 0.35
"""A click so far from the outline (in sizes of it) is about another cell."""


@dataclass(frozen=True, slots=True)
class MarkedPoint:
    """A click: level-0 place, whether it says inside, and the part ("cytoplasm" or "nucleus") that it is about."""

    x: float
    y: float
    is_inside: bool
    part: str


class Clicked(QObject):
    """A draft, part of no document: the tool clicks here, the workflow answers here.

    What the hand does before the answer to a click waits for it: only then is it known which cell it is about.

    Signals:
        asked: the outline has to be found anew.
        accepted: it is right.
        changed: something else has to be drawn.
    """

    asked = Signal()
    accepted = Signal()
    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.points: list[MarkedPoint] = []
        self.mask, self.nucleus = Mask.empty(), Mask.empty()
        """The outline found (level-0 pixels); the nucleus lies in the mask. Empty until there is one."""
        self._is_asked = False
        self._waiting: list[Callable[[], None]] = []

    def click(self, point: MarkedPoint) -> None:
        """Begin, correct, or, far from the outline there is, take that one and begin another."""
        if self._is_asked:
            self._waiting.append(partial(self.click, point))
            return
        if self.points and point.is_inside and self._is_far(point):
            self.accept()
        if self.points or point.is_inside:
            self.points.append(point)
            self._ask()

    def take_back(self) -> None:
        """Forget the last click."""
        if self._is_asked:
            self._waiting.append(self.take_back)
        elif len(self.points) > 1:
            self.points.pop()
            self._ask()
        else:
            self.drop()

    def accept(self) -> None:
        """Make it a cell."""
        if self._is_asked:
            self._waiting.append(self.accept)
        elif self.points:
            self.accepted.emit()
            self.drop()

    def drop(self) -> None:
        """Forget all of it."""
        self._waiting, self._is_asked = [], False
        if self.points:
            self.points = []
            self.mask, self.nucleus = Mask.empty(), Mask.empty()
            self.changed.emit()

    def show(self, mask: Mask, nucleus: Mask) -> None:
        """What was found; an empty mask: nothing, and what was clicked is forgotten."""
        self._is_asked = False
        waiting, self._waiting = self._waiting, []
        if mask.is_empty:
            self.drop()
        else:
            self.mask, self.nucleus = mask, nucleus
            self.changed.emit()
        for wish in waiting:  # those after one that asks again wait again
            wish()

    def _ask(self) -> None:
        self._is_asked = True
        self.asked.emit()
        self.changed.emit()

    @property
    def nc_ratio(self) -> float:
        """Area of the nucleus over that of the cell; 0 without a cell."""
        return self.nucleus.area_px / self.mask.area_px if not self.mask.is_empty else 0.0

    def _is_far(self, point: MarkedPoint) -> bool:
        box = self.mask.region
        return not box.expanded(round(_REACH_SHARE * max(box.width, box.height))).contains_point(point.x, point.y)
