"""What stands in place of the picture while nothing is open."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from allviewer.ui.actions import Actions
from allviewer.ui.icons import window_icon
from allviewer.ui.panels.parts import muted
from allviewer.ui.style import bold


class Welcome(QWidget):
    """Ways to begin."""

    def __init__(self, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        picture = QLabel()
        picture.setPixmap(window_icon().pixmap(QSize(88, 88)))
        picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
        title = QLabel("Drop smear images, a folder or a case here")
        large = bold(title.font())
        large.setPointSizeF(large.pointSizeF() * 1.35)
        title.setFont(large)
        title.setAlignment(Qt.AlignmentFlag.AlignCenter)
        hint = muted("Photographs (PNG, JPEG, TIFF, …) and whole slides. Everything you do is saved as you do it.")
        hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        keys = QPushButton("Used to QuPath, CVAT, labelme or napari? Take their keys…")
        keys.setFlat(True)
        keys.setObjectName("quiet")
        keys.setCursor(Qt.CursorShape.PointingHandCursor)
        keys.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        keys.setToolTip(actions["bind_keys"].toolTip())
        keys.clicked.connect(actions["bind_keys"].trigger)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addStretch(1)
        for place, action_id in enumerate(("open", "open_folder", "open_case", "open_demo")):
            action = actions[action_id]
            button = QPushButton(action.text().replace("&", ""))
            button.setObjectName("" if place else "primary")
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            button.clicked.connect(action.trigger)
            buttons.addWidget(button)
        buttons.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setSpacing(14)
        layout.addStretch(2)
        for widget in (picture, title, hint):
            layout.addWidget(widget)
        layout.addSpacing(6)
        layout.addLayout(buttons)
        layout.addWidget(keys, 0, Qt.AlignmentFlag.AlignCenter)
        layout.addStretch(3)
