"""A picture of the view: panning, zooming, painting, with any number of cells, beside one call of plain Qt.

A frame is: tell the view what changed, paint it, handle what else waits. The floor draws one image of the same size
with one call a frame and does nothing else. Where the machine is busy, compare ratios, not times.
"""

import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PySide6.QtCore import QEvent, QEventLoop, QPointF, Qt
from PySide6.QtGui import QImage, QMouseEvent, QPainter
from PySide6.QtWidgets import QApplication, QWidget

from allviewer.domain.annotations import Annotations
from allviewer.domain.cell import Cell, Origin
from allviewer.domain.edits import paint
from allviewer.domain.labels import ALL_CLASSES
from allviewer.domain.mask import Mask
from allviewer.domain.slide import Level, RgbArray, SlideInfo
from allviewer.jobs.runner import JobRunner
from allviewer.memory.byte_budget import ByteBudget
from allviewer.memory.tile_cache import TileCache
from allviewer.session.tool_state import ToolKind, ToolState
from allviewer.session.view_state import ViewState
from allviewer.ui.canvas.scene import Scene
from allviewer.ui.canvas.slide_view import SlideView
from allviewer.workflows.show_tiles import ShowTiles
from tests.benchmarks.measure import Figure

SCREEN = (1920, 1080)
FIELD_PX, SLIDE_PX = (4000, 3000), (100_000, 100_000)
NOTCH = 2 ** (1 / 3)


class Repeating:
    """A `PixelSource` of any size whose pixels cost nothing to make: the reading is measured elsewhere."""

    shareable = True

    def __init__(self, width: int, height: int) -> None:
        deepest = max(0, int(np.ceil(np.log2(max(width, height) / 256))))
        levels = tuple(Level(-(-width >> k), -(-height >> k), 2.0**k) for k in range(deepest + 1))
        self.info = SlideInfo(levels, mpp=0.25)
        self._patch = np.random.default_rng(1).integers(150, 255, (1500, 1500, 3), dtype=np.uint8)

    def read(self, level: int, x: int, y: int, width: int, height: int) -> RgbArray:
        return self._patch[y % 1000 : y % 1000 + height, x % 1000 : x % 1000 + width].copy()

    def is_exact(self, level: int, x: int, y: int, width: int, height: int) -> bool:
        return True

    def close(self) -> None:
        """Nothing is open."""


class Floor(QWidget):
    """What one call of plain Qt costs: an image at an offset and a scale."""

    def __init__(self, image: QImage) -> None:
        super().__init__()
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.image, self.offset, self.scale = image, QPointF(), 1.0

    def paintEvent(self, event: object) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, self.scale != 1.0)
        painter.translate(self.offset)
        painter.scale(self.scale, self.scale)
        painter.drawImage(0, 0, self.image)

    def pan(self, number: int) -> None:
        self.offset += QPointF(-9.0, -5.0) * there_and_back(number)
        self.repaint()

    def zoom(self, number: int) -> None:
        self.scale = 0.5 * NOTCH ** (number % 6)
        self.repaint()


class View:
    """A view with its image and cells, all that is fetched ahead already here."""

    def __init__(self, size_px: tuple[int, int], number: int) -> None:
        self.runner, self.state, self.tools = JobRunner(), ViewState(), ToolState()
        self.widget = SlideView(self.runner, self.state, self.tools, ALL_CLASSES)
        self.widget.resize(*SCREEN)
        self.widget.show()
        handle_events()
        source, memory = Repeating(*size_px), ByteBudget()
        self.annotations = Annotations(scatter(number, *size_px))
        self.tiles = ShowTiles(self.runner, source, TileCache(memory), "bench")
        self.widget.set_scene(Scene(source.info, self.tiles, self.annotations, memory))
        self.rest()

    def rest(self) -> None:
        """Wait until everything is on the screen and nothing is fetched ahead any more."""
        quiet_since = time.perf_counter()
        while time.perf_counter() - quiet_since < 0.2:
            handle_events()
            if self.runner.jobs or not self.widget.is_settled:
                quiet_since = time.perf_counter()

    def close(self) -> None:
        self.runner.shutdown()
        self.widget.close()
        self.widget.deleteLater()
        handle_events()

    def at(self, scale: float) -> None:
        self.state.fit()
        self.state.zoom_by(scale / self.state.scale)
        self.rest()
        self.near = [cell.id for cell in self.annotations.in_region(self.state.visible_region)]

    def pan(self, number: int) -> None:
        self.state.pan_by(-9 * there_and_back(number), -5 * there_and_back(number))
        self.widget.repaint()

    def zoom(self, number: int) -> None:
        self.state.zoom_at((900, 500), NOTCH if number // 4 % 2 == 0 else 1 / NOTCH)
        self.widget.repaint()

    def stroke(self, number: int) -> None:
        """Press at the first frame, then one movement a frame."""
        kind = QEvent.Type.MouseButtonPress if number == 0 else QEvent.Type.MouseMove
        place, left = QPointF(300 + 4 * number, 300 + number), Qt.MouseButton.LeftButton
        event = QMouseEvent(kind, place, self.widget.mapToGlobal(place), left, left, Qt.KeyboardModifier.NoModifier)
        QApplication.sendEvent(self.widget, event)

    def take_brush(self, width_px: float) -> None:
        self.tools.take(ToolKind.BRUSH)
        self.tools.set_radius(width_px / 2 / self.state.scale)

    def edit(self, number: int) -> None:
        """A stroke has been added to a cell in view: tell the view, as the document does."""
        cell = self.annotations.get(self.near[number % len(self.near)])
        assert cell is not None
        stroke = Mask(np.ones((12, 12)), cell.mask.region.x + number % 30, cell.mask.region.y)
        change = paint(cell, stroke, "cytoplasm", "bench")
        self.annotations.apply(change)
        self.widget.refresh_cells(change.cell_ids, change.changes[0].region)


def scatter(number: int, width: int, height: int) -> list[Cell]:
    """Cells of 33 px with nuclei, of all classes, anywhere."""
    rng = np.random.default_rng(2)
    ys, xs = np.mgrid[-16:17, -16:17]
    whole, nucleus = xs**2 + ys**2 <= 256, xs**2 + ys**2 <= 100
    keys = [c.key for c in ALL_CLASSES.classes]
    origin = Origin.model("bench")
    places = np.stack([rng.integers(0, width - 33, number), rng.integers(0, height - 33, number)], axis=1).tolist()
    return [
        Cell(i, Mask(whole, x, y), Mask(nucleus, x, y), keys[i % len(keys)], origin)
        for i, (x, y) in enumerate(places, start=1)
    ]


def there_and_back(number: int) -> int:
    return 1 if number // 75 % 2 == 0 else -1


def handle_events() -> None:
    QApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 5)


def frames(step: Callable[[int], None], number: int) -> tuple[float, float]:
    """Median and 95th percentile of wall time a frame, in milliseconds."""
    times = []
    for index in range(number):
        begun = time.perf_counter()
        step(index)
        handle_events()
        times.append(1000 * (time.perf_counter() - begun))
    return float(np.percentile(times, 50)), float(np.percentile(times, 95))


def floor_times() -> dict[str, tuple[float, float]]:
    pixels = np.ascontiguousarray(np.tile(Repeating(*FIELD_PX).read(0, 0, 0, 1000, 1000), (3, 4, 1)))
    image = QImage(pixels.data, *FIELD_PX, FIELD_PX[0] * 3, QImage.Format.Format_RGB888)
    floor = Floor(image.convertToFormat(QImage.Format.Format_RGB32))
    floor.resize(*SCREEN)
    floor.show()
    handle_events()
    times = {"pan at 100 %": frames(floor.pan, 300)}
    floor.offset, floor.scale = QPointF(), 0.8
    times["pan at 80 %"] = frames(floor.pan, 300)
    floor.offset = QPointF()
    times["a notch of the wheel"] = frames(floor.zoom, 60)
    return times


def view_times(size_px: tuple[int, int], number: int) -> dict[str, tuple[float, float]]:
    view = View(size_px, number)
    if size_px == SLIDE_PX:
        view.at(0.5)
    for index in range(8):
        view.zoom(index)
        view.rest()
    times = {"a notch of the wheel": frames(view.zoom, 60)}
    for percent in (80, 100):
        view.at(percent / 100)
        times[f"pan at {percent} %"] = frames(view.pan, 300)
    view.state.rotate_to(37)
    view.rest()
    times["pan at 37 degrees"] = frames(view.pan, 300)
    view.state.set_upright()
    view.at(1.0)
    view.take_brush(200)
    times["brush of 200 px"] = frames(view.stroke, 150)
    view.tools.take(ToolKind.SELECT)
    if view.near:
        times["an edited cell"] = frames(view.edit, 60)
    view.state.fit()
    view.rest()
    times["pan, all in view"] = frames(view.pan, 150)
    view.close()
    return times


def figures(folder: Path) -> list[Figure]:
    """Frame times with no, some and many cells, each beside the floor's time for the same movement."""
    app = QApplication.instance() or QApplication([])
    floor = floor_times()
    found = []
    for title, size_px, number in (
        ("field, no cells", FIELD_PX, 0),
        ("field, 1 000 cells", FIELD_PX, 1000),
        ("field, 10 000 cells", FIELD_PX, 10_000),
        ("slide of 100 000 px, no cells", SLIDE_PX, 0),
        ("slide of 100 000 px, 100 000 cells", SLIDE_PX, 100_000),
    ):
        for name, times in view_times(size_px, number).items():
            like = name if name in floor else "pan at 100 %"
            for label, ours_ms, floor_ms in zip(("median", "p95"), times, floor[like], strict=True):
                found.append(Figure(f"{name}, {title}, {label}", ours_ms, floor_ms, f"plain Qt image, {like}"))
    del app
    return found
