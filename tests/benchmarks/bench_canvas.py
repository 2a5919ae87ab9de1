"""Frame times of the view: panning, zooming, painting, with any number of cells, beside a bare Qt image.

    python tests/benchmarks/bench_canvas.py [--cells 0 1000 10000 100000] [--size 1920 1080]

A frame is: tell the view what changed, paint it, handle what else waits. Wall time is what a user waits on this
machine now; CPU time is that of the UI thread alone, and is the figure to compare where the machine is busy.
The floor draws one image of the same size with one call a frame, and does nothing else.
"""

import argparse
import os
import resource
import time
from collections.abc import Callable

import numpy as np

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QEvent, QEventLoop, QPointF, Qt
from PySide6.QtGui import QImage, QMouseEvent, QPainter
from PySide6.QtWidgets import QApplication, QWidget

from allviewer.domain.annotations import Annotations
from allviewer.domain.cell import Cell, Origin
from allviewer.domain.edits import paint
from allviewer.domain.labels import ALL_CLASSES
from allviewer.domain.mask import Mask
from allviewer.domain.slide import Level, SlideInfo
from allviewer.imaging.array_source import ArraySource
from allviewer.imaging.coarser_levels import with_coarser_levels
from allviewer.imaging.tile_cache import TileCache
from allviewer.jobs.runner import JobRunner
from allviewer.session.tool_state import ToolKind, ToolState
from allviewer.session.view_state import ViewState
from allviewer.ui.canvas.scene import Scene
from allviewer.ui.canvas.slide_view import SlideView
from allviewer.workflows.show_tiles import ShowTiles

WIDTH, HEIGHT = 4000, 3000
FRAMES = 300
NOTCH = 2 ** (1 / 3)


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


def smear(width: int, height: int) -> np.ndarray:
    rng = np.random.default_rng(1)
    patch = rng.integers(150, 255, (500, 500, 3), dtype=np.uint8)
    return np.tile(patch, (height // 500, width // 500, 1))


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


def handle_events() -> None:
    QApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 5)


def measure(name: str, step: Callable[[int], None], widget: QWidget, frames: int = FRAMES) -> None:
    wall, cpu = [], []
    for number in range(frames):
        begun, begun_cpu = time.perf_counter(), time.thread_time()
        step(number)
        handle_events()
        wall.append(1000 * (time.perf_counter() - begun))
        cpu.append(1000 * (time.thread_time() - begun_cpu))
    figures = [np.percentile(values, q) for values in (wall, cpu) for q in (50, 95, 100)]
    print(f"  {name:34}" + "".join(f"{figure:9.2f}" for figure in figures), flush=True)


def there_and_back(number: int) -> int:
    return 1 if number // 75 % 2 == 0 else -1


def bench_floor(size: tuple[int, int], pixels: np.ndarray) -> None:
    image = QImage(pixels.data, WIDTH, HEIGHT, WIDTH * 3, QImage.Format.Format_RGB888)
    floor = Floor(image.convertToFormat(QImage.Format.Format_RGB32))
    floor.resize(*size)
    floor.show()
    handle_events()

    def pan(number: int) -> None:
        floor.offset += QPointF(-9.0, -5.0) * there_and_back(number)
        floor.repaint()

    def zoom(number: int) -> None:
        floor.scale = 0.5 * NOTCH ** (number % 6)
        floor.repaint()

    print("bare Qt image")
    measure("pan at 100 %", pan, floor)
    floor.offset, floor.scale = QPointF(), 0.8
    measure("pan at 80 %", pan, floor)
    floor.offset = QPointF()
    measure("one notch", zoom, floor, 60)


class Bench:
    """A view with its image and cells."""

    def __init__(self, size: tuple[int, int], pixels: np.ndarray, cells: list[Cell]) -> None:
        self.runner, self.state, self.tools = JobRunner(), ViewState(), ToolState()
        self.widget = SlideView(self.runner, self.state, self.tools, ALL_CLASSES)
        self.widget.resize(*size)
        self.widget.show()
        handle_events()
        info = SlideInfo((Level(WIDTH, HEIGHT, 1.0),), mpp=0.25)
        source = with_coarser_levels(ArraySource(pixels, info))
        self.annotations = Annotations(cells)
        self.tiles = ShowTiles(self.runner, source, TileCache(256 << 20), "bench")
        begun = time.perf_counter()
        self.widget.set_scene(Scene(source.info, self.tiles, self.annotations))
        self.settle()
        print(f"{len(cells)} cells: settled after {time.perf_counter() - begun:.2f} s")
        self.rest()

    def settle(self) -> None:
        while not self.widget.is_settled:
            handle_events()

    def rest(self) -> None:
        """Wait until nothing is fetched ahead any more."""
        quiet_since = time.perf_counter()
        while time.perf_counter() - quiet_since < 0.2:
            handle_events()
            if self.runner.jobs:
                quiet_since = time.perf_counter()

    def close(self) -> None:
        self.runner.shutdown()
        self.widget.close()
        self.widget.deleteLater()
        handle_events()

    def at(self, scale: float) -> None:
        self.state.fit()
        self.state.zoom_by(scale / self.state.scale)
        self.settle()
        self.rest()

    def pan(self, number: int) -> None:
        self.state.pan_by(-9 * there_and_back(number), -5 * there_and_back(number))
        self.widget.repaint()

    def zoom(self, number: int) -> None:
        self.state.zoom_at((900, 500), NOTCH if number // 4 % 2 == 0 else 1 / NOTCH)
        self.widget.repaint()

    def move(self, kind: QEvent.Type, x: float, y: float) -> None:
        place, left = QPointF(x, y), Qt.MouseButton.LeftButton
        event = QMouseEvent(kind, place, self.widget.mapToGlobal(place), left, left, Qt.KeyboardModifier.NoModifier)
        QApplication.sendEvent(self.widget, event)

    def brush(self) -> None:
        self.tools.take(ToolKind.BRUSH)
        self.tools.set_radius(100 / self.state.scale)
        self.move(QEvent.Type.MouseButtonPress, 300, 300)
        measure("brush, 200 px", lambda n: self.move(QEvent.Type.MouseMove, 300 + 4 * n, 300 + n), self.widget)
        self.move(QEvent.Type.MouseButtonRelease, 300, 300)
        self.tools.take(ToolKind.SELECT)

    def edit(self, number: int) -> None:
        """One stroke on a cell in the middle of the view, as the document would tell of it."""
        near = self.annotations.in_region(self.state.visible_region)
        cell = near[number % len(near)]
        stroke = Mask(np.ones((12, 12)), cell.mask.region.x + number % 30, cell.mask.region.y)
        change = paint(cell, stroke, "cytoplasm", "bench")
        self.annotations.apply(change)
        begun = time.thread_time()
        self.widget.refresh_cells(change.cell_ids, change.changes[0].region)
        handle_events()
        self.edit_cpu.append(1000 * (time.thread_time() - begun))

    def edits(self) -> None:
        self.edit_cpu: list[float] = []
        for number in range(60):
            self.edit(number)
        figures = [np.percentile(self.edit_cpu, q) for q in (50, 95, 100)]
        print(f"  {'an edited cell on the screen':34}" + " " * 27 + "".join(f"{figure:9.2f}" for figure in figures))


def bench_view(size: tuple[int, int], pixels: np.ndarray, number: int) -> None:
    bench = Bench(size, pixels, scatter(number, WIDTH, HEIGHT))
    measure("one notch, levels not seen before", bench.zoom, bench.widget, 4)
    measure("one notch", bench.zoom, bench.widget, 60)
    for percent in (100, 80):
        bench.at(percent / 100)
        measure(f"pan at {percent} %", bench.pan, bench.widget)
    bench.at(1.0)
    bench.brush()
    if number:
        bench.edits()
    bench.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cells", type=int, nargs="+", default=[0, 1000, 10_000, 100_000])
    parser.add_argument("--size", type=int, nargs=2, default=(1920, 1080), metavar=("WIDTH", "HEIGHT"))
    options = parser.parse_args()
    app = QApplication([])
    size, pixels = (options.size[0], options.size[1]), smear(WIDTH, HEIGHT)
    print(f"{size[0]}x{size[1]} on {app.platformName()}, image {WIDTH}x{HEIGHT}, milliseconds a frame")
    print(" " * 36 + "".join(f"{title:>9}" for title in ("wall p50", "p95", "max", "cpu p50", "p95", "max")))
    bench_floor(size, pixels)
    for number in options.cells:
        bench_view(size, pixels, number)
    print(f"largest memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


if __name__ == "__main__":
    main()
