"""The cells of the shown image as rows.

A row is the id of a cell; what is said of it is looked up when it is drawn. So a change of 100 000 cells moves no row
unless the order or the filter asks for it, and then rows are put in order off the UI thread.
"""

from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor, QIcon, QPixmap

from allviewer.domain.cell import Cell, CellState
from allviewer.domain.labels import ClassSet
from allviewer.jobs.job import Job
from allviewer.jobs.lanes import Lane
from allviewer.jobs.runner import JobRunner
from allviewer.session.document import Document
from allviewer.ui.cell_rows import STATE_TITLE, CellFilter, Column, Rows, arranged, columns, numbered
from allviewer.ui.class_signs import class_icon
from allviewer.ui.icons import picture
from allviewer.ui.style import current_theme

Index = QModelIndex | QPersistentModelIndex

STATE_TEXTS = {
    CellState.PROPOSED: "to review",
    CellState.ACCEPTED: "accepted",
    CellState.CORRECTED: "corrected",
}

_STATE_ICONS = {CellState.PROPOSED: "dot", CellState.ACCEPTED: "accept", CellState.CORRECTED: "brush"}

_MANY = 200
"""From so many changed cells on the table is built anew instead of row by row."""

_AT_ONCE = 3000
"""So many cells are put in order in the time of one picture."""


class CellsTableModel(QAbstractTableModel):
    """Rows are cells. Follows its document by itself."""

    def __init__(self, class_set: ClassSet, runner: JobRunner, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._class_set = class_set
        self._runner = runner
        self._document: Document | None = None
        self._rows: list[int] = []
        self._row_of: dict[int, int] = {}
        self._arranging: Job | None = None
        self._roster = 0
        self._filter = CellFilter()
        self._sort_column, self._descending = 0, False
        self.dress()
        self.set_class_set(class_set)

    def set_class_set(self, class_set: ClassSet) -> None:
        """Name cells by other classes."""
        self._class_set = class_set
        self._columns = columns(class_set)
        self._signs = {c.key: class_icon(c) for c in class_set.classes}
        self._rebuild()

    def dress(self) -> None:
        """Draw the icons in the colours of the present look."""
        theme = current_theme()
        colours = {CellState.PROPOSED: theme.muted, CellState.ACCEPTED: theme.good, CellState.CORRECTED: theme.good}
        self._state_icons = {
            state: plain_icon(picture(name, 14, QColor(colours[state]), 2)) for state, name in _STATE_ICONS.items()
        }

    def show(self, document: Document | None) -> None:
        """List the cells of a document from now on."""
        if self._document is not None:
            self._document.cells_changed.disconnect(self._update)
        self._document = document
        if document is not None:
            document.cells_changed.connect(self._update)
        self._take_rows(([], {}))
        self._rebuild()

    def set_filter(self, wanted: CellFilter) -> None:
        self._filter = wanted
        self._rebuild()

    def row_of(self, cell_id: int) -> int | None:
        return self._row_of.get(cell_id)

    def id_at(self, row: int) -> int:
        return self._rows[row]

    def cell_at(self, row: int) -> Cell | None:
        """None for a cell that is gone while its row is still to be taken away."""
        return self._document.annotations.get(self._rows[row]) if self._document is not None else None

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._columns)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        column = self._columns[section]
        if role == Qt.ItemDataRole.DisplayRole:
            return column.title
        if role == Qt.ItemDataRole.ToolTipRole:
            return column.tip
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(column)
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        cell, column = self.cell_at(index.row()), self._columns[index.column()]
        if cell is None:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return column.text(cell)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(column)
        if role == Qt.ItemDataRole.DecorationRole and column.title == "Class":
            return self._signs[self._class_set.find(cell.label).key]
        if role == Qt.ItemDataRole.DecorationRole and column.title == STATE_TITLE:
            return self._state_icons[cell.state]
        if role == Qt.ItemDataRole.ToolTipRole and column.title == STATE_TITLE:
            return f"{STATE_TEXTS[cell.state]}{f' by {cell.edited_by}' if cell.edited_by else ''}"
        return None

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        self._sort_column, self._descending = max(0, column), order == Qt.SortOrder.DescendingOrder
        if len(self._rows) > _AT_ONCE:
            self._rebuild()
            return
        self.layoutAboutToBeChanged.emit()
        kept = [(index, self._rows[index.row()]) for index in self.persistentIndexList()]
        self._rows, self._row_of = arranged(self._cells(), *self._order)
        for index, cell_id in kept:
            self.changePersistentIndex(index, self.index(self._row_of[cell_id], index.column()))
        self.layoutChanged.emit()

    def _cells(self) -> list[Cell]:
        return list(self._document.annotations) if self._document is not None else []

    def _rebuild(self) -> None:
        """Put all rows in order anew; with very many the rows before stay until that is done."""
        if self._arranging is not None:
            self._arranging.cancel()
            self._arranging = None
        cells = self._cells()
        if len(cells) <= _AT_ONCE:
            self._take_rows(arranged(cells, *self._order))
            return
        order = self._order
        self._arranging = self._runner.submit(
            Lane.TILES, "rows of cells", lambda cancel, report: arranged(cells, *order), self._take_rows
        )

    def _take_rows(self, rows: Rows) -> None:
        self._arranging = None
        self._roster = self._document.annotations.roster if self._document is not None else 0
        self.beginResetModel()
        self._rows, self._row_of = rows
        self.endResetModel()

    @property
    def _order(self) -> tuple[CellFilter, Column | None, bool]:
        return self._filter, self._columns[self._sort_column] if self._sort_column else None, self._descending

    def _update(self, ids: frozenset[int], _region: object) -> None:
        assert self._document is not None
        if len(ids) <= _MANY and self._arranging is None:
            self._update_rows(ids)
        elif self._rows_stay and self._roster == self._document.annotations.roster:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._rows) - 1, len(self._columns) - 1))
        else:
            self._rebuild()

    @property
    def _rows_stay(self) -> bool:
        """Whether rows stay where they are whatever is said of their cells."""
        return self._arranging is None and self._filter.is_open and not self._sort_column

    def _update_rows(self, ids: frozenset[int]) -> None:
        assert self._document is not None
        annotations = self._document.annotations
        self._roster = annotations.roster
        listed = {i for i in ids if (cell := annotations.get(i)) is not None and self._filter.takes(cell)}
        gone = sorted((self._row_of[i] for i in ids - listed if i in self._row_of), reverse=True)
        for row in gone:
            self.beginRemoveRows(QModelIndex(), row, row)
            del self._rows[row]
            self.endRemoveRows()
        if gone:
            self._row_of = numbered(self._rows)
        for cell_id in sorted(listed):
            row = self._row_of.get(cell_id, -1)
            if row >= 0:
                self.dataChanged.emit(self.index(row, 0), self.index(row, len(self._columns) - 1))
                continue
            row = len(self._rows)
            self.beginInsertRows(QModelIndex(), row, row)
            self._row_of[cell_id] = row
            self._rows.append(cell_id)
            self.endInsertRows()


def _alignment(column: Column) -> int:
    side = Qt.AlignmentFlag.AlignRight if column.right else Qt.AlignmentFlag.AlignLeft
    return int(side | Qt.AlignmentFlag.AlignVCenter)


def plain_icon(pixmap: QPixmap) -> QIcon:
    """An icon that keeps its colours in a selected row."""
    icon = QIcon(pixmap)
    icon.addPixmap(pixmap, QIcon.Mode.Selected)
    return icon
