"""What is on the screen is what is in the image."""

import os
import subprocess
import sys

import numpy as np
import pytest

from allviewer.domain.slide import Level, SlideInfo
from allviewer.imaging.image_source import ImageSource
from tests.ui.canvas.view_bench import distinct_pixels, pixels_of


def shown_part(view, shape):
    """(screen slices, image slices) of the part of the image that 100 % shows."""
    x, y = view.placement.device_origin
    height, width = shape
    rows = slice(max(0, y), min(height, y + view.bounds.height))
    columns = slice(max(0, x), min(width, x + view.bounds.width))
    return (rows, columns), (slice(rows.start - y, rows.stop - y), slice(columns.start - x, columns.stop - x))


def hide_furniture(picture):
    """The lower edge holds the scale bar and the map."""
    return picture[:-60]


def test_100_percent_shows_the_very_pixels(bench):
    pixels = distinct_pixels(1000, 700)
    bench.open(pixels)
    bench.view.to_actual_size()
    for dx, dy in [(0, 0), (37, -21), (-300, 140), (250, 120), (-500, -230), (0.4, 0.4)]:
        bench.view.pan_by(dx, dy)
        picture = bench.grab()
        screen, image = shown_part(bench.view, (picture.shape[0] - 60, picture.shape[1]))
        assert np.array_equal(picture[screen], pixels[image])


@pytest.mark.parametrize("factor", [2, 4, 8])
def test_enlarged_pixels_are_squares_with_hard_edges(bench, factor):
    pixels = distinct_pixels(300, 300)
    bench.open(pixels)
    bench.view.to_actual_size()
    bench.view.zoom_by(factor)
    picture = hide_furniture(bench.grab())
    x, y = bench.view.placement.device_origin
    rows = (np.arange(picture.shape[0]) - y) // factor
    columns = (np.arange(picture.shape[1]) - x) // factor
    assert np.array_equal(picture, pixels[rows][:, columns])


def test_half_size_is_the_mean_of_four(bench):
    pixels = np.repeat(np.repeat(distinct_pixels(400, 300), 2, axis=0), 2, axis=1)
    bench.open(pixels)
    bench.view.to_actual_size()
    bench.view.zoom_by(0.5)
    picture = hide_furniture(bench.grab())
    x, y = bench.view.placement.device_origin
    expected = pixels[::2, ::2][-y : -y + picture.shape[0], -x : -x + picture.shape[1]]
    assert np.array_equal(picture, expected)


class Coordinates(ImageSource):
    """A slide of 100 000 px whose pixels say where they are, at every level."""

    def __init__(self):
        super().__init__(SlideInfo(tuple(Level(-(-100_000 >> k), -(-100_000 >> k), 2.0**k) for k in range(10))))

    def _read_inside(self, level, inside):
        ys, xs = np.mgrid[inside.y : inside.bottom, inside.x : inside.right]
        return np.stack([xs % 256, ys % 256, (xs // 256 + 3 * (ys // 256)) % 256], axis=-1).astype(np.uint8)

    def close(self):
        """Nothing is open."""


@pytest.mark.parametrize("level", [0, 1, 3, 7])
@pytest.mark.parametrize("place", [(10, 20), (50_000, 49_000), (99_900, 99_950)])
def test_a_giant_slide_is_exact_everywhere_and_at_every_level(bench, level, place):
    source = Coordinates()
    bench.open_source(source)
    bench.view.to_actual_size()
    bench.view.zoom_by(0.5**level)
    bench.view.center_on(place)
    picture = bench.grab()
    x, y = bench.view.placement.device_origin
    side = 100_000 >> level
    rows = slice(max(0, y), min(picture.shape[0] - 60, y + side))
    columns = slice(max(0, x), min(picture.shape[1], x + side))
    expected = source.read(
        level, columns.start - x, rows.start - y, columns.stop - columns.start, rows.stop - rows.start
    )
    assert np.array_equal(picture[rows, columns], expected)


def test_panning_and_drawing_afresh_give_the_same_picture(bench):
    bench.open(distinct_pixels(1500, 1200))
    bench.view.zoom_at((200, 150), 2.9)
    for step in range(12):
        bench.view.pan_by(-23 + step, 17 - 2 * step)
        bench.grab()
    panned = bench.grab()
    bench.widget._picture._frame.invalidate()
    assert np.abs(panned.astype(int) - bench.grab()).max() <= 2  # no seams; the smoothing may round differently


def test_brightness_changes_the_picture_and_nothing_else(bench):
    pixels = distinct_pixels(500, 400)
    bench.open(pixels)
    bench.view.to_actual_size()
    plain = bench.grab()
    bench.view.set_image_look(brightness=0.2)
    assert hide_furniture(bench.grab()).mean() > hide_furniture(plain).mean() + 20
    bench.view.reset_image_look()
    assert np.array_equal(bench.grab(), plain)


def test_next_image_never_shows_an_empty_view(bench):
    first, second = np.full((600, 800, 3), 40, np.uint8), np.full((600, 800, 3), 200, np.uint8)
    bench.open(first)
    bench.grab()
    bench.open(second, name="second")
    at_once = hide_furniture(pixels_of(bench.widget.grab().toImage()))
    assert set(np.unique(at_once[..., 0])) <= {40, 200}
    # the old picture may be held for a moment after the tiles have come: wait for what a person would see
    bench.qtbot.waitUntil(lambda: bool((hide_furniture(bench.grab()) == 200).all()), timeout=10_000)


def test_without_an_image_the_view_says_what_to_do(bench):
    before = bench.grab()
    bench.open(distinct_pixels(300, 300))
    assert not np.array_equal(bench.grab(), before)
    bench.widget.set_scene(None)
    assert np.array_equal(bench.grab(), before)


HI_DPI_START = """
import numpy as np
from PySide6.QtCore import QPoint, QPointF
from PySide6.QtWidgets import QApplication
from allviewer.jobs.runner import JobRunner
from allviewer.session.tool_state import ToolKind
from tests.ui.canvas.hands import drag
from tests.ui.canvas.view_bench import Bench, distinct_pixels, make_cell
app = QApplication([])
class Bot:
    def addWidget(self, w): pass
    def waitExposed(self, w): app.processEvents()
    def wait(self, ms): app.processEvents()
    def waitUntil(self, f, timeout):
        while not f(): app.processEvents()
runner = JobRunner()
bench = Bench(Bot(), runner, 401, 301)
"""

HI_DPI_PIXELS = """
pixels = distinct_pixels(1200, 900)
bench.open(pixels)
assert bench.view.device_pixel_ratio == RATIO, bench.view.device_pixel_ratio
bench.view.to_actual_size()
for dx, dy in [(0, 0), (13, -7), (0.3, 0.3), (-101, 55)]:
    bench.view.pan_by(dx, dy)
    picture = bench.grab()[:int(200 * RATIO)]
    x, y = bench.view.placement.device_origin
    expected = pixels[-y : -y + picture.shape[0], -x : -x + picture.shape[1]]
    assert np.array_equal(picture[:, : expected.shape[1]], expected), (dx, dy)
runner.shutdown()
print("exact")
"""

HI_DPI_CELLS = """
bench.open(np.full((900, 1200, 3), 255, np.uint8), [make_cell(1, 580, 400, 30), make_cell(2, 500, 420, 11)])
for angle in (0, 90):
    bench.view.rotate_to(angle)
    bench.view.to_actual_size()
    bench.view.center_on((590, 440))
    inked = (bench.grab()[: int(200 * RATIO), : int(390 * RATIO)] != 255).any(axis=2)
    places = [((x + 0.5) / RATIO, (y + 0.5) / RATIO) for y, x in np.ndindex(inked.shape)]
    hit = np.array([bench.widget.cell_id_at(bench.view.to_image(place)) > 0 for place in places])
    assert inked.any() and np.array_equal(hit.reshape(inked.shape), inked), angle
bench.tools.take(ToolKind.BRUSH)
bench.tools.set_radius(6)
paths = []
bench.widget.stroke_finished.connect(lambda path, *_: paths.append(path))
drag(bench.widget, QPoint(100, 80), QPoint(150, 90))
(x, y), target = paths[0][-1], bench.view.to_image((150, 90))
assert abs(x - target[0]) < 1e-6 and abs(y - target[1]) < 1e-6
runner.shutdown()
print("exact")
"""


@pytest.mark.parametrize("what", ["pixels", "cells and tools"])
@pytest.mark.parametrize("ratio", ["1.25", "1.5", "2"])
def test_100_percent_is_exact_on_screens_with_other_scaling(ratio, what, request):
    script = HI_DPI_START + (HI_DPI_PIXELS if what == "pixels" else HI_DPI_CELLS)
    environment = os.environ | {"QT_SCALE_FACTOR": ratio, "QT_QPA_PLATFORM": "offscreen"}
    root = request.config.rootpath
    done = subprocess.run(
        [sys.executable, "-c", script.replace("RATIO", str(float(ratio)))],
        cwd=root,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert "exact" in done.stdout, done.stderr


def test_the_colour_under_the_cursor_is_that_of_the_image_whatever_is_shown(bench):
    pixels = distinct_pixels(900, 700)
    bench.open(pixels)
    bench.view.to_actual_size()
    bench.view.rotate_to(90)
    bench.view.set_image_look(brightness=0.3)
    bench.grab()
    for x, y in ((450, 350), (500, 300), (421, 399)):
        assert bench.widget.colour_at((x + 0.7, y + 0.2)) == tuple(pixels[y, x])
    assert bench.widget.colour_at((-1, 5)) is None
    assert bench.widget.colour_at((900, 5)) is None
