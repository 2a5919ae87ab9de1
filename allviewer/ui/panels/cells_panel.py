"""The table of cells: sort, filter, select; the picture follows, and the other way round."""

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QSize, Qt, Signal
from PySide6.QtWidgets import QAbstractItemView, QComboBox, QHeaderView, QTableView, QVBoxLayout, QWidget

from allviewer.domain.cell import CellState
from allviewer.domain.labels import ClassSet
from allviewer.jobs.runner import JobRunner
from allviewer.session.document import Document
from allviewer.session.selection import Selection
from allviewer.ui.cell_rows import UNSURE_STATE, CellFilter
from allviewer.ui.cells_table_model import STATE_TEXTS, CellsTableModel
from allviewer.ui.panels.parts import muted, row

_MOST_SHOWN_SELECTED = 500
"""A larger selection is not mirrored row by row in the table."""


class CellsPanel(QWidget):
    """The table and its filters."""

    visited = Signal(int)
    """Id of a cell that was chosen here: the picture goes there."""

    def __init__(
        self, class_set: ClassSet, selection: Selection, runner: JobRunner, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._selection = selection
        self._syncing = False
        self.model = CellsTableModel(class_set, runner, self)
        self.table = self._make_table()
        self._class_box = QComboBox()
        self._state_box = QComboBox()
        self._state_box.addItem("All states", "")
        for state in CellState:
            self._state_box.addItem(STATE_TEXTS[state].capitalize(), str(state))
        self._state_box.addItem("Unsure", UNSURE_STATE)
        self._tag_box = QComboBox()
        self._number = muted()
        self.set_class_set(class_set)
        for box in (self._class_box, self._state_box, self._tag_box):
            box.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
            box.currentIndexChanged.connect(self._refilter)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(row(self._class_box, self._state_box, self._tag_box, 1, self._number, margins=(8, 6, 8, 6)))
        layout.addWidget(self.table, 1)
        selection.changed.connect(self._follow_selection)
        self.table.selectionModel().selectionChanged.connect(self._lead_selection)
        for news in (self.model.modelReset, self.model.rowsInserted, self.model.rowsRemoved):
            news.connect(self._show_number)
        self.model.modelReset.connect(self._follow_selection)

    def sizeHint(self) -> QSize:
        return QSize(340, 240)

    def set_class_set(self, class_set: ClassSet) -> None:
        """Name and filter cells by other classes and tags."""
        choices = {
            self._class_box: [("All classes", ""), *((c.title, c.key) for c in class_set.classes)],
            self._tag_box: [("All tags", ""), *((tag.name, tag.name) for tag in class_set.tags)],
        }
        for box, items in choices.items():
            wanted = box.currentData()
            box.blockSignals(True)
            box.clear()
            for text, value in items:
                box.addItem(text, value)
            box.setCurrentIndex(max(0, box.findData(wanted)))
            box.blockSignals(False)
        self._tag_box.setVisible(bool(class_set.tags))
        self.model.set_class_set(class_set)
        self._refilter()

    def show_document(self, document: Document | None) -> None:
        self.model.show(document)

    def _make_table(self) -> QTableView:
        table = QTableView()
        table.setModel(self.model)
        table.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        table.setTabKeyNavigation(False)
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        table.setShowGrid(False)
        table.setSortingEnabled(True)
        table.horizontalHeader().setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        smaller = table.font()
        smaller.setPointSizeF(smaller.pointSizeF() * 0.92)
        table.setFont(smaller)
        table.horizontalHeader().setFont(smaller)
        table.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        table.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        table.verticalHeader().hide()
        table.verticalHeader().setDefaultSectionSize(24)
        header = table.horizontalHeader()
        header.setHighlightSections(False)
        for column, width in enumerate((42, 100, 72, 66, 46, 56, 24, 60)):
            table.setColumnWidth(column, width)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        header.setStretchLastSection(True)
        return table

    def _refilter(self) -> None:
        self.model.set_filter(
            CellFilter(*(box.currentData() for box in (self._class_box, self._state_box, self._tag_box)))
        )

    def _show_number(self) -> None:
        count = self.model.rowCount()
        self._number.setText(f"{count:,} cell{'s' * (count != 1)}")

    def _follow_selection(self) -> None:
        """The selection changed elsewhere: mark its rows and bring the current one into view."""
        if self._syncing:
            return
        chosen = QItemSelection()
        if len(self._selection.ids) <= _MOST_SHOWN_SELECTED:
            last = self.model.columnCount() - 1
            for cell_id in self._selection.ids:
                place = self.model.row_of(cell_id)
                if place is not None:
                    chosen.select(self.model.index(place, 0), self.model.index(place, last))
        self._syncing = True
        self.table.selectionModel().select(chosen, QItemSelectionModel.SelectionFlag.ClearAndSelect)
        current = self.model.row_of(self._selection.current)
        if current is not None:
            self.table.scrollTo(self.model.index(current, 0))
        self._syncing = False

    def _lead_selection(self) -> None:
        """Rows were selected here."""
        if self._syncing:
            return
        ids = [self.model.id_at(index.row()) for index in self.table.selectionModel().selectedRows()]
        if not ids:
            return
        place = self.table.currentIndex().row()
        current = self.model.id_at(place) if 0 <= place < self.model.rowCount() else ids[0]
        self._syncing = True
        self._selection.select(ids, current)
        self._syncing = False
        self.visited.emit(self._selection.current)
