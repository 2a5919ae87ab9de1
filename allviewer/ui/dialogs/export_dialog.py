"""Export of corrected cells: what there is, where it goes."""

from pathlib import Path

from PySide6.QtWidgets import (
    QDialogButtonBox,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from allviewer.ui.dialogs.snug_dialog import SnugDialog
from allviewer.ui.panels.parts import muted
from allviewer.workflows.export_training_set import ExportPreview, ExportTrainingSet


class ExportDialog(SnugDialog):
    """Shows what would be written before anything is."""

    def __init__(self, export: ExportTrainingSet, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._export = export
        self.setWindowTitle("Export training set")
        self._counts = QLabel("Counting…")
        self._counts.setWordWrap(True)
        self._folder = QLineEdit()
        self._folder.setPlaceholderText("A new or empty folder")
        browse = QPushButton("Choose…")
        browse.clicked.connect(self._choose)
        place = QHBoxLayout()
        place.addWidget(self._folder, 1)
        place.addWidget(browse)
        self._buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self._go = self._buttons.addButton("Export", QDialogButtonBox.ButtonRole.AcceptRole)
        self._go.setEnabled(False)
        self._buttons.accepted.connect(self._start)
        self._buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(18, 16, 18, 14)
        layout.setSpacing(12)
        layout.addWidget(self._counts)
        layout.addWidget(
            muted(
                "Cells that a person accepted or corrected are exported with their masks, and every cell of an image "
                "marked as reviewed. Where nobody has looked the labels are marked as not to be trusted.",
                wrap=True,
            )
        )
        layout.addLayout(place)
        layout.addWidget(self._buttons)
        self.setMinimumWidth(520)
        self._cells = 0
        self._folder.textChanged.connect(self._refresh)
        export.preview(self._show)

    def _show(self, preview: ExportPreview) -> None:
        self._cells = preview.cells
        text = preview.text if preview.cells else "No cell was accepted or corrected yet: there is nothing to export."
        self._counts.setText(text + "".join(f"\n{sentence}" for sentence in preview.skipped))
        self._refresh()

    def _choose(self) -> None:
        name = QFileDialog.getExistingDirectory(self, "Export training set into", str(Path.home()))
        if name:
            folder = Path(name)
            self._folder.setText(str(folder / "training-set" if any(folder.iterdir()) else folder))

    def _refresh(self) -> None:
        self._go.setEnabled(bool(self._folder.text().strip()))

    def _start(self) -> None:
        self._export.export(Path(self._folder.text().strip()).expanduser())
        self.accept()
