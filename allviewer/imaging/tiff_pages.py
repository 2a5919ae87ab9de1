"""Rectangles out of one TIFF page, decoding only the tiles or strips that they touch."""

import threading
from contextlib import nullcontext
from typing import Any

import numpy as np

from allviewer.domain.geometry import Region
from allviewer.errors import ImageError
from allviewer.imaging.colouring import Samples
from allviewer.imaging.limits import MAX_SEGMENT_BYTES
from allviewer.imaging.rectangles import paste
from allviewer.memory.byte_budget import ByteBudget
from allviewer.memory.tile_cache import TileCache

_JPEG_COMPRESSIONS = (6, 7, 34892, 33007)


_LARGE_SEGMENT_BYTES = 4 << 20


class SegmentStore:
    """What the pages of one open file share: the file, and the decoded tiles or strips.

    Args:
        name: of the file, for errors.
        file: tifffile's handle, with its lock switched on.
        budget: where the memory of the decoded segments comes from.
    """

    def __init__(self, name: str, file: Any, budget: ByteBudget) -> None:
        self.name = name
        self.file = file
        self.cache: TileCache[Samples] = TileCache(budget)
        self.large_segments = threading.Lock()
        """Held while a large segment is decoded, lest several threads that want the same one decode it each."""


class PageReader:
    """One page of an open TIFF file. Reading is safe between threads: only the file access itself is locked.

    Args:
        page: a `tifffile.TiffPage` or `TiffFrame`.
        store: of the file.
        key: of this page, telling its segments from others in the store.
        fill: stored value of tiles that the file leaves out.

    Raises:
        ImageError: its tiles are beyond the limits, or there are not as many as its size needs.
    """

    def __init__(self, page: Any, store: SegmentStore, key: tuple[int, ...], fill: float) -> None:
        frame = page.keyframe
        name = store.name
        planes, depth, height, width, samples = frame.shaped
        self.height: int = height
        self.width: int = width
        if depth != 1:
            raise ImageError(f"{name} cannot be opened: volumes (TIFF image depth {depth}) are not supported.")
        self._page, self._frame, self._store, self._key = page, frame, store, key
        self.samples: int = planes * samples
        self._planes: int = planes
        self._dtype: np.dtype[Any] = np.dtype(frame.dtype)
        self._fill = fill
        self.segment_height = frame.tilelength if frame.is_tiled else min(frame.rowsperstrip, self.height)
        self.segment_width = frame.tilewidth if frame.is_tiled else self.width
        if self.segment_height < 1 or self.segment_width < 1:
            raise ImageError(f"{name} is damaged: its tiles have no size.")
        self.segment_bytes = self.segment_height * self.segment_width * samples * self._dtype.itemsize
        if self.segment_bytes > MAX_SEGMENT_BYTES:
            raise ImageError(
                f"{name} cannot be opened: one of its tiles holds {self.segment_width} x {self.segment_height} pixels.",
            )
        self._columns: int = -(-self.width // self.segment_width)
        self._rows: int = -(-self.height // self.segment_height)
        if len(page.dataoffsets) < self.segment_count or len(page.databytecounts) < self.segment_count:
            raise ImageError(f"{name} is damaged: it lists fewer tiles than its size needs.")

    @property
    def dtype(self) -> np.dtype[Any]:
        return self._dtype

    @property
    def segment_count(self) -> int:
        return self._planes * self._rows * self._columns

    @property
    def extent(self) -> tuple[int, int]:
        """(width, height)."""
        return self.width, self.height

    @property
    def decoded_bytes(self) -> int:
        """Of the whole page."""
        return self.width * self.height * self.samples * self._dtype.itemsize

    def read(self, inside: Region) -> Samples:
        """The stored values of a rectangle that lies within the page."""
        out = np.full((inside.height, inside.width, self.samples), self._fill, dtype=self.dtype)
        tall, wide = self.segment_height, self.segment_width
        per_plane = self.samples // self._planes
        for plane in range(self._planes):
            for row in range(inside.y // tall, (inside.bottom - 1) // tall + 1):
                for column in range(inside.x // wide, (inside.right - 1) // wide + 1):
                    values = self.segment((plane * self._rows + row) * self._columns + column)
                    if values is not None:
                        box = Region(column * wide, row * tall, values.shape[1], values.shape[0])
                        paste(values, box, out[:, :, plane * per_plane : (plane + 1) * per_plane], inside)
        return out

    def segment(self, index: int) -> Samples | None:
        """One decoded tile or strip of shape (height, width, samples of its plane); None if the file leaves it out."""
        key = (*self._key, index)
        values = self._store.cache.get(key)
        if values is not None:
            return values
        with self._store.large_segments if self.segment_bytes >= _LARGE_SEGMENT_BYTES else nullcontext():
            values = self._store.cache.get(key)
            if values is None:
                values = self._decode(index)
                if values is not None:
                    self._store.cache.put(key, values, values.nbytes)
        return values

    def _decode(self, index: int) -> Samples | None:
        offset, count = self._page.dataoffsets[index], self._page.databytecounts[index]
        if count == 0 or offset == 0:
            return None
        file = self._store.file
        with file.lock:
            file.seek(offset)
            encoded = file.read(count)
        if len(encoded) != count:
            raise ImageError(f"{self._store.name} is cut off: a part of its pixels is missing.")
        tables = {}
        if self._frame.compression in _JPEG_COMPRESSIONS:
            tables = {"jpegtables": self._page.jpegtables, "jpegheader": self._frame.jpegheader}
        decoded, _, _ = self._frame.decode(encoded, index, **tables)
        return None if decoded is None else np.asarray(decoded[0])
