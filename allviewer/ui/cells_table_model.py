"""The cells of the shown image as rows: sorted and filtered here, so that a slide with 100 000 cells stays quick."""

from collections.abc import Callable
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor, QIcon, QPixmap

from allviewer.domain.cell import Cell, CellState
from allviewer.domain.labels import ClassSet
from allviewer.session.document import Document
from allviewer.ui.class_signs import class_icon
from allviewer.ui.icons import picture
from allviewer.ui.style import current_theme

Index = QModelIndex | QPersistentModelIndex

STATE_TEXTS = {
    CellState.PROPOSED: "to review",
    CellState.ACCEPTED: "accepted",
    CellState.CORRECTED: "corrected",
}

_STATE = " "
_STATE_ICONS = {CellState.PROPOSED: "dot", CellState.ACCEPTED: "accept", CellState.CORRECTED: "brush"}

_MANY = 200
"""From so many changed cells on the table is built anew instead of row by row."""


@dataclass(frozen=True, slots=True)
class _Column:
    title: str
    tip: str
    key: Callable[[Cell], Any]
    text: Callable[[Cell], str]
    right: bool = True


@dataclass(frozen=True, slots=True)
class CellFilter:
    """Which cells are listed; empty means all."""

    label: str = ""
    state: str = ""
    tag: str = ""

    def takes(self, cell: Cell) -> bool:
        return (
            (not self.label or cell.label == self.label)
            and (not self.state or cell.state == self.state)
            and (not self.tag or self.tag in cell.tags)
        )


class CellsTableModel(QAbstractTableModel):
    """Rows are cells. Follows its document by itself."""

    def __init__(self, class_set: ClassSet, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._class_set = class_set
        self._document: Document | None = None
        self._rows: list[Cell] = []
        self._row_of: dict[int, int] = {}
        self._filter = CellFilter()
        self._sort_column, self._descending = 0, False
        self.dress()
        self.set_class_set(class_set)

    def set_class_set(self, class_set: ClassSet) -> None:
        """Name cells by other classes."""
        self._class_set = class_set
        self._columns = _columns(class_set)
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
        self._rebuild()

    def set_filter(self, wanted: CellFilter) -> None:
        self._filter = wanted
        self._rebuild()

    def row_of(self, cell_id: int) -> int | None:
        return self._row_of.get(cell_id)

    def cell_at(self, row: int) -> Cell:
        return self._rows[row]

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
        cell, column = self._rows[index.row()], self._columns[index.column()]
        if role == Qt.ItemDataRole.DisplayRole:
            return column.text(cell)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(column)
        if role == Qt.ItemDataRole.DecorationRole and column.title == "Class":
            return self._signs[self._class_set.find(cell.label).key]
        if role == Qt.ItemDataRole.DecorationRole and column.title == _STATE:
            return self._state_icons[cell.state]
        if role == Qt.ItemDataRole.ToolTipRole and column.title == _STATE:
            return f"{STATE_TEXTS[cell.state]}{f' by {cell.edited_by}' if cell.edited_by else ''}"
        return None

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        self._sort_column, self._descending = max(0, column), order == Qt.SortOrder.DescendingOrder
        self.layoutAboutToBeChanged.emit()
        kept = [(index, self._rows[index.row()].id) for index in self.persistentIndexList()]
        self._arrange(self._rows)
        for index, cell_id in kept:
            self.changePersistentIndex(index, self.index(self._row_of[cell_id], index.column()))
        self.layoutChanged.emit()

    def _rebuild(self) -> None:
        self.beginResetModel()
        cells = list(self._document.annotations) if self._document is not None else []
        self._arrange(cells if self._filter == CellFilter() else [c for c in cells if self._filter.takes(c)])
        self.endResetModel()

    def _arrange(self, cells: list[Cell]) -> None:
        by_id = sorted(cells, key=attrgetter("id"), reverse=self._descending)  # already so, mostly: that is quick
        key = self._columns[self._sort_column].key
        self._rows = sorted(by_id, key=key, reverse=self._descending) if self._sort_column else by_id
        self._number()

    def _number(self) -> None:
        self._row_of = dict(zip(map(attrgetter("id"), self._rows), range(len(self._rows)), strict=True))

    def _update(self, ids: frozenset[int], _region: object) -> None:
        assert self._document is not None
        if len(ids) > _MANY:
            self._rebuild()
            return
        for cell_id in ids:
            cell = self._document.annotations.get(cell_id)
            self._put(cell_id, cell if cell is not None and self._filter.takes(cell) else None)

    def _put(self, cell_id: int, cell: Cell | None) -> None:
        row = self._row_of.get(cell_id)
        if row is None and cell is not None:
            self.beginInsertRows(QModelIndex(), len(self._rows), len(self._rows))
            self._row_of[cell_id] = len(self._rows)
            self._rows.append(cell)
            self.endInsertRows()
        elif row is not None and cell is None:
            self.beginRemoveRows(QModelIndex(), row, row)
            del self._rows[row]
            self._number()
            self.endRemoveRows()
        elif row is not None and cell is not None:
            self._rows[row] = cell
            self.dataChanged.emit(self.index(row, 0), self.index(row, len(self._columns) - 1))


def _columns(class_set: ClassSet) -> tuple[_Column, ...]:
    def has_blast(cell: Cell) -> bool:
        return bool(cell.probabilities)

    return (
        _Column("#", "Number of the cell", lambda c: c.id, lambda c: str(c.id)),
        _Column("Class", "Class of the cell", lambda c: c.label, lambda c: class_set.title(c.label), right=False),
        _Column(
            "p(blast)",
            "Probability of blast, as the classifier gave it",
            lambda c: c.p_blast if has_blast(c) else -1.0,
            lambda c: f"{c.p_blast:.2f}" if has_blast(c) else "–",
        ),
        _Column(
            "Unsure",
            "Uncertainty of the classifier: 0 sure, 1 no idea",
            lambda c: c.uncertainty if has_blast(c) else -1.0,
            lambda c: f"{c.uncertainty:.2f}" if has_blast(c) else "–",
        ),
        _Column(
            "N:C",
            "Area of the nucleus over the area of the whole cell",
            lambda c: c.nc_ratio,
            lambda c: f"{c.nc_ratio:.2f}",
        ),
        _Column("Area", "Area of the whole cell, pixels", lambda c: c.area_px, lambda c: f"{c.area_px:,}"),
        _Column(_STATE, "Who vouches for the cell: nobody yet, accepted, corrected", lambda c: c.state, lambda _c: ""),
        _Column(
            "Tags", "What people noted beside the class", lambda c: c.tags, lambda c: ", ".join(c.tags), right=False
        ),
    )


def _alignment(column: _Column) -> int:
    side = Qt.AlignmentFlag.AlignRight if column.right else Qt.AlignmentFlag.AlignLeft
    return int(side | Qt.AlignmentFlag.AlignVCenter)


def plain_icon(pixmap: QPixmap) -> QIcon:
    """An icon that keeps its colours in a selected row."""
    icon = QIcon(pixmap)
    icon.addPixmap(pixmap, QIcon.Mode.Selected)
    return icon
