"""A view on a synthetic image whose every pixel is different, with cells of known place."""

import numpy as np
from PySide6.QtGui import QImage

from allviewer.domain.annotations import Annotations
from allviewer.domain.cell import Cell, Origin
from allviewer.domain.labels import ALL_CLASSES
from allviewer.domain.mask import Mask
from allviewer.domain.slide import Level, SlideInfo
from allviewer.imaging.array_source import ArraySource
from allviewer.memory.byte_budget import ByteBudget
from allviewer.memory.tile_cache import TileCache
from allviewer.session.tool_state import ToolState
from allviewer.session.view_state import ViewState
from allviewer.ui.canvas.scene import Scene
from allviewer.ui.canvas.slide_view import SlideView
from allviewer.workflows.show_tiles import ShowTiles


def distinct_pixels(width, height):
    """An image in which neighbours, rows and columns all differ. Shape (height, width, 3)."""
    ys, xs = np.mgrid[:height, :width]
    return np.stack([xs % 251, ys % 241, (xs // 251 * 16 + ys // 241 * 7 + xs * ys) % 256], axis=-1).astype(np.uint8)


def disc(radius_px):
    ys, xs = np.mgrid[-radius_px : radius_px + 1, -radius_px : radius_px + 1]
    return xs**2 + ys**2 <= radius_px**2


def make_cell(cell_id, x, y, radius_px=12, label="blast"):
    """A round cell with a round nucleus; its box begins at (x, y)."""
    whole, inner = disc(radius_px), disc(radius_px // 2)
    margin = radius_px - radius_px // 2
    return Cell(cell_id, Mask(whole, x, y), Mask(inner, x + margin, y + margin), label, Origin.model("test 1"))


class Bench:
    """A shown view and what it stands on."""

    def __init__(self, qtbot, runner, width=400, height=300, closes_itself=False):
        self.qtbot = qtbot
        self.runner = runner
        self.view = ViewState()
        self.tools = ToolState()
        self.memory = ByteBudget()
        self.widget = SlideView(runner, self.view, self.tools, ALL_CLASSES)
        if not closes_itself:
            qtbot.addWidget(self.widget)
        self.widget.resize(width, height)
        self.widget.show()
        qtbot.waitExposed(self.widget)

    def open(self, pixels, cells=(), name="image"):
        height, width = pixels.shape[:2]
        return self.open_source(ArraySource(pixels, SlideInfo((Level(width, height, 1.0),))), cells, name)

    def open_source(self, source, cells=(), name="image", visited=None):
        self.annotations = Annotations(list(cells))
        self.tiles = ShowTiles(self.runner, source, TileCache(self.memory), name)
        self.widget.set_scene(Scene(source.info, self.tiles, self.annotations, self.memory, visited))
        return self

    def close(self):
        self.widget.set_scene(None)
        self.tiles.close()
        self.widget.close()
        with self.qtbot.waitSignal(self.widget.destroyed):
            self.widget.deleteLater()

    def settle(self):
        self.qtbot.waitUntil(lambda: self.widget.is_settled, timeout=10_000)

    def grab(self):
        """What is on the screen, shape (height, width, 3), RGB."""
        self.settle()
        self.qtbot.wait(1)
        return pixels_of(self.widget.grab().toImage())


def pixels_of(image):
    image = image.convertToFormat(QImage.Format.Format_RGB888)
    flat = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    return flat[:, : image.width() * 3].reshape(image.height(), image.width(), 3).copy()
