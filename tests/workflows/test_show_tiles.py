"""Tiles are what the image is; what is no longer wanted is not read; nothing is left behind."""

import threading

import numpy as np
import pytest
from PySide6.QtGui import QImage

from allviewer.domain.slide import Level, SlideInfo
from allviewer.errors import ImageError
from allviewer.imaging.array_source import ArraySource
from allviewer.jobs.runner import JobRunner
from allviewer.memory.tile_cache import TileCache
from allviewer.session.tile_grid import ScreenTile, coarsest_level, level_size, tile_box, tiles_over
from allviewer.workflows.show_tiles import ShowTiles, read_tile
from tests.ui.canvas.view_bench import distinct_pixels, pixels_of


@pytest.fixture
def runner(qapp):
    made = JobRunner()
    yield made
    made.shutdown()
    assert made.jobs == []


class Source(ArraySource):
    """Counts what is read, and can be made to wait or to fail."""

    def __init__(self, pixels):
        height, width = pixels.shape[:2]
        super().__init__(pixels, SlideInfo((Level(width, height, 1.0),)))
        self.reads = []
        self.gate = threading.Event()
        self.gate.set()
        self.fails = False
        self.shareable_now = True

    @property
    def shareable(self):
        return self.shareable_now

    def read(self, level, x, y, width, height):
        self.gate.wait(10)
        self.reads.append((x, y))
        if self.fails:
            raise ImageError("The file is cut short.")
        return super().read(level, x, y, width, height)


def all_tiles(bounds, level):
    from allviewer.domain.geometry import Region

    return list(tiles_over(bounds, level, Region(0, 0, *level_size(bounds, level))))


def test_tiles_hold_the_pixels_of_the_image(qapp):
    pixels = distinct_pixels(700, 500)
    source = Source(pixels)
    for tile in all_tiles(source.info.bounds, 0):
        box = tile_box(source.info.bounds, tile)
        picture = read_tile(source, tile)
        assert picture.format() == QImage.Format.Format_RGB32
        assert np.array_equal(pixels_of(picture), pixels[box.y : box.bottom, box.x : box.right])


@pytest.mark.parametrize("level", [1, 2])
def test_levels_that_the_file_lacks_are_means(qapp, level):
    step = 1 << level
    small = distinct_pixels(300, 260)
    source = Source(small.repeat(step, axis=0).repeat(step, axis=1))
    for tile in all_tiles(source.info.bounds, level):
        box = tile_box(source.info.bounds, tile)
        assert np.array_equal(pixels_of(read_tile(source, tile)), small[box.y : box.bottom, box.x : box.right])


def test_odd_sizes_at_every_level(qapp):
    source = Source(distinct_pixels(1001, 517))
    for level in range(coarsest_level(source.info.bounds) + 1):
        for tile in all_tiles(source.info.bounds, level):
            box = tile_box(source.info.bounds, tile)
            picture = read_tile(source, tile)
            assert (picture.width(), picture.height()) == (box.width, box.height)


def test_wanted_tiles_arrive_in_order_and_stay(runner, qtbot):
    source = Source(distinct_pixels(1024, 1024))
    source.shareable_now = False
    tiles, arrived = ShowTiles(runner, source, TileCache(64 << 20), "image"), []
    tiles.arrived.connect(arrived.append)
    wanted = all_tiles(source.info.bounds, 0)[::-1]
    tiles.want(wanted)
    qtbot.waitUntil(lambda: all(map(tiles.is_final, wanted)))
    assert arrived == [ScreenTile(2, 0, 0), *wanted]
    reads = len(source.reads)
    tiles.want(wanted)
    assert len(source.reads) == reads
    tiles.close()
    assert tiles.tile(wanted[0]) is None


def test_what_is_no_longer_wanted_is_not_read(runner, qtbot):
    source = Source(distinct_pixels(2048, 2048))
    tiles, arrived = ShowTiles(runner, source, TileCache(64 << 20), "image"), []
    tiles.arrived.connect(arrived.append)
    tiles.want(())
    qtbot.waitUntil(lambda: len(arrived) == 1)
    source.reads.clear()
    source.gate.clear()
    wanted = all_tiles(source.info.bounds, 0)
    tiles.want(wanted)
    tiles.want(wanted[-1:])
    source.gate.set()
    qtbot.waitUntil(lambda: tiles.is_final(wanted[-1]))
    qtbot.waitUntil(lambda: not runner.jobs)
    assert len(source.reads) < 10
    assert arrived[1:] == wanted[-1:]


def test_after_closing_nothing_arrives(runner, qtbot):
    source = Source(distinct_pixels(512, 512))
    source.gate.clear()
    tiles, arrived = ShowTiles(runner, source, TileCache(64 << 20), "image"), []
    tiles.arrived.connect(arrived.append)
    tiles.want(all_tiles(source.info.bounds, 0))
    tiles.close()
    source.gate.set()
    qtbot.waitUntil(lambda: not runner.jobs)
    assert arrived == []


def test_an_unreadable_image_says_so_once_and_is_not_tried_for_ever(runner, qtbot):
    source = Source(distinct_pixels(600, 600))
    source.fails = True
    tiles, told = ShowTiles(runner, source, TileCache(64 << 20), "image"), []
    tiles.failed.connect(told.append)
    wanted = all_tiles(source.info.bounds, 0)
    tiles.want(wanted)
    qtbot.waitUntil(lambda: all(map(tiles.is_final, wanted)))
    reads = len(source.reads)
    tiles.want(wanted)
    qtbot.waitUntil(lambda: not runner.jobs)
    assert len(source.reads) == reads
    assert [str(error) for error in told] == ["The file is cut short."]


class Growing(Source):
    """Gives a grey sketch until it is ready."""

    def __init__(self, pixels):
        super().__init__(pixels)
        self.begun, self.ready = True, False

    def is_exact(self, level, x, y, width, height):
        return self.ready

    def sketch(self, level, x, y, width, height):
        return np.full((height, width, 3), 99, np.uint8) if self.begun else None


def test_a_sketch_is_shown_until_the_pixels_can_be_read(runner, qtbot):
    pixels = distinct_pixels(600, 500)
    source = Growing(pixels)
    tiles = ShowTiles(runner, source, TileCache(64 << 20), "image")
    tile = ScreenTile(0, 1, 1)
    tiles.want([tile])
    qtbot.waitUntil(lambda: tiles.tile(tile) is not None)
    assert np.ptp(pixels_of(tiles.tile(tile))) == 0
    assert not tiles.is_final(tile)
    source.ready = True
    tiles.look_again()
    assert tiles.tile(tile) is not None, "the sketch stays until there is better"
    qtbot.waitUntil(lambda: tiles.is_final(tile))
    assert np.array_equal(pixels_of(tiles.tile(tile)), pixels[256:500, 256:512])
    source.reads.clear()
    tiles.look_again()
    assert not runner.jobs
    assert source.reads == []


def test_where_nothing_can_be_sketched_yet_nothing_is_shown(runner, qtbot):
    source = Growing(distinct_pixels(600, 500))
    source.begun = False
    tiles = ShowTiles(runner, source, TileCache(64 << 20), "image")
    tile = ScreenTile(0, 0, 0)
    tiles.want([tile])
    qtbot.waitUntil(lambda: not runner.jobs)
    assert tiles.tile(tile) is None
    source.begun = True
    tiles.look_again()
    qtbot.waitUntil(lambda: tiles.tile(tile) is not None and tiles.tile(ScreenTile(2, 0, 0)) is not None)
