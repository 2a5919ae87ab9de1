"""The menu of the right button: classes for the cell under the cursor, and what else is done to a cell."""

from collections.abc import Callable

from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QWidget

from allviewer.domain.labels import ClassSet
from allviewer.ui.actions import Actions
from allviewer.ui.class_signs import class_icon

_ACTIONS = ("accept", "zoom_cell", "show_heat", None, "fill_holes", "smooth", "grow", "shrink", "merge", None, "delete")


def cell_menu(
    class_set: ClassSet, actions: Actions, present: str, relabel: Callable[[str], None], parent: QWidget
) -> QMenu:
    """A menu for the selected cells; `present` is the class of the current one."""
    menu = QMenu(parent)
    for cell_class in class_set.classes:
        action = QAction(class_icon(cell_class), cell_class.title, menu)
        action.setShortcut(QKeySequence(cell_class.hotkey))
        action.setShortcutVisibleInContextMenu(True)
        font = action.font()
        font.setBold(cell_class.key == present)
        action.setFont(font)
        action.triggered.connect(lambda _checked=False, key=cell_class.key: relabel(key))
        menu.addAction(action)
    menu.addSeparator()
    for action_id in _ACTIONS:
        if action_id is None:
            menu.addSeparator()
        else:
            menu.addAction(actions[action_id])
    return menu
