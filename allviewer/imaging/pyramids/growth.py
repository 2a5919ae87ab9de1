"""What there is of a large image so far: a coarse picture, and tiles as they become ready."""

import threading
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

import numpy as np

from allviewer.domain.geometry import Region
from allviewer.domain.slide import PixelSource, RgbArray
from allviewer.errors import UserError
from allviewer.imaging.image_source import WHITE
from allviewer.imaging.pyramids.messages import CoarseRows, Message, SparseLook, TileRow
from allviewer.imaging.pyramids.tile_file import TILE_PX, Place, decoded_tile


class Growth:
    """Filled by one thread, read by any. All looks at an open image share one.

    Args:
        sizes: width and height of the levels that will be kept, finest first.
        coarse_size: width and height of the coarse picture.

    Attributes:
        failure: why the pyramid was not finished, as far as it is known.
        building: held by whoever builds.
    """

    def __init__(self, sizes: list[tuple[int, int]], coarse_size: tuple[int, int]) -> None:
        self.failure: UserError | None = None
        self.building = threading.Lock()
        self._sizes = sizes
        self._coarse_size = coarse_size
        self._coarse: RgbArray | None = None
        self._begin()

    def _begin(self) -> None:
        self._rows: list[list[list[Place]]] = [[] for _ in self._sizes]
        self._file: BinaryIO | None = None
        self._file_lock = threading.Lock()
        self._whole: PixelSource | None = None

    @property
    def is_whole(self) -> bool:
        """Whether the pyramid is finished."""
        return self._whole is not None

    @property
    def has_begun(self) -> bool:
        """Whether there is anything to be seen."""
        return self.is_whole or self._coarse is not None

    def has(self, level: int, box: Region) -> bool:
        """Whether all of a rectangle of a kept level can be read."""
        return level >= 0 and (self.is_whole or ((box.bottom - 1) // TILE_PX < len(self._rows[level])))

    def read(self, level: int, box: Region) -> RgbArray:
        """Exact pixels of a rectangle that `has` says is there.

        Raises:
            ImageError: the file in the cache is damaged.
            OSError: it cannot be read.
        """
        whole = self._whole
        if whole is not None:
            return whole.read(level, box.x, box.y, box.width, box.height)
        canvas = np.empty((box.height, box.width, 3), dtype=np.uint8)
        for row in range(box.y // TILE_PX, (box.bottom - 1) // TILE_PX + 1):
            for column in range(box.x // TILE_PX, (box.right - 1) // TILE_PX + 1):
                own = Region(column * TILE_PX, row * TILE_PX, TILE_PX, TILE_PX)
                shared = own.intersection(box)
                tile = self._tile(level, row, column)
                canvas[shared.y - box.y : shared.bottom - box.y, shared.x - box.x : shared.right - box.x] = tile[
                    shared.y - own.y : shared.bottom - own.y, shared.x - own.x : shared.right - own.x
                ]
        return canvas

    def glance(self, box: Region, enlargement: float) -> RgbArray | None:
        """A rectangle as far as the coarse picture shows it; white where that has not come to; None before it began.

        Args:
            box: in pixels of a level.
            enlargement: pixels of that level for one of the coarse picture; below 1: it is reduced.
        """
        import cv2

        coarse = self._coarse
        if coarse is None:
            return None
        height, width = coarse.shape[:2]
        left, top = min(width - 1, int(box.x / enlargement)), min(height - 1, int(box.y / enlargement))
        right = max(left + 1, min(width, -int(-box.right // enlargement)))
        bottom = max(top + 1, min(height, -int(-box.bottom // enlargement)))
        crop = coarse[top:bottom, left:right]
        if enlargement <= 1:
            tall, wide = round(box.height / enlargement), round(box.width / enlargement)
            crop = np.pad(crop, ((0, tall - crop.shape[0]), (0, wide - crop.shape[1]), (0, 0)), mode="edge")
            return np.asarray(cv2.resize(crop, (box.width, box.height), interpolation=cv2.INTER_AREA))
        size = (round(crop.shape[1] * enlargement), round(crop.shape[0] * enlargement))
        large = np.asarray(cv2.resize(crop, size, interpolation=cv2.INTER_LINEAR))
        x, y = box.x - round(left * enlargement), box.y - round(top * enlargement)
        cut = large[y : y + box.height, x : x + box.width]
        below, beside = box.height - cut.shape[0], box.width - cut.shape[1]
        return np.asarray(np.pad(cut, ((0, below), (0, beside), (0, 0)), mode="edge"))

    def take(self, message: Message, part: Path | None) -> None:
        """Something is ready."""
        if isinstance(message, SparseLook):
            import cv2

            self._coarse = np.asarray(cv2.resize(message.pixels, self._coarse_size, interpolation=cv2.INTER_LINEAR))
        elif isinstance(message, CoarseRows):
            if self._coarse is None:
                width, height = self._coarse_size
                self._coarse = np.full((height, width, 3), WHITE, dtype=np.uint8)
            rows = message.pixels[: self._coarse.shape[0] - message.top, : self._coarse.shape[1]]
            self._coarse[message.top : message.top + rows.shape[0], : rows.shape[1]] = rows
        elif isinstance(message, TileRow) and part is not None:
            if self._file is None:
                self._file = part.open("rb", buffering=0)
            self._rows[message.level].append(message.places)

    def begin_again(self) -> None:
        """What was built before it failed is of no use; the coarse picture stays."""
        self.close()
        self._begin()
        self.failure = None

    def finish(self, keep: Callable[[], PixelSource]) -> None:
        """Go over to the finished pyramid, which `keep` gives once the file under way is closed."""
        with self._file_lock:
            if self._file is not None:
                self._file.close()
                self._file = None
            self._whole = keep()
        self._rows = [[] for _ in self._sizes]
        self._coarse = None

    def close(self) -> None:
        """Let go of the files."""
        with self._file_lock:
            if self._file is not None:
                self._file.close()
                self._file = None
            if self._whole is not None:
                self._whole.close()

    def _tile(self, level: int, row: int, column: int) -> RgbArray:
        with self._file_lock:
            if self._file is None:  # finished since the caller looked
                box = Region(column * TILE_PX, row * TILE_PX, TILE_PX, TILE_PX)
                assert self._whole is not None, "a pyramid is read after it was closed"
                return self._whole.read(level, box.x, box.y, box.width, box.height)
            offset, length = self._rows[level][row][column]
            self._file.seek(offset)
            encoded = self._file.read(length)
        return decoded_tile(encoded)
