"""Type a tag for the selected cells: one of the set, one that was used before, or a new one."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCompleter, QDialogButtonBox, QLineEdit, QVBoxLayout, QWidget

from allviewer.domain.annotations import Annotations
from allviewer.domain.labels import ClassSet
from allviewer.ui.dialogs.snug_dialog import SnugDialog
from allviewer.ui.panels.parts import muted
from allviewer.workflows.correct_cells import CorrectCells

_LONGEST = 40


class TagDialog(SnugDialog):
    """One line; Enter puts the tag on, or takes it off where all of the cells have it."""

    def __init__(
        self, class_set: ClassSet, cells: Annotations, correct: CorrectCells, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._correct = correct
        self.setWindowTitle("Tag")
        known = sorted({tag.name for tag in class_set.tags} | {name for cell in cells for name in cell.tags})
        self.line = QLineEdit()
        self.line.setMaxLength(_LONGEST)
        self.line.setPlaceholderText("L2, vacuoles, ask …")
        completer = QCompleter(known, self)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        self.line.setCompleter(completer)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(18, 16, 18, 14)
        layout.setSpacing(8)
        layout.addWidget(self.line)
        layout.addWidget(muted("The class stays as it is. The same tag once more takes it off.", wrap=True))
        layout.addWidget(buttons)
        self.resize(340, 0)
        self._known = {name.casefold(): name for name in known}

    def accept(self) -> None:
        typed = " ".join(self.line.text().replace(";", " ").split())
        if typed:
            self._correct.toggle_tag(self._known.get(typed.casefold(), typed))
        super().accept()
