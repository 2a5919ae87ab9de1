"""The selected cell: N:C ratio, areas, probabilities, who made it and who vouches for it."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from allviewer.domain.cell import Cell, CellState, OriginKind
from allviewer.domain.labels import ClassSet
from allviewer.session.run_summary import LESS_SURE
from allviewer.ui.cells_table_model import STATE_TEXTS
from allviewer.ui.panels.parts import heading, muted, row
from allviewer.ui.style import bold, current_theme

_MOST_BARS = 4
_BAR_PX = 17


class ProbabilityBars(QWidget):
    """The likeliest classes as bars with numbers."""

    def __init__(self, class_set: ClassSet) -> None:
        super().__init__()
        self._class_set = class_set
        self._shown: list[tuple[str, float]] = []
        self._room = _MOST_BARS
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set_class_set(self, class_set: ClassSet) -> None:
        self._class_set = class_set
        self.update()

    def set_room(self, bars: int) -> None:
        """Show so many bars at most, and take the room of so many."""
        self._room = bars
        self.updateGeometry()

    def show_probabilities(self, probabilities: tuple[tuple[str, float], ...]) -> None:
        self._shown = sorted(probabilities, key=lambda pair: -pair[1])[:_MOST_BARS]
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(220, _BAR_PX * self._room)  # whether there are as many or not, so that nothing below jumps

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = current_theme()
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            name_px, number_px = 96, 40
            for line, (key, share) in enumerate(self._shown[: self._room]):
                cell_class = self._class_set.find(key)
                box = QRectF(0, _BAR_PX * line, self.width(), _BAR_PX)
                title = cell_class.title if cell_class.key == key else key.replace("_", " ").capitalize()
                painter.setPen(QColor(theme.muted))
                title = self.fontMetrics().elidedText(title, Qt.TextElideMode.ElideRight, name_px - 6)
                painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, title)
                painter.drawText(box, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, f"{share:.2f}")
                track = QRectF(name_px, box.center().y() - 3, self.width() - name_px - number_px, 6)
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(QColor(theme.raised))
                painter.drawRoundedRect(track, 3, 3)
                painter.setBrush(QColor(*cell_class.colour))
                track.setWidth(max(2.0, track.width() * share))
                painter.drawRoundedRect(track, 3, 3)


class CellPanel(QWidget):
    """Details of one cell."""

    def __init__(self, class_set: ClassSet, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._class_set = class_set
        self._own_ratio = "–"
        self._title = heading("Cell")
        self._state = muted()
        self._ratio = QLabel("–")
        large = bold(self._ratio.font())
        large.setPointSizeF(large.pointSizeF() * 1.5)
        self._ratio.setFont(large)
        self._ratio.setToolTip("Area of the nucleus over the area of the whole cell")
        self._values = {name: QLabel("–") for name in ("Cell", "Nucleus", "Cytoplasm")}
        self._bars = ProbabilityBars(class_set)
        self._origin = muted(wrap=True)
        self._origin.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._origin.setMinimumHeight(2 * self._origin.fontMetrics().lineSpacing())
        self._less_sure = QLabel("Scale estimated: areas and p(blast) are less sure.")
        self._less_sure.setObjectName("warning")
        self._less_sure.setToolTip(LESS_SURE)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 8, 12, 6)
        layout.setSpacing(5)
        layout.addWidget(row(self._title, 1, self._state))
        layout.addWidget(self._grid())
        layout.addWidget(self._judgement())
        layout.addWidget(self._origin)
        self.show_cell(None, None)

    def set_class_set(self, class_set: ClassSet) -> None:
        self._class_set = class_set
        self._bars.set_class_set(class_set)

    def show_cell(
        self, cell: Cell | None, mpp: float | None, selected: int = 0, scale_is_estimated: bool = False
    ) -> None:
        """Show a cell (None: nothing is selected); `mpp` is micrometres per pixel if known.

        `scale_is_estimated`: micrometres, and what the network makes of sizes, are less sure.
        """
        less_sure = cell is not None and scale_is_estimated
        self._less_sure.setVisible(less_sure)
        self._bars.set_room(_MOST_BARS - less_sure)
        self._own_ratio = "–"
        if cell is None:
            self._title.setText("Cell")
            self._state.setText("click one to select it")
            self._ratio.setText("–")
            for label in self._values.values():
                label.setText("–")
            self._bars.show_probabilities(())
            self._origin.setText("")
            return
        more = f"  (+{selected - 1:,} selected)" if selected > 1 else ""
        said = " · ".join((self._class_set.title(cell.label), *cell.tags))
        self._title.setText(f"Cell {cell.id} · {said}{more}")
        by = f" by {cell.edited_by}" if cell.is_touched and cell.edited_by else ""
        self._state.setText(STATE_TEXTS[cell.state] + by)
        self._state.setObjectName("muted" if cell.state is CellState.PROPOSED else "good")
        self._state.style().polish(self._state)
        self._own_ratio = f"{cell.nc_ratio:.2f}"
        self._ratio.setText(self._own_ratio)
        for name, area_px in (
            ("Cell", cell.area_px),
            ("Nucleus", cell.nucleus_area_px),
            ("Cytoplasm", cell.cytoplasm_area_px),
        ):
            self._values[name].setText(_area(area_px, mpp, scale_is_estimated))
        self._bars.show_probabilities(cell.probabilities)
        self._origin.setText(_provenance(cell))

    def show_ratio(self, ratio: float | None) -> None:
        """The N:C ratio while the cell is being painted; None: that of the cell as it is."""
        self._ratio.setText(f"{ratio:.2f}" if ratio is not None else self._own_ratio)

    def _judgement(self) -> QWidget:
        """The bars; the warning takes the place of one, so that nothing below jumps."""
        holder = QWidget()
        self._less_sure.setFixedHeight(_BAR_PX)
        lines = QVBoxLayout(holder)
        lines.setContentsMargins(0, 0, 0, 0)
        lines.setSpacing(0)
        lines.addWidget(self._less_sure)
        lines.addWidget(self._bars)
        return holder

    def _grid(self) -> QWidget:
        holder = QWidget()
        grid = QGridLayout(holder)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(2)
        grid.addWidget(self._ratio, 0, 0, 2, 1)
        grid.addWidget(muted("N:C ratio"), 2, 0)
        for line, (name, label) in enumerate(self._values.items()):
            grid.addWidget(muted(name), line, 1)
            grid.addWidget(label, line, 2, Qt.AlignmentFlag.AlignRight)
        grid.setColumnMinimumWidth(0, 84)
        grid.setColumnStretch(2, 1)
        return holder


def _area(area_px: int, mpp: float | None, estimated: bool) -> str:
    if mpp is None:
        return f"{area_px:,} px"
    return f"{'≈ ' if estimated else ''}{area_px * mpp * mpp:.1f} µm²  ({area_px:,} px)"


def _provenance(cell: Cell) -> str:
    made = {
        OriginKind.MODEL: "Found by",
        OriginKind.PERSON: "Drawn by",
        OriginKind.IMPORT: "Imported from",
    }[cell.origin.kind]
    when = cell.origin.created_utc.astimezone().strftime("%d %b %Y %H:%M")
    return f"{made} {cell.origin.name}, {when}"
