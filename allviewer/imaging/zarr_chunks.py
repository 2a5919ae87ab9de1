"""Rectangles out of one array of an OME-Zarr, decoding only the chunks that they touch."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from allviewer.domain.geometry import Region
from allviewer.errors import ImageError
from allviewer.imaging.colouring import Samples
from allviewer.imaging.limits import MAX_SEGMENT_BYTES, check_size
from allviewer.imaging.rectangles import paste
from allviewer.memory.tile_cache import TileCache


class ChunkReader:
    """One level of an image. Reading is safe between threads.

    Args:
        array: a `zarr.Array` whose last two axes are y and x.
        axes: its axes, one letter each; of those besides z and c the first position is read.
        name: of the file, for errors.
        cache: decoded chunks, shared by the levels of an image.
        number: of this level, telling its chunks from others in the cache.

    Raises:
        ImageError: impossible sizes, or values that are no numbers.
    """

    def __init__(self, array: Any, axes: str, name: str, cache: TileCache[Samples], number: int) -> None:
        self._array, self._axes, self._cache, self._number = array, axes, cache, number
        self.dtype: np.dtype[Any] = np.dtype(array.dtype)
        sizes = dict(zip(axes, array.shape, strict=True))
        self.plane_count: int = sizes.get("z", 1)
        self.channel_count: int = sizes.get("c", 1)
        self.extent: tuple[int, int] = (sizes["x"], sizes["y"])
        check_size(name, *self.extent)
        if min(array.shape) < 1 or self.dtype.kind not in "buif":
            raise ImageError(f"{name} cannot be shown: its values are of the kind {self.dtype}.")
        self._chunk_height, self._chunk_width = (int(size) for size in array.chunks[-2:])
        if np.prod([float(size) for size in array.chunks]) * self.dtype.itemsize > MAX_SEGMENT_BYTES:
            raise ImageError(f"{name} cannot be opened: one of its chunks holds {array.chunks} values.")

    @property
    def chunk_boxes(self) -> list[Region]:
        """Where the chunks lie, row by row."""
        width, height = self.extent
        return [
            Region(x, y, min(self._chunk_width, width - x), min(self._chunk_height, height - y))
            for y in range(0, height, self._chunk_height)
            for x in range(0, width, self._chunk_width)
        ]

    def read(self, inside: Region, plane: int, channels: Sequence[int]) -> Samples:
        """The stored values (height, width, channels) of a rectangle that lies within the level."""
        out = np.empty((inside.height, inside.width, len(channels)), dtype=self.dtype)
        tall, wide = self._chunk_height, self._chunk_width
        for row in range(inside.y // tall, (inside.bottom - 1) // tall + 1):
            for column in range(inside.x // wide, (inside.right - 1) // wide + 1):
                box = Region(column * wide, row * tall, wide, tall).intersection(Region(0, 0, *self.extent))
                for position, channel in enumerate(channels):
                    paste(self._chunk(box, plane, channel), box, out[:, :, position], inside)
        return out

    def _chunk(self, box: Region, plane: int, channel: int) -> Samples:
        key = (self._number, plane, channel, box.x, box.y)
        values = self._cache.get(key)
        if values is None:
            at = {"z": plane, "c": channel, "y": slice(box.y, box.bottom), "x": slice(box.x, box.right)}
            values = np.asarray(self._array[tuple(at.get(axis, 0) for axis in self._axes)])
            self._cache.put(key, values, values.nbytes)
        return values
