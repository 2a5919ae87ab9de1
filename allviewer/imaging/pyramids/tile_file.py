"""Writes a tiled BigTIFF of several levels whose tiles come in any order; they can be read before it is finished.

A TIFF may keep its directories at the end. So the tiles are appended as they are made, and what the file holds can
be read through the places that `append` gave; the directories and the pointer to them come last. A file that was not
finished has no directory, and no reader takes it for an image.
"""

import os
import struct
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from allviewer.domain.slide import RgbArray

TILE_PX = 256
_HEADER_BYTES = 16
_ZSTD, _HORIZONTAL_DIFFERENCES = 50000, 2
_SHORT, _LONG, _LONG8 = 3, 4, 16
_SHORTS = struct.Struct("<4H")
_REDUCED = 1

Place = tuple[int, int]
"""Where a tile lies in the file: offset and length in bytes."""


def encoded_tile(pixels: RgbArray) -> bytes:
    """A tile without loss: differences along the rows, then zstd. At edges the last pixels are repeated."""
    import imagecodecs

    below, beside = TILE_PX - pixels.shape[0], TILE_PX - pixels.shape[1]
    if below or beside:
        pixels = np.pad(pixels, ((0, below), (0, beside), (0, 0)), mode="edge")
    differences = np.asarray(imagecodecs.delta_encode(np.ascontiguousarray(pixels), axis=1))
    return bytes(imagecodecs.zstd_encode(differences.tobytes(), level=1))


def decoded_tile(encoded: bytes) -> RgbArray:
    """What `encoded_tile` was given, (TILE_PX, TILE_PX, 3) uint8."""
    import imagecodecs

    differences = np.frombuffer(imagecodecs.zstd_decode(encoded), np.uint8).reshape(TILE_PX, TILE_PX, 3)
    return np.asarray(imagecodecs.delta_decode(differences, axis=1))


class TileFile:
    """A file under way; raises `OSError` where the disk refuses."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("xb", buffering=0)
        self._size = _HEADER_BYTES
        self._write(b"\0" * _HEADER_BYTES)

    @property
    def size_bytes(self) -> int:
        return self._size

    def append(self, encoded: bytes) -> Place:
        """Write one tile; it can be read when this returns."""
        place = (self._size, len(encoded))
        self._write(encoded)
        self._size += len(encoded)
        return place

    def finish(self, levels: Sequence[tuple[int, int]], places: Sequence[Sequence[Place]]) -> None:
        """Write the directories and close.

        Args:
            levels: width and height of each level, finest first.
            places: of each level its tiles, row by row.
        """
        directories, links = bytearray(), [8]
        for index, ((width, height), tiles) in enumerate(zip(levels, places, strict=True)):
            arrays = np.array(tiles, dtype="<u8").T
            start = self._size + len(directories)
            directories += np.ascontiguousarray(arrays).tobytes()
            links.append(self._size + len(directories))
            directories += _directory(width, height, _REDUCED if index else 0, len(tiles), start, arrays)
        self._write(bytes(directories))
        for index, link in enumerate(links[1:]):
            # each directory ends with the offset of the next one; the first is named in the header
            self._file.seek(links[index] if index == 0 else links[index] + _LINK_AT)
            self._write(struct.pack("<Q", link))
        os.fsync(self._file.fileno())
        self._file.seek(0)
        self._write(struct.pack("<2s3H", b"II", 43, 8, 0))
        os.fsync(self._file.fileno())
        self._file.close()

    def close(self) -> None:
        """Give up: the file stays without a directory."""
        self._file.close()

    def _write(self, data: bytes) -> None:
        view = memoryview(data)
        while view:
            view = view[self._file.write(view) :]


_TAGS = 12
_LINK_AT = 8 + 20 * _TAGS


def _directory(width: int, height: int, kind: int, count: int, start: int, arrays: NDArray[np.uint64]) -> bytes:
    """One image file directory, the link to the next one left 0."""
    one = count == 1  # a single value stands in the directory itself
    offsets, lengths = (int(arrays[0, 0]), int(arrays[1, 0])) if one else (start, start + 8 * count)
    bits = int.from_bytes(_SHORTS.pack(8, 8, 8, 0), "little")
    entries = (
        (254, _LONG, 1, kind),
        (256, _LONG, 1, width),
        (257, _LONG, 1, height),
        (258, _SHORT, 3, bits),
        (259, _SHORT, 1, _ZSTD),
        (262, _SHORT, 1, 2),
        (277, _SHORT, 1, 3),
        (317, _SHORT, 1, _HORIZONTAL_DIFFERENCES),
        (322, _LONG, 1, TILE_PX),
        (323, _LONG, 1, TILE_PX),
        (324, _LONG8, count, offsets),
        (325, _LONG8, count, lengths),
    )
    assert len(entries) == _TAGS
    body = b"".join(struct.pack("<HHQQ", *entry) for entry in entries)
    return struct.pack("<Q", len(entries)) + body + struct.pack("<Q", 0)
