"""The tools under the hand: from the press to the first changed pixel, each movement, a live wire, a click on a cell.

A stroke is measured on a view of 1920 x 1080 with a brush 200 px wide: an event is sent, and all that follows from it
until the picture is painted is counted. The floor is a widget of the same size that draws one dot of that size.
"""

import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PySide6.QtCore import QEvent, QObject, QPointF, QRect, Qt
from PySide6.QtGui import QImage, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import QApplication, QWidget

from allviewer.classical.live_wire import LiveWire
from allviewer.domain.slide import RgbArray
from allviewer.imaging.openers import open_image
from allviewer.inference.catalogue import Catalogue
from allviewer.inference.click_looker import ClickLooker
from allviewer.inference.clicks import Click
from allviewer.inference.detect import DetectRequest, detect_cells
from allviewer.progress import CancelToken, no_report
from allviewer.resources import resources_dir
from allviewer.session.tool_state import ToolKind
from tests.benchmarks.drawing import FIELD_PX, SCREEN, SLIDE_PX, View, handle_events
from tests.benchmarks.measure import Figure

BRUSH_PX = 200
STROKES, MOVES = 25, 60
PATIENCE_S = 1.0
UM_PER_PX = 0.25
"""Of the demonstration smear."""
_LEFT = Qt.MouseButton.LeftButton


class Dots(QWidget):
    """The least that paints: an image is kept, each event draws one dot into it, and only that part is shown."""

    def __init__(self) -> None:
        super().__init__()
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.image = QImage(*SCREEN, QImage.Format.Format_RGB32)
        self.image.fill(Qt.GlobalColor.white)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._dot(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._dot(event)

    def _dot(self, event: QMouseEvent) -> None:
        place, reach = event.position().toPoint(), BRUSH_PX // 2
        with QPainter(self.image) as painter:
            painter.setPen(QPen(Qt.GlobalColor.blue, BRUSH_PX, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
            painter.drawPoint(place)
        self.update(QRect(place.x() - reach, place.y() - reach, 2 * reach, 2 * reach))

    def paintEvent(self, event: object) -> None:
        with QPainter(self) as painter:
            painter.drawImage(0, 0, self.image)


def figures(folder: Path) -> list[Figure]:
    """Strokes on a crowded field and on a slide, then the tools that follow edges and clicks."""
    app = QApplication.instance() or QApplication([])
    floor = Dots()
    floor.resize(*SCREEN)
    floor.show()
    handle_events()
    least = _stroke_times(floor)
    floor.close()
    found = []
    for title, size_px, number in (
        ("field, 10 000 cells", FIELD_PX, 10_000),
        ("slide of 100 000 px, 100 000 cells", SLIDE_PX, 100_000),
    ):
        view = View(size_px, number)
        view.at(1.0)
        view.take_brush(BRUSH_PX)
        for name, times in _stroke_times(view.widget).items():
            for label, share in (("median", 50), ("p95", 95)):
                ours_ms, floor_ms = (float(np.percentile(t, share)) for t in (times, least[name]))
                found.append(Figure(f"{name}, {title}, {label}", ours_ms, floor_ms, "a dot in plain Qt"))
        view.close()
    del app
    return [*found, _live_wire(), *_clicks()]


def _stroke_times(widget: QWidget) -> dict[str, list[float]]:
    """Milliseconds from an event to the painted picture: presses, and movements after them."""
    presses, moves, eyes = [], [], _Eyes(widget)
    for stroke in range(STROKES):
        start = QPointF(300 + 40 * (stroke % 10), 250 + 60 * (stroke // 10))
        presses.append(_timed(lambda start=start: _send(widget, QEvent.Type.MouseButtonPress, start), eyes))
        for step in range(MOVES):
            place = start + QPointF(6 * step, 3 * step)
            moves.append(_timed(lambda place=place: _send(widget, QEvent.Type.MouseMove, place), eyes))
        _send(widget, QEvent.Type.MouseButtonRelease, place)
        handle_events()
    return {"press to first pixel": presses[1:], "a movement of the brush": moves}


class _Eyes(QObject):
    """Sees when a widget has been painted: painting waits for the screen, so that an empty queue does not mean it."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__()
        self.pictures = 0
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        self.pictures += event.type() == QEvent.Type.Paint
        return False


def _timed(work: Callable[[], object], eyes: "_Eyes | None" = None) -> float:
    """Milliseconds of some work and, if somebody looks, of the picture that follows."""
    seen = eyes.pictures if eyes is not None else 0
    begun = time.perf_counter()
    work()
    while eyes is not None and eyes.pictures == seen and time.perf_counter() - begun < PATIENCE_S:
        handle_events()
    return 1000 * (time.perf_counter() - begun)


def _send(widget: QWidget, kind: QEvent.Type, place: QPointF) -> None:
    event = QMouseEvent(kind, place, widget.mapToGlobal(place), _LEFT, _LEFT, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(widget, event)


def _live_wire() -> Figure:
    """A movement of the free end: the way is looked up and drawn. The floor: the way alone."""
    view = View(FIELD_PX, 0)
    view.at(1.0)
    view.tools.take(ToolKind.SCISSORS)
    wire, way = view.tools.wire, LiveWire(_disc_on_glass())
    way.anchor(10, 10)
    left, top = (int(value) for value in view.state.to_image((400, 300)))
    wire.moved.connect(
        lambda x, y: wire.lead([(left + px, top + py) for px, py in way.path_to(int(x) - left, int(y) - top)])
    )
    wire.anchor((left + 10, top + 10))
    places = [(left + 20 + 3 * step, top + 20 + 2 * step) for step in range(120)]
    eyes = _Eyes(view.widget)
    ours = [_timed(lambda place=place: wire.move(place), eyes) for place in places]
    least = [_timed(lambda place=place: way.path_to(int(place[0]) - left, int(place[1]) - top)) for place in places]
    view.close()
    return Figure(
        "a movement of the live wire, p95", *(float(np.percentile(t, 95)) for t in (ours, least)), "the way alone"
    )


def _disc_on_glass() -> RgbArray:
    ys, xs = np.mgrid[:400, :400]
    picture = np.full((400, 400, 3), 230, np.uint8)
    picture[(xs - 200) ** 2 + (ys - 200) ** 2 < 150**2] = (90, 60, 150)
    return picture


def _clicks() -> list[Figure]:
    """A first click and a correcting one on cells of the demonstration smear, two threads. The floor: the network alone."""
    image = open_image(next(path for path in sorted((resources_dir() / "demo").iterdir()) if path.suffix == ".png"))
    pack = Catalogue(resources_dir() / "models", Path("nowhere")).default("segmentation")
    cells = detect_cells(image, DetectRequest(pack, mpp=UM_PER_PX, device="cpu"), CancelToken(), no_report).cells[:20]
    looker = ClickLooker(2)
    first, second = [], []
    for cell in cells:
        x, y = cell.nucleus.centroid
        clicks = [Click(x, y), Click(x + cell.mask.region.width / 2, y, is_inside=False)]
        begun = time.perf_counter()
        ground = looker.ground(pack, image, "", clicks[0], UM_PER_PX, CancelToken())
        ground.outline(clicks[:1])
        middle = time.perf_counter()
        ground.outline(clicks)
        first.append(1000 * (middle - begun))
        second.append(1000 * (time.perf_counter() - middle))
    return [
        Figure("first click on a cell", float(np.median(first)), 100.0, "100 ms wanted"),
        Figure("a correcting click", float(np.median(second)), 100.0, "100 ms wanted"),
    ]
