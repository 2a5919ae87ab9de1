"""Cells that a network does better or worse than another, as pictures with their outlines."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor, QIcon, QImage, QPixmap
from PySide6.QtWidgets import QListView, QListWidget, QListWidgetItem

from allviewer.domain.geometry import Region
from allviewer.domain.known_picture import ChangedCell
from allviewer.domain.mask import Mask

SIDE_PX = 150
DRAWN, BEFORE, AFTER = QColor(255, 255, 255), QColor(230, 159, 0), QColor(0, 158, 255)
LEGEND = "White: as a person drew it. Orange: the present network. Blue: the new one."


class ChangedCells(QListWidget):
    """A strip of pictures; the words below say by how much the score changed."""

    def __init__(self) -> None:
        super().__init__()
        self.setViewMode(QListView.ViewMode.IconMode)
        self.setMovement(QListView.Movement.Static)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setWrapping(False)
        self.setIconSize(QSize(SIDE_PX, SIDE_PX))
        self.setFixedHeight(SIDE_PX + 62)
        self.setSelectionMode(QListWidget.SelectionMode.NoSelection)

    def show_cells(self, cells: list[ChangedCell]) -> None:
        """The pictures of some cells, in their order."""
        self.clear()
        for cell in cells:
            before, after = cell.scores
            item = QListWidgetItem(QIcon(picture_of(cell)), f"{cell.label}\n{before:.2f} → {after:.2f}")
            item.setToolTip(f"Cell {cell.number} of {cell.picture}. {LEGEND}")
            self.addItem(item)


def picture_of(cell: ChangedCell) -> QPixmap:
    """The crop, enlarged without smoothing where it is small, with up to three outlines."""
    height, width = cell.crop.shape[:2]
    times = max(1, SIDE_PX // max(height, width))
    pixels = np.repeat(np.repeat(cell.crop, times, 0), times, 1)
    box = Region(0, 0, width, height)
    for mask, colour in ((cell.before, BEFORE), (cell.after, AFTER), (cell.drawn, DRAWN)):
        if mask is not None:
            pixels[_edge(mask, box, times)] = (colour.red(), colour.green(), colour.blue())
    pixels = np.ascontiguousarray(pixels)
    rows, columns = pixels.shape[:2]
    image = QImage(pixels.data, columns, rows, 3 * columns, QImage.Format.Format_RGB888)
    keep, smooth = Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
    return QPixmap.fromImage(image.copy()).scaled(SIDE_PX, SIDE_PX, keep, smooth)


def _edge(mask: Mask, box: Region, times: int) -> NDArray[np.bool_]:
    """The pixels of an enlarged mask that touch its outside."""
    inside = np.pad(np.repeat(np.repeat(mask.within(box), times, 0), times, 1), 1)
    core = inside[1:-1, 1:-1]
    within = inside[:-2, 1:-1] & inside[2:, 1:-1] & inside[1:-1, :-2] & inside[1:-1, 2:]
    edge: NDArray[np.bool_] = core & ~within
    return edge
