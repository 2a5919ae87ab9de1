"""What this program is, and what it is not for."""

import platform

from PySide6.QtCore import Qt, qVersion
from PySide6.QtWidgets import QDialogButtonBox, QHBoxLayout, QLabel, QVBoxLayout, QWidget

import allviewer
from allviewer.ui.dialogs.snug_dialog import SnugDialog
from allviewer.ui.icons import window_icon
from allviewer.ui.panels.parts import muted
from allviewer.ui.panels.status_strip import RESEARCH_USE
from allviewer.ui.style import bold


class AboutDialog(SnugDialog):
    """Name, version, purpose, licence."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("About allviewer")
        picture = QLabel()
        picture.setPixmap(window_icon().pixmap(72, 72))
        picture.setAlignment(Qt.AlignmentFlag.AlignTop)
        name = QLabel(f"allviewer {allviewer.__version__}")
        large = bold(name.font())
        large.setPointSizeF(large.pointSizeF() * 1.5)
        name.setFont(large)
        purpose = QLabel("Review, correct and count cells of acute lymphoblastic leukaemia in images of smears.")
        purpose.setWordWrap(True)
        limits = QLabel(RESEARCH_USE)
        limits.setFont(bold(limits.font()))
        limits.setWordWrap(True)
        words = QVBoxLayout()
        words.setSpacing(10)
        for widget in (
            name,
            purpose,
            limits,
            muted("BSD 3-Clause licence. Model packs state their own data and terms; see Models, Model packs.", True),
            muted(f"Python {platform.python_version()}, Qt {qVersion()}"),
        ):
            words.addWidget(widget)
        body = QHBoxLayout()
        body.setSpacing(18)
        body.addWidget(picture)
        body.addLayout(words, 1)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(22, 20, 22, 16)
        layout.setSpacing(16)
        layout.addLayout(body)
        layout.addWidget(buttons)
        self.setMinimumWidth(520)
