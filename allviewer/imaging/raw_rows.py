"""Uncompressed images (BMP, PPM) whose rows are read from the file as they are wanted, however large they are."""

import threading
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from allviewer.domain.geometry import Region
from allviewer.domain.slide import RgbArray, SlideInfo
from allviewer.errors import ImageError
from allviewer.imaging.colour_profile import ColourProfile
from allviewer.imaging.colouring import managed
from allviewer.imaging.failures import naming
from allviewer.imaging.image_source import ImageSource

if TYPE_CHECKING:
    from PIL.Image import Image as PillowImage

_MODES = ("L", "P", "RGB")
_BYTES_PER_PX = {"L": 1, "P": 1, "RGB": 3, "BGR": 3, "BGRX": 4, "XBGR": 4, "BGXR": 4}
"""By Pillow's name for the order of the bytes."""


class RowsSource(ImageSource):
    """A `PixelSource` of one level over the rows of a file. They are read, not mapped: a file that is cut off while it
    is open would end the program.

    Args:
        path: the file.
        image: as Pillow opened it, not decoded yet.
        info: of it.
        profile: applied as it is read.

    Raises:
        ImageError: the file is shorter than its header says.
    """

    def __init__(self, path: Path, image: "PillowImage", info: SlideInfo, profile: ColourProfile | None) -> None:
        super().__init__(info)
        layout = rows_of(image)
        assert layout is not None, "only images that lie in rows are read by them"
        self._order, self._start, self._stride, self._is_upwards = layout
        self._name, self._profile = path.name, profile
        # asked of the image itself, it would be decoded for the answer
        self._mode, self._palette = image.mode, None if image.palette is None else image.palette.getdata()
        if path.stat().st_size < self._start + self._stride * (info.height - 1) + info.width * self._px_bytes:
            raise ImageError(f"{path.name} is cut off: a part of its pixels is missing.")
        self._lock = threading.Lock()
        self._path, self._file = path, path.open("rb")

    def close(self) -> None:
        """See `PixelSource.close`."""
        with self._lock:
            self._file.close()

    @property
    def _px_bytes(self) -> int:
        return _BYTES_PER_PX[self._order]

    def _read_inside(self, level: int, inside: Region) -> RgbArray:
        from PIL import Image

        with naming(self._path):
            rows = b"".join(self._row(y, inside.x, inside.width) for y in range(inside.y, inside.bottom))
            part = Image.frombytes(self._mode, (inside.width, inside.height), rows, "raw", self._order)
            if self._palette is not None:
                order, colours = self._palette
                part.putpalette(colours, order)
            return managed(np.array(part.convert("RGB")), self._profile if self._look.managed else None)

    def _row(self, y: int, x: int, width: int) -> bytes:
        number = self._info.height - 1 - y if self._is_upwards else y
        with self._lock:
            self._file.seek(self._start + number * self._stride + x * self._px_bytes)
            found = self._file.read(width * self._px_bytes)
        if len(found) != width * self._px_bytes:
            raise ImageError(f"{self._name} is cut off: a part of its pixels is missing.")
        return found


def rows_of(image: "PillowImage") -> tuple[str, int, int, bool] | None:
    """How an undecoded image lies in its file: order of the bytes, where the first row begins, bytes from one row to
    the next, whether the lowest row comes first; None if it does not lie there row by row.
    """
    tiles: Sequence[tuple[Any, ...]] = getattr(image, "tile", ())  # of images that come from a file
    if image.mode not in _MODES or len(tiles) != 1 or tiles[0][0] != "raw":
        return None
    _, _, start, given = tiles[0]
    order, stride, direction = given if isinstance(given, tuple) else (given, 0, 1)
    if order not in _BYTES_PER_PX:
        return None
    return order, start, stride or image.width * _BYTES_PER_PX[order], direction < 0
