"""The queue of cells to look at next: a strip of pictures, what it is expected to bring, a click goes there."""

import numpy as np
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QIcon, QImage, QPixmap
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QHBoxLayout,
    QLabel,
    QListView,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from allviewer.workflows.what_next import QueuedCell, ReviewQueue, WhatNext

_SIDE_PX = 96


class WhatNextDialog(QDialog):
    """Stays beside the window while people go through it."""

    def __init__(self, next_: WhatNext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._next = next_
        self.setWindowTitle("What next?")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.other = QComboBox()
        self.other.addItem("the networks' own doubt", "")
        for title, name in next_.others():
            self.other.addItem(f"and disagreement with {title}", name)
        self.words = QLabel()
        self.words.setWordWrap(True)
        self.list = QListWidget()
        self.list.setViewMode(QListView.ViewMode.IconMode)
        self.list.setMovement(QListView.Movement.Static)
        self.list.setResizeMode(QListView.ResizeMode.Adjust)
        self.list.setIconSize(QSize(_SIDE_PX, _SIDE_PX))
        self.list.setSpacing(6)
        self.list.currentItemChanged.connect(lambda item, _before: self._visit(item))
        again, close = QPushButton("Weigh again"), QPushButton("Close")
        again.clicked.connect(self.build)
        close.clicked.connect(self.close)
        top, foot = QHBoxLayout(), QHBoxLayout()
        top.addWidget(QLabel("By"))
        top.addWidget(self.other)
        top.addStretch(1)
        foot.addWidget(again)
        foot.addStretch(1)
        foot.addWidget(close)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 14, 16, 12)
        layout.addLayout(top)
        layout.addWidget(self.words)
        layout.addWidget(self.list, 1)
        layout.addLayout(foot)
        self.resize(640, 560)
        next_.built.connect(self._show)
        next_.failed.connect(self.words.setText)
        self.other.currentIndexChanged.connect(self.build)
        self.build()

    def build(self) -> None:
        """Weigh the cells anew, after some were corrected."""
        self.words.setText("Weighing the cells that nobody has looked at…")
        self._next.build(str(self.other.currentData()))

    def _show(self, queue: ReviewQueue) -> None:
        self.words.setText(" ".join((queue.text, *queue.notes)))
        self.list.blockSignals(True)
        self.list.clear()
        for cell in queue.cells:
            item = QListWidgetItem(QIcon(_picture(cell)), f"{cell.label}\n{cell.chance:.0%}")
            item.setToolTip(
                f"Cell {cell.cell_id} of {cell.image}. Chance that it needs a correction: {cell.chance:.0%}."
                + (f" The two networks differ by {cell.disagreement:.0%}." if cell.disagreement else "")
            )
            item.setData(Qt.ItemDataRole.UserRole, cell)
            self.list.addItem(item)
        self.list.blockSignals(False)

    def _visit(self, item: QListWidgetItem | None) -> None:
        if item is not None:
            self._next.visit(item.data(Qt.ItemDataRole.UserRole))


def _picture(cell: QueuedCell) -> QPixmap:
    pixels = np.ascontiguousarray(cell.crop)
    height, width = pixels.shape[:2]
    image = QImage(pixels.data, width, height, 3 * width, QImage.Format.Format_RGB888).copy()
    keep, smooth = Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
    return QPixmap.fromImage(image).scaled(_SIDE_PX, _SIDE_PX, keep, smooth)
