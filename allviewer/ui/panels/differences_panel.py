"""The cells that two sides of a comparison see differently: counted, filtered, walked through."""

from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QIcon, QPainter, QPen, QPixmap
from PySide6.QtWidgets import QAbstractItemView, QComboBox, QTableView, QVBoxLayout, QWidget

from allviewer.domain.cell import Cell
from allviewer.domain.labels import ClassSet
from allviewer.session.comparison import Comparison, Difference, DifferingCell
from allviewer.ui.actions import Actions
from allviewer.ui.difference_marks import COLOURS, LINES
from allviewer.ui.panels.parts import muted, row
from allviewer.ui.panels.tool_bars import action_button

Index = QModelIndex | QPersistentModelIndex

TITLES = {
    Difference.ONLY_LEFT: "Only left",
    Difference.ONLY_RIGHT: "Only right",
    Difference.OTHER_CLASS: "Other class",
    Difference.LOW_OVERLAP: "Low overlap",
}
_HEADERS = ("Difference", "Left", "Right", "IoU")
_SIGN = QSize(26, 14)


class DifferencesModel(QAbstractTableModel):
    """One row a differing cell, in reading order."""

    def __init__(self, class_set: ClassSet, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._class_set = class_set
        self._all: tuple[DifferingCell, ...] = ()
        self._kind: Difference | None = None
        self.cells: tuple[DifferingCell, ...] = ()
        self._signs = {kind: _sign(kind) for kind in Difference}

    def set_class_set(self, class_set: ClassSet) -> None:
        self._class_set = class_set
        self._filter()

    def show(self, cells: tuple[DifferingCell, ...]) -> None:
        self._all = cells
        self._filter()

    def show_only(self, kind: Difference | None) -> None:
        self._kind = kind
        self._filter()

    def _filter(self) -> None:
        self.beginResetModel()
        self.cells = tuple(cell for cell in self._all if self._kind is None or cell.kind is self._kind)
        self.endResetModel()

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.cells)

    def columnCount(self, parent: Index | None = None) -> int:
        return len(_HEADERS)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> str | None:
        is_title = orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole
        return _HEADERS[section] if is_title else None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        cell = self.cells[index.row()]
        if role == Qt.ItemDataRole.DecorationRole and index.column() == 0:
            return self._signs[cell.kind]
        if role == Qt.ItemDataRole.DisplayRole:
            return (
                TITLES[cell.kind],
                self._words(cell.left),
                self._words(cell.right),
                f"{cell.iou:.2f}" if cell.left is not None and cell.right is not None else "–",
            )[index.column()]
        return None

    def _words(self, cell: Cell | None) -> str:
        return f"{self._class_set.title(cell.label)} {cell.id}" if cell is not None else "–"


class DifferencesPanel(QWidget):
    """Counts, a filter, the table. The row that is marked is the current difference."""

    visited = Signal(object)
    """The `DifferingCell` that people look at, or None."""

    def __init__(self, class_set: ClassSet, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model = DifferencesModel(class_set, self)
        self.table = QTableView()
        self.table.setModel(self.model)
        self.table.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.table.setTabKeyNavigation(False)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.setShowGrid(False)
        self.table.setIconSize(_SIGN)
        self.table.setMinimumHeight(30)
        self.table.verticalHeader().hide()
        self.table.verticalHeader().setDefaultSectionSize(24)
        self.table.horizontalHeader().setStretchLastSection(True)
        self.table.horizontalHeader().setMinimumSectionSize(36)
        self.table.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        for column, width in enumerate((118, 92, 92, 48)):
            self.table.setColumnWidth(column, width)
        self.filter = QComboBox()
        self.filter.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.filter.addItem("All differences", "")
        for kind, title in TITLES.items():
            self.filter.addItem(title, str(kind))
        self._sentence = muted("Nothing is compared.", wrap=True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 4, 8, 0)
        layout.setSpacing(3)
        layout.addWidget(self._sentence)
        steps = [action_button(actions[name]) for name in ("previous_difference", "next_difference")]
        layout.addWidget(row(self.filter, 1, *steps))
        layout.addWidget(self.table, 1)
        self.filter.activated.connect(lambda _row: self._filter())
        self.table.selectionModel().currentRowChanged.connect(lambda now, _before: self._visit(now.row()))

    def set_class_set(self, class_set: ClassSet) -> None:
        self.model.set_class_set(class_set)

    @property
    def sentence(self) -> str:
        return self._sentence.text()

    def show_comparison(self, comparison: Comparison | None, is_under_way: bool) -> None:
        """Show what was found; the row that people were at is gone."""
        if comparison is None:
            self._sentence.setText("Comparing…" if is_under_way else "There are no cells to compare.")
        else:
            self._sentence.setText(comparison.sentence)
        self.model.show(comparison.differing if comparison is not None else ())
        self.visited.emit(None)

    def step(self, rows: int) -> None:
        """Go to the next difference or the one before, round and round."""
        count = self.model.rowCount()
        if count:
            present = self.table.currentIndex().row()
            place = (present + rows) % count if present >= 0 else (0 if rows > 0 else count - 1)
            self.table.setCurrentIndex(self.model.index(place, 0))

    def _filter(self) -> None:
        kind = self.filter.currentData()
        self.model.show_only(Difference(kind) if kind else None)

    def _visit(self, place: int) -> None:
        self.visited.emit(self.model.cells[place] if 0 <= place < len(self.model.cells) else None)


def _sign(kind: Difference) -> QIcon:
    """The ring of a kind, as it is drawn on the pictures."""
    ratio = 2
    pixmap = QPixmap(_SIGN * ratio)
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(QColor(0, 0, 0, 0))
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    box = QRect(2, 2, _SIGN.width() - 4, _SIGN.height() - 4)
    painter.setPen(QPen(QColor(0, 0, 0, 150), 3.5))
    painter.drawEllipse(box)
    painter.setPen(QPen(COLOURS[kind], 2, LINES[kind]))
    painter.drawEllipse(box)
    painter.end()
    return QIcon(pixmap)
