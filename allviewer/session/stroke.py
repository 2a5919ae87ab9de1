"""The stroke under the brush: its path so far, and the N:C ratio that the cell would have."""

from PySide6.QtCore import QObject, Signal

from allviewer.session.placement import Point


class Stroke(QObject):
    """A draft, part of no document: the tool draws here, the workflow says what comes of it.

    Signals:
        grew: there is more of it.
        ratio_changed: another N:C ratio, or none.
    """

    grew = Signal()
    ratio_changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.path: list[Point] = []
        """Level-0 points; empty between strokes."""
        self.radii: list[float] = []
        """Radius at each point, level-0 pixels."""
        self.erases = False
        self.ratio: float | None = None
        """N:C ratio of the cell with the stroke on it; None between strokes and until it is known."""

    @property
    def radius_px(self) -> float | list[float]:
        """One radius where all are the same, as with a mouse; else one for each point."""
        return self.radii[0] if len(set(self.radii)) == 1 else list(self.radii)

    def begin(self, point: Point, radius_px: float, erases: bool) -> None:
        self.path, self.radii, self.erases = [point], [radius_px], erases
        self.grew.emit()

    def extend(self, point: Point, radius_px: float) -> None:
        self.path.append(point)
        self.radii.append(radius_px)
        self.grew.emit()

    def end(self) -> None:
        """It is finished or dropped."""
        self.path, self.radii = [], []
        self.tell(None)

    def tell(self, ratio: float | None) -> None:
        """What the N:C ratio would be."""
        if ratio != self.ratio:
            self.ratio = ratio
            self.ratio_changed.emit()
