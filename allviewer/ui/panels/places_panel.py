"""The bookmarks of the image: a click goes there, a double click or F2 names it anew."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractItemView, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from allviewer.session.document import Document
from allviewer.ui.actions import Actions
from allviewer.ui.panels.parts import muted, row
from allviewer.ui.panels.tool_bars import action_button
from allviewer.workflows.keep_bookmarks import KeepBookmarks

_HINT = "Nothing yet. {key} keeps the place in view; a double click changes its name."
_LEAST_PX = 30


class PlacesPanel(QWidget):
    """Follows the bookmarks of one document."""

    def __init__(self, actions: Actions, work: KeepBookmarks, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._work = work
        self._document: Document | None = None
        self.list = QListWidget()
        edited_by = QAbstractItemView.EditTrigger
        self.list.setEditTriggers(edited_by.DoubleClicked | edited_by.EditKeyPressed)
        self.list.setMinimumHeight(_LEAST_PX)
        self.list.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.list.itemClicked.connect(lambda item: work.visit(self.list.row(item)))
        self.list.itemChanged.connect(lambda item: work.rename(self.list.row(item), item.text()))
        buttons = [action_button(actions[name]) for name in ("add_bookmark", "previous_bookmark", "next_bookmark")]
        key = actions["add_bookmark"].shortcut().toString()
        self._hint = muted(_HINT.format(key=key), wrap=True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 2, 8, 2)
        layout.setSpacing(4)
        layout.addWidget(row(*buttons, 1, action_button(actions["take_bookmark_away"])))
        layout.addWidget(self.list, 1)
        layout.addWidget(self._hint)
        layout.addStretch(0)

    @property
    def chosen(self) -> int:
        """Number of the bookmark that is marked; -1 if none is."""
        return self.list.currentRow()

    def show_document(self, document: Document | None) -> None:
        if self._document is not None:
            self._document.bookmarks_changed.disconnect(self._refresh)
        self._document = document
        if document is not None:
            document.bookmarks_changed.connect(self._refresh)
        self._refresh()

    def _refresh(self) -> None:
        marks = self._document.bookmarks if self._document is not None else ()
        self.list.blockSignals(True)
        self.list.clear()
        for mark in marks:
            item = QListWidgetItem(mark.name)
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsEditable)
            item.setToolTip(f"{mark.x:,.0f}, {mark.y:,.0f} px, {100 * mark.scale:.3g} %")
            self.list.addItem(item)
        self._hint.setVisible(not marks)
        self.list.setVisible(bool(marks))
        self.list.setCurrentRow(min(self._work.present, len(marks) - 1))
        self.list.blockSignals(False)
