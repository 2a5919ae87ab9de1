"""The history: every step by name; a click goes there."""

from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, QSize, Qt, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication, QListView, QVBoxLayout, QWidget

from allviewer.session.document import Document
from allviewer.ui.style import bold, current_theme

Index = QModelIndex | QPersistentModelIndex


class HistoryModel(QAbstractListModel):
    """Row 0 is the image as it was opened first; row n is step n, oldest first."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document: Document | None = None

    def show(self, document: Document | None) -> None:
        self.beginResetModel()
        self._document = document
        self.endResetModel()

    def refresh(self) -> None:
        self.beginResetModel()
        self.endResetModel()

    def rowCount(self, parent: Index | None = None) -> int:
        if self._document is None or (parent is not None and parent.isValid()):
            return 0
        return len(self._document.history) + 1

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if self._document is None:
            return None
        row = index.row()
        step = self._document.history[row - 1] if row else None
        if role == Qt.ItemDataRole.DisplayRole:
            return step.text if step else "Image opened"
        if role == Qt.ItemDataRole.ToolTipRole and step:
            return f"{step.text}\n{step.author}, {step.at_utc.astimezone():%d %b %Y %H:%M:%S}"
        if role == Qt.ItemDataRole.ForegroundRole and row > self._document.position:
            return QColor(current_theme().muted)
        if role == Qt.ItemDataRole.FontRole and row == self._document.position:
            return bold(QApplication.font())
        return None


class HistoryPanel(QWidget):
    """A list to walk through time."""

    chosen = Signal(int)
    """Number of steps that shall be done."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model = HistoryModel(self)
        self._document: Document | None = None
        self.list = QListView()
        self.list.setModel(self.model)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setUniformItemSizes(True)
        self.list.clicked.connect(lambda index: self.chosen.emit(index.row()))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(4, 4, 4, 4)
        layout.addWidget(self.list)

    def sizeHint(self) -> QSize:
        return QSize(340, 240)

    def show_document(self, document: Document | None) -> None:
        if self._document is not None:
            self._document.history_changed.disconnect(self.refresh)
        self._document = document
        if document is not None:
            document.history_changed.connect(self.refresh)
        self.model.show(document)
        self.refresh()

    def refresh(self) -> None:
        """Something was done or undone."""
        self.model.refresh()
        if self._document is not None:
            self.list.scrollTo(self.model.index(self._document.position))
