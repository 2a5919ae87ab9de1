"""What of the view goes into a picture, and how large it is."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QCheckBox, QComboBox, QDialog, QDialogButtonBox, QFormLayout, QVBoxLayout, QWidget

from allviewer.ui.view_picture import ViewPicture
from allviewer.workflows.export_view import ExportView

MakePicture = Callable[[bool, bool], ViewPicture | None]
"""(with cells, with scale bar) to what is to be seen, None where there is nothing any more."""


class PictureDialog(QDialog):
    """The part of the image that is in view, at its angle and in its look; written or copied."""

    def __init__(
        self,
        make: MakePicture,
        work: ExportView,
        ask_path: Callable[[], Path | None],
        has_cells: bool,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._make, self._work, self._ask_path = make, work, ask_path
        self.setWindowTitle("Export view as picture")
        self.size_box = QComboBox()
        picture = make(False, False)
        width, height = picture.placement.device_viewport if picture is not None else (0, 0)
        for times, name in ((1, "As on the screen"), (2, "Twice the screen"), (4, "Four times the screen")):
            self.size_box.addItem(f"{name}: {times * width:,} × {times * height:,} pixels", times)
        self.cells = QCheckBox("Cells, as they are shown")
        self.cells.setChecked(has_cells)
        self.cells.setEnabled(has_cells)
        self.scale_bar = QCheckBox("Scale bar")
        self.scale_bar.setChecked(True)
        form = QFormLayout()
        form.setHorizontalSpacing(14)
        form.setVerticalSpacing(8)
        form.addRow("Size", self.size_box)
        form.addRow("With", self.cells)
        form.addRow("", self.scale_bar)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.write = buttons.addButton("Save PNG…", QDialogButtonBox.ButtonRole.AcceptRole)
        self.copy = buttons.addButton("Copy", QDialogButtonBox.ButtonRole.ActionRole)
        self.copy.clicked.connect(lambda _checked=False: self._copy())
        buttons.accepted.connect(self._save)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(18, 16, 18, 14)
        layout.setSpacing(14)
        layout.addLayout(form)
        layout.addWidget(buttons)
        self.setMinimumWidth(420)

    def _picture(self) -> ViewPicture | None:
        picture = self._make(self.cells.isChecked(), self.scale_bar.isChecked())
        return picture.enlarged(self.size_box.currentData()) if picture is not None else None

    def _copy(self) -> None:
        picture = self._picture()
        if picture is not None:
            self._work.copy(picture.draw)
        self.accept()

    def _save(self) -> None:
        picture, path = self._picture(), self._ask_path()
        if picture is not None and path is not None:
            self._work.save(picture.draw, path)
            self.accept()
