"""Coarser levels for images that come without: each made piece by piece from the next finer one."""

import dataclasses

import numpy as np

from allviewer.domain.geometry import Region
from allviewer.domain.slide import Level, PixelSource, RgbArray
from allviewer.imaging.rectangles import paste
from allviewer.imaging.wrapped_source import WrappedSource
from allviewer.memory.byte_budget import ByteBudget
from allviewer.memory.tile_cache import TileCache

_PIECE_PX = 512
_COARSEST_PX = 1024
_CACHE_BYTES = 64 << 20


def with_coarser_levels(source: PixelSource, budget: ByteBudget) -> PixelSource:
    """The same image with levels down to about 1024 px, so that zooming out stays cheap; itself if it has them."""
    if _is_small(source.info.levels[-1]):
        return source
    return _DeeperSource(source, budget)


def _is_small(level: Level) -> bool:
    return max(level.width, level.height) <= _COARSEST_PX


class _DeeperSource(WrappedSource):
    """A `PixelSource` whose further levels halve the one before (mean of 2 x 2 pixels)."""

    def __init__(self, source: PixelSource, budget: ByteBudget) -> None:
        levels = list(source.info.levels)
        while not _is_small(levels[-1]):
            last = levels[-1]
            levels.append(Level((last.width + 1) // 2, (last.height + 1) // 2, last.downsample * 2))
        super().__init__(source, dataclasses.replace(source.info, levels=tuple(levels)))
        self._native_levels = len(source.info.levels)
        self._pieces: TileCache[RgbArray] = TileCache(budget, _CACHE_BYTES)

    def close(self) -> None:
        self._pieces.drop(())
        super().close()

    def _read_inside(self, level: int, inside: Region) -> RgbArray:
        if level < self._native_levels:
            return super()._read_inside(level, inside)
        bounds = Region(0, 0, self._info.levels[level].width, self._info.levels[level].height)
        canvas = np.empty((inside.height, inside.width, 3), dtype=np.uint8)
        for row in range(inside.y // _PIECE_PX, (inside.bottom - 1) // _PIECE_PX + 1):
            for column in range(inside.x // _PIECE_PX, (inside.right - 1) // _PIECE_PX + 1):
                box = Region(column * _PIECE_PX, row * _PIECE_PX, _PIECE_PX, _PIECE_PX).intersection(bounds)
                paste(self._piece(level, box), box, canvas, inside)
        return canvas

    def _piece(self, level: int, box: Region) -> RgbArray:
        key = (self._look, level, box.x, box.y)
        piece = self._pieces.get(key)
        if piece is None:
            finer = self._info.levels[level - 1]
            width, height = min(2 * box.width, finer.width - 2 * box.x), min(2 * box.height, finer.height - 2 * box.y)
            piece = halved(self.read(level - 1, 2 * box.x, 2 * box.y, width, height))
            self._pieces.put(key, piece, piece.nbytes)
        return piece


def halved(pixels: RgbArray) -> RgbArray:
    """Mean of each 2 x 2 block; at an odd edge of the pixels that there are. Shape ((h + 1) // 2, (w + 1) // 2, 3)."""
    import cv2

    height, width = pixels.shape[:2]
    if height % 2 or width % 2:
        pixels = np.pad(pixels, ((0, height % 2), (0, width % 2), (0, 0)), mode="edge")
    size = ((width + 1) // 2, (height + 1) // 2)
    return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)
