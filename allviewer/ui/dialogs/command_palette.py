"""Find a command by typing a few of its letters."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal
from PySide6.QtGui import QIcon, QKeyEvent, QPixmap
from PySide6.QtWidgets import QDialog, QHeaderView, QLineEdit, QTreeWidget, QTreeWidgetItem, QVBoxLayout, QWidget

from allviewer.ui.keys.commands import Command, matching

_ICON = QSize(18, 18)
_ROW_PX = 28
_MOST_RECENT = 12
_STEPS = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_PageDown: 8, Qt.Key.Key_PageUp: -8}


class CommandPalette(QDialog):
    """A line to type in and the commands that fit, with their keys; Enter does the marked one."""

    used = Signal(list)
    """Names of the commands that were used, the newest first."""

    def __init__(self, commands: Sequence[Command], recent: Sequence[str], parent: QWidget | None = None) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._commands, self._recent = commands, list(recent)
        self._shown: list[Command] = []
        self.line = QLineEdit()
        self.line.setPlaceholderText("What do you want to do?")
        self.line.textChanged.connect(self._refresh)
        self.line.installEventFilter(self)
        self.list = self._make_list()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 8)
        layout.setSpacing(6)
        layout.addWidget(self.line)
        layout.addWidget(self.list)
        self.resize(560, 400)
        self._refresh("")

    def show_over(self, widget: QWidget) -> None:
        """Open near the top of a widget."""
        corner = widget.mapToGlobal(widget.rect().topLeft())
        self.move(corner.x() + (widget.width() - self.width()) // 2, corner.y() + 60)
        self.show()
        self.line.setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            step = _STEPS.get(Qt.Key(event.key()))
            if step is not None and self._shown:
                self._mark(max(0, min(len(self._shown) - 1, self.list.currentIndex().row() + step)))
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._do()
                return True
        return super().eventFilter(watched, event)

    def _make_list(self) -> QTreeWidget:
        listed = QTreeWidget()
        listed.setColumnCount(2)
        listed.setHeaderHidden(True)
        listed.setRootIsDecorated(False)
        listed.setUniformRowHeights(True)
        listed.setIconSize(_ICON)
        listed.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        listed.header().setStretchLastSection(False)
        listed.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        listed.header().setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        listed.itemClicked.connect(lambda _item, _column: self._do())
        return listed

    def _refresh(self, typed: str) -> None:
        self._shown = matching(self._commands, typed, self._recent)
        self.list.clear()
        for command in self._shown:
            item = QTreeWidgetItem([f"{command.group}: {command.text}", command.keys])
            item.setIcon(0, _no_icon() if command.icon.isNull() else command.icon)
            item.setSizeHint(0, QSize(0, _ROW_PX))
            item.setTextAlignment(1, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            item.setToolTip(0, command.tip)
            item.setDisabled(not command.is_possible)
            self.list.addTopLevelItem(item)
        if self._shown:
            self._mark(0)

    def _mark(self, row: int) -> None:
        self.list.setCurrentIndex(self.list.model().index(row, 0))

    def _do(self) -> None:
        row = self.list.currentIndex().row()
        if not 0 <= row < len(self._shown) or not self._shown[row].is_possible:
            return
        command = self._shown[row]
        self.used.emit([command.name, *(name for name in self._recent if name != command.name)][:_MOST_RECENT])
        self.close()
        command.run()


def _no_icon() -> QIcon:
    """Room where others have an icon, so that words line up."""
    room = QPixmap(_ICON)
    room.fill(Qt.GlobalColor.transparent)
    return QIcon(room)
