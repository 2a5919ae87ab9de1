"""Find an action by typing a few of its letters."""

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtGui import QIcon, QKeyEvent, QPixmap
from PySide6.QtWidgets import QDialog, QLineEdit, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from allviewer.ui.actions import ACTIONS, Actions, ActionSpec

_ICON = QSize(18, 18)
_ROW_PX = 28
_STEPS = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_PageDown: 8, Qt.Key.Key_PageUp: -8}


class CommandPalette(QDialog):
    """A line to type in and the actions that fit; Enter does the marked one."""

    def __init__(self, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self._actions = actions
        self._line = QLineEdit()
        self._line.setPlaceholderText("What do you want to do?")
        self._line.textChanged.connect(self._refresh)
        self._line.installEventFilter(self)
        self._list = QListWidget()
        self._list.setIconSize(_ICON)
        self._list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._list.itemClicked.connect(lambda _item: self._do())
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 8)
        layout.setSpacing(6)
        layout.addWidget(self._line)
        layout.addWidget(self._list)
        self.resize(520, 380)
        self._refresh("")

    def show_over(self, widget: QWidget) -> None:
        """Open near the top of a widget."""
        corner = widget.mapToGlobal(widget.rect().topLeft())
        self.move(corner.x() + (widget.width() - self.width()) // 2, corner.y() + 60)
        self.show()
        self._line.setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            step = _STEPS.get(Qt.Key(event.key()))
            if step is not None:
                row = max(0, min(self._list.count() - 1, self._list.currentRow() + step))
                self._list.setCurrentRow(row)
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._do()
                return True
        return super().eventFilter(watched, event)

    def _refresh(self, typed: str) -> None:
        self._list.clear()
        for spec in matching(typed):
            action = self._actions[spec.id]
            keys = ", ".join(key.toString() for key in action.shortcuts())
            item = QListWidgetItem(action.icon(), f"{spec.group}: {spec.plain_text}" + (f"    {keys}" if keys else ""))
            if action.icon().isNull():
                item.setIcon(_no_icon())
            item.setSizeHint(QSize(0, _ROW_PX))
            item.setData(Qt.ItemDataRole.UserRole, spec.id)
            item.setToolTip(spec.tip)
            if not action.isEnabled():
                item.setFlags(item.flags() & ~Qt.ItemFlag.ItemIsEnabled)
            self._list.addItem(item)
        self._list.setCurrentRow(0)

    def _do(self) -> None:
        if not self._list.count():
            return
        action = self._actions[self._list.currentItem().data(Qt.ItemDataRole.UserRole)]
        if action.isEnabled():
            self.hide()
            action.trigger()


def _no_icon() -> QIcon:
    """Room where others have an icon, so that words line up."""
    room = QPixmap(_ICON)
    room.fill(Qt.GlobalColor.transparent)
    return QIcon(room)


def matching(typed: str) -> list[ActionSpec]:
    """Actions whose words hold everything that was typed; those whose name begins with it first."""
    words = typed.lower().split()
    found = [
        spec
        for spec in ACTIONS
        if spec.id != "palette" and all(word in f"{spec.group} {spec.plain_text} {spec.tip}".lower() for word in words)
    ]
    start = typed.strip().lower()
    return sorted(found, key=lambda spec: not spec.plain_text.lower().startswith(start))
