"""Image properties: where it lies, what the file says of itself, and its label and macro pictures."""

from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QImage, QPixmap
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from allviewer.errors import UserError
from allviewer.session.document import Document
from allviewer.ui.panels.parts import heading, muted, scrolled
from allviewer.workflows.describe_image import DescribeImage, Fact

_PICTURE_PX = 200
_GALLERY_PX = 226


class PropertiesDialog(QDialog):
    """Facts at the left, pictures at the right as they are read. All text can be selected and copied."""

    def __init__(self, document: Document, work: DescribeImage, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Image properties")
        body = QHBoxLayout()
        body.setSpacing(22)
        body.addWidget(scrolled(_facts(work.facts(document), document.info.properties)), 1)
        self.pictures = {name: QLabel("Reading…") for name in document.info.associated}
        if self.pictures:
            gallery = scrolled(self._gallery())
            gallery.setFixedWidth(_GALLERY_PX)
            body.addWidget(gallery)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(18, 16, 18, 14)
        layout.setSpacing(12)
        layout.addLayout(body, 1)
        layout.addWidget(buttons)
        self.resize(760 if self.pictures else 560, 520)
        for name, label in self.pictures.items():
            work.read_picture(document, name, partial(self._show, label), partial(_show_failure, label))

    def _gallery(self) -> QWidget:
        holder = QWidget()
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        for name, label in self.pictures.items():
            label.setObjectName("muted")
            label.setWordWrap(True)
            column.addWidget(heading(name.capitalize()))
            column.addWidget(label)
        column.addStretch(1)
        return holder

    def _show(self, label: QLabel, image: QImage) -> None:
        ratio = self.devicePixelRatioF()
        side = round(_PICTURE_PX * ratio)
        keep, smooth = Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
        pixmap = QPixmap.fromImage(image.scaled(side, side, keep, smooth))
        pixmap.setDevicePixelRatio(ratio)
        label.setWordWrap(False)
        label.setPixmap(pixmap)
        label.setFixedSize(pixmap.deviceIndependentSize().toSize())


def _show_failure(label: QLabel, error: UserError) -> None:
    label.setText(str(error))


def _facts(facts: list[Fact], properties: tuple[Fact, ...]) -> QWidget:
    holder = QWidget()
    grid = QGridLayout(holder)
    grid.setContentsMargins(0, 0, 8, 0)
    grid.setHorizontalSpacing(16)
    grid.setVerticalSpacing(6)
    grid.setColumnStretch(1, 1)
    line = _fill(grid, 0, facts)
    if properties:
        grid.addWidget(heading("The file itself says"), line, 0, 1, 2)
        line = _fill(grid, line + 1, list(properties))
    grid.setRowStretch(line, 1)
    return holder


def _fill(grid: QGridLayout, line: int, facts: list[Fact]) -> int:
    for name, value in facts:
        text = QLabel(value)
        text.setTextFormat(Qt.TextFormat.PlainText)
        text.setWordWrap(True)
        text.setToolTip(value)
        text.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        title = muted(name)
        title.setTextFormat(Qt.TextFormat.PlainText)
        grid.addWidget(title, line, 0, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(text, line, 1)
        line += 1
    return line
