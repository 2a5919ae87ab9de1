"""A mask: a box in level-0 pixels and the bitmap inside it. Never the size of the slide."""

import zlib
from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from allviewer.domain.geometry import Region

Bitmap = NDArray[np.bool_]

_PACKED_FROM_PX, _SQUEEZED_FROM_PX = 1024, 4096
"""Boxes of so many pixels are kept eight to a byte, larger ones compressed as well, which makes a cell of 140 pixels
six times smaller; either takes some microseconds."""

_OBJECT_BYTES = 150
"""About what a mask takes beside its pixels, and an array beside its own."""


class Mask:
    """An immutable set of pixels. The box is always tight, so equal sets are equal masks.

    Attributes:
        region: the tight box in level-0 pixels; of zero size for the empty mask.
        bitmap: read-only bool array of shape (region.height, region.width).
    """

    __slots__ = ("_kept", "region")

    region: Region
    _kept: Bitmap | bytes

    def __init__(self, bitmap: NDArray[np.generic], x: int = 0, y: int = 0) -> None:
        """Take a two-dimensional array (non-zero is inside) whose first pixel lies at (x, y)."""
        array = np.asarray(bitmap, dtype=bool)
        if array.ndim != 2:
            raise ValueError(f"a mask has two dimensions, not {array.ndim}")
        left, top, right, bottom = _tight_edges(array)
        array = array[top:bottom, left:right].copy()
        array.flags.writeable = False
        # a byte a pixel, a hundred thousand cells of a finely scanned slide would take two gigabytes
        self._kept = array if array.size < _PACKED_FROM_PX else _packed(array)
        self.region = Region(x + left, y + top, right - left, bottom - top) if array.size else Region(0, 0, 0, 0)

    @property
    def bitmap(self) -> Bitmap:
        if not isinstance(self._kept, bytes):
            return self._kept
        height, width = self.region.height, self.region.width
        packed = zlib.decompress(self._kept) if height * width >= _SQUEEZED_FROM_PX else self._kept
        bits = np.unpackbits(np.frombuffer(packed, np.uint8), count=height * width)
        bits.flags.writeable = False
        return bits.view(np.bool_).reshape(height, width)

    @property
    def nbytes(self) -> int:
        """About what it takes in memory."""
        return _OBJECT_BYTES + (len(self._kept) if isinstance(self._kept, bytes) else self._kept.nbytes + _OBJECT_BYTES)

    @classmethod
    def empty(cls) -> "Mask":
        return cls(np.zeros((0, 0), dtype=bool))

    @classmethod
    def union_of(cls, masks: Iterable["Mask"]) -> "Mask":
        """The pixels that are in any of the masks."""
        kept = [mask for mask in masks if not mask.is_empty]
        if not kept:
            return cls.empty()
        box = kept[0].region
        for mask in kept[1:]:
            box = box.union(mask.region)
        canvas = np.zeros((box.height, box.width), dtype=bool)
        for mask in kept:
            mask.paint_into(canvas, box)
        return cls(canvas, box.x, box.y)

    @property
    def is_empty(self) -> bool:
        return self.region.is_empty

    @property
    def area_px(self) -> int:
        return int(np.count_nonzero(self.bitmap))

    @property
    def centroid(self) -> tuple[float, float]:
        """(x, y) of the mean of the pixel centres, in level-0 pixels. Raises ValueError if empty."""
        if self.is_empty:
            raise ValueError("an empty mask has no centroid")
        ys, xs = np.nonzero(self.bitmap)
        return float(xs.mean()) + self.region.x + 0.5, float(ys.mean()) + self.region.y + 0.5

    def within(self, box: Region) -> Bitmap:
        """The bitmap seen through another box: a new bool array of shape (box.height, box.width)."""
        canvas = np.zeros((box.height, box.width), dtype=bool)
        self.paint_into(canvas, box)
        return canvas

    def paint_into(self, canvas: NDArray[Any], box: Region, value: Any = True) -> None:
        """Set `value` where this mask lies, in an array whose first pixel is at (box.x, box.y)."""
        shared = self.region.intersection(box)
        if shared.is_empty:
            return
        own = self.bitmap[
            shared.y - self.region.y : shared.bottom - self.region.y,
            shared.x - self.region.x : shared.right - self.region.x,
        ]
        canvas[shared.y - box.y : shared.bottom - box.y, shared.x - box.x : shared.right - box.x][own] = value

    def contains_point(self, x: float, y: float) -> bool:
        """Whether the pixel under the level-0 point belongs to the mask."""
        if not self.region.contains_point(x, y):
            return False
        return bool(self.bitmap[int(np.floor(y)) - self.region.y, int(np.floor(x)) - self.region.x])

    def contains(self, other: "Mask") -> bool:
        return other.is_empty or not np.any(other.bitmap & ~self.within(other.region))

    def moved(self, dx: int, dy: int) -> "Mask":
        return Mask(self.bitmap, self.region.x + dx, self.region.y + dy)

    def clipped(self, box: Region) -> "Mask":
        """The part inside the box."""
        shared = self.region.intersection(box)
        return Mask(self.within(shared), shared.x, shared.y)

    def iou(self, other: "Mask") -> float:
        """Intersection over union; 0 if both are empty."""
        shared = (self & other).area_px
        total = self.area_px + other.area_px - shared
        return shared / total if total else 0.0

    def __or__(self, other: "Mask") -> "Mask":
        return Mask.union_of((self, other))

    def __and__(self, other: "Mask") -> "Mask":
        shared = self.region.intersection(other.region)
        return Mask(self.within(shared) & other.within(shared), shared.x, shared.y)

    def __sub__(self, other: "Mask") -> "Mask":
        return Mask(self.bitmap & ~other.within(self.region), self.region.x, self.region.y)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Mask):
            return NotImplemented
        # an edit of an earlier session is compared cell by cell: five times as fast as `np.array_equal`
        return self.region == other.region and self.bitmap.tobytes() == other.bitmap.tobytes()

    def __hash__(self) -> int:
        return hash((self.region, np.packbits(self.bitmap).tobytes()))

    def __repr__(self) -> str:
        r = self.region
        return f"Mask({self.area_px} px in {r.width}x{r.height} at {r.x},{r.y})"


def _packed(array: Bitmap) -> bytes:
    packed = np.packbits(array).tobytes()
    return zlib.compress(packed, 1) if array.size >= _SQUEEZED_FROM_PX else packed


def _tight_edges(array: Bitmap) -> tuple[int, int, int, int]:
    """Left, top, right, bottom of what is inside; all 0 if nothing is."""
    height, width = array.shape
    if array.size and array[0].any() and array[-1].any() and array[:, 0].any() and array[:, -1].any():
        return 0, 0, width, height  # most masks come tight, and a slide has a hundred thousand of them
    rows = np.flatnonzero(array.any(axis=1))
    if rows.size == 0:
        return 0, 0, 0, 0
    columns = np.flatnonzero(array.any(axis=0))
    return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1
