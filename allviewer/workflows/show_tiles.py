"""Bring the pixels of one image to the screen, tile by tile, off the UI thread."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from allviewer.domain.geometry import Region
from allviewer.domain.slide import PixelSource, RgbArray
from allviewer.jobs.job import Job
from allviewer.jobs.lanes import Lane
from allviewer.jobs.runner import JobRunner
from allviewer.memory.tile_cache import TileCache
from allviewer.progress import CancelToken, Report
from allviewer.session.tile_grid import ScreenTile, coarsest_level, level_size, tile_box

_IN_FLIGHT = 6
"""Tiles read or about to be read at one time; the rest waits here, where its order can still change."""


class ShowTiles(QObject):
    """The tiles of one open image: those that are here, and the reading of those that are wanted.

    Args:
        runner: where tiles are read (lane `TILES`).
        source: the image.
        cache: shared by all images, so that one budget holds for all.
        name: what this image's tiles are called in the cache; unique among open images.

    Signals:
        arrived: with the `ScreenTile` that can now be had from `tile`.
        failed: with the error, once, when a tile cannot be read.
    """

    arrived = Signal(object)
    failed = Signal(object)

    def __init__(
        self,
        runner: JobRunner,
        source: PixelSource,
        cache: TileCache[QImage],
        name: str,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._runner = runner
        self._source = source
        self._cache = cache
        self._name = name
        self._bounds = source.info.bounds
        self._whole_key = ScreenTile(coarsest_level(self._bounds), 0, 0)
        self._whole: QImage | None = None
        self._waiting: list[ScreenTile] = []
        self._in_flight: dict[ScreenTile, Job] = {}
        self._wanted: Sequence[ScreenTile] = ()
        self._sketched: set[ScreenTile] = set()
        self._unreadable: set[ScreenTile] = set()
        self._most_in_flight = _IN_FLIGHT if source.shareable else 1

    @property
    def bounds(self) -> Region:
        """The image, in level-0 pixels."""
        return self._bounds

    def tile(self, tile: ScreenTile) -> QImage | None:
        """The tile's picture (RGB32, size of its `tile_box`), if it is here."""
        if tile == self._whole_key and self._whole is not None:
            return self._whole
        return self._cache.get((self._name, tile))

    def is_final(self, tile: ScreenTile) -> bool:
        """Whether nothing better will come for this tile."""
        return tile in self._unreadable or (tile not in self._sketched and self.tile(tile) is not None)

    def want(self, tiles: Sequence[ScreenTile]) -> None:
        """Read these and only these, in this order; what was wanted before and is no longer is cancelled."""
        self._wanted = tiles
        wanted = [tile for tile in tiles if not self.is_final(tile)]
        if not self.is_final(self._whole_key):
            wanted.insert(0, self._whole_key)
        kept = set(wanted)
        for tile, job in list(self._in_flight.items()):
            if tile not in kept:
                job.cancel()
                del self._in_flight[tile]
        self._waiting = wanted[::-1]
        self._read_next()

    def look_again(self) -> None:
        """There is more of the image than before: what was only sketched is read anew."""
        if self._sketched and self._wanted:
            self.want(self._wanted)

    def close(self) -> None:
        """Want nothing any more and give the memory back."""
        for job in self._in_flight.values():
            job.cancel()
        self._in_flight.clear()
        self._waiting.clear()
        self._cache.drop((self._name,))

    def _read_next(self) -> None:
        while self._waiting and len(self._in_flight) < self._most_in_flight:
            tile = self._waiting.pop()
            if tile not in self._in_flight and not self.is_final(tile):
                job = self._submit(tile)
                if not job.state.is_over:
                    self._in_flight[tile] = job

    def _submit(self, tile: ScreenTile) -> Job:
        source = self._source

        def work(cancel: CancelToken, report: Report) -> _Read:
            return _read_or_sketch(source, tile)

        return self._runner.submit(
            Lane.TILES,
            f"tile {tile.level}/{tile.column}/{tile.row}",
            work,
            lambda read: self._take(tile, *read),
            lambda error: self._give_up(tile, error),
        )

    def _take(self, tile: ScreenTile, picture: QImage | None, is_exact: bool) -> None:
        self._in_flight.pop(tile, None)
        if is_exact:
            self._sketched.discard(tile)
        else:
            self._sketched.add(tile)
        if picture is None:
            self._read_next()
            return
        if not is_exact and self._whole is None and tile != self._whole_key:
            self._waiting.append(self._whole_key)  # before more of the parts: it covers what they leave open
        if tile == self._whole_key:
            self._whole = picture
        else:
            self._cache.put((self._name, tile), picture, picture.sizeInBytes())
        self._read_next()
        self.arrived.emit(tile)

    def _give_up(self, tile: ScreenTile, error: Exception) -> None:
        self._in_flight.pop(tile, None)
        is_first = not self._unreadable
        self._unreadable.add(tile)
        self._read_next()
        self.arrived.emit(tile)
        if is_first:
            self.failed.emit(error)


_Read = tuple[QImage | None, bool]
"""A tile's picture, if there is any yet, and whether nothing better will come."""


def read_tile(source: PixelSource, tile: ScreenTile) -> QImage:
    """A tile of level 0 or coarser as an RGB32 picture. Raises `ImageError` as the source does."""
    part = _part_of(source, tile)
    return _picture(source.read(part.level, *part.area), part, tile_box(source.info.bounds, tile))


def _read_or_sketch(source: PixelSource, tile: ScreenTile) -> _Read:
    part, box = _part_of(source, tile), tile_box(source.info.bounds, tile)
    if source.is_exact(part.level, *part.area):
        return _picture(source.read(part.level, *part.area), part, box), True
    pixels = source.sketch(part.level, *part.area)
    return (None if pixels is None else _picture(pixels, part, box)), False


@dataclass(frozen=True, slots=True)
class _Part:
    """Where a tile's pixels lie: x, y, width and height of a level, and in it the edges, where they fall between."""

    level: int
    area: tuple[int, int, int, int]
    edges: tuple[float, float, float, float] | None = None


def _part_of(source: PixelSource, tile: ScreenTile) -> _Part:
    info = source.info
    box = tile_box(info.bounds, tile)
    index = info.level_for(2**tile.level)
    level = info.levels[index]
    ratio = 2**tile.level / level.downsample
    if abs(ratio - 1) < 1e-3 and (level.width, level.height) == level_size(info.bounds, tile.level):
        return _Part(index, (box.x, box.y, box.width, box.height))
    left, top = box.x * ratio, box.y * ratio
    right, bottom = min(box.right * ratio, level.width), min(box.bottom * ratio, level.height)
    x, y = int(left), int(top)
    width, height = max(1, -int(-right // 1) - x), max(1, -int(-bottom // 1) - y)
    edges = (left - x, top - y, max(right - x, left - x + 0.1), max(bottom - y, top - y + 0.1))
    return _Part(index, (x, y, width, height), edges)


def _picture(pixels: RgbArray, part: _Part, box: Region) -> QImage:
    """The pixels of a part, averaged where the file does not have the tile's level."""
    if part.edges is not None:
        from PIL import Image

        finer = Image.fromarray(pixels)
        pixels = np.asarray(finer.resize((box.width, box.height), Image.Resampling.BOX, box=part.edges))
    pixels = np.ascontiguousarray(pixels)
    borrowed = QImage(pixels.data, box.width, box.height, box.width * 3, QImage.Format.Format_RGB888)
    return borrowed.convertToFormat(QImage.Format.Format_RGB32)
