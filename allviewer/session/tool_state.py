"""What the mouse does on the image: the tool and its settings."""

import enum

from PySide6.QtCore import QObject, Signal

from allviewer.domain.labels import UNCLASSIFIED
from allviewer.session.clicked import Clicked
from allviewer.session.drawn import Drawn
from allviewer.session.growth import Growth
from allviewer.session.outline_draft import OutlineDraft
from allviewer.session.pen import Pen
from allviewer.session.seeds import Seeds
from allviewer.session.stroke import Stroke
from allviewer.session.wire import Wire

MIN_RADIUS_PX = 0.5
MAX_RADIUS_PX = 500.0


class ToolKind(enum.StrEnum):
    SELECT = "select"
    BRUSH = "brush"
    ERASER = "eraser"
    POLYGON = "polygon"
    ADD_CELL = "add_cell"
    REGION = "region"
    GROW = "grow"
    RULER = "ruler"
    BOX = "box"
    LASSO = "lasso"
    CLICK = "click"
    CUT = "cut"
    SEEDS = "seeds"
    SCISSORS = "scissors"
    VERTICES = "vertices"


class Part(enum.StrEnum):
    """What is painted and erased; the values are those of `domain.edits.PARTS`."""

    CYTOPLASM = "cytoplasm"
    NUCLEUS = "nucleus"


class ToolState(QObject):
    """The tool in hand, the part it works on, the brush radius (level-0 pixels) and the class of new cells."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._tool = ToolKind.SELECT
        self._part = Part.CYTOPLASM
        self._radius_px = 8.0
        self._label = UNCLASSIFIED
        self._protects = True
        self.growth = Growth(self)
        """The region that grows from a click."""
        self.clicked = Clicked(self)
        """The cell that clicks outline."""
        self.drawn = Drawn(self)
        """What is told when a line or a lasso has been drawn."""
        self.stroke = Stroke(self)
        """The stroke under the brush."""
        self.pen = Pen()
        """The pen of a tablet, if one is on the picture."""
        self.wire = Wire(self)
        """The outline that is being traced along edges."""
        self.outline = OutlineDraft(self)
        """The outline whose corners are being moved."""
        self.seeds = Seeds(self)
        """The points that a cell is being divided by."""

    @property
    def tool(self) -> ToolKind:
        return self._tool

    @property
    def part(self) -> Part:
        return self._part

    @property
    def radius_px(self) -> float:
        return self._radius_px

    @property
    def protects(self) -> bool:
        """Whether other cells keep their pixels when one is painted or drawn."""
        return self._protects

    def protect(self, protects: bool) -> None:
        if protects != self._protects:
            self._protects = protects
            self.changed.emit()

    @property
    def label(self) -> str:
        return self._label

    def take(self, tool: ToolKind) -> None:
        if tool is not self._tool:
            self._tool = tool
            self.changed.emit()

    def work_on(self, part: Part) -> None:
        if part is not self._part:
            self._part = part
            self.changed.emit()

    def set_radius(self, radius_px: float) -> None:
        limited = min(MAX_RADIUS_PX, max(MIN_RADIUS_PX, radius_px))
        if limited != self._radius_px:
            self._radius_px = limited
            self.changed.emit()

    def scale_radius(self, steps: float) -> None:
        """Make the brush larger or smaller by a sixth a step, by half a pixel at least."""
        change = max(0.5, self._radius_px / 6)
        self.set_radius(round((self._radius_px + steps * change) * 2) / 2)

    def set_label(self, label: str) -> None:
        if label != self._label:
            self._label = label
            self.changed.emit()
