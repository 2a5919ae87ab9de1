"""Which parts of an image somebody has looked at, closely enough to tell cells apart."""

import base64
import binascii
import zlib

import numpy as np
from numpy.typing import NDArray

from allviewer.domain.geometry import Region
from allviewer.session.placement import Placement

_MOST_SQUARES = 128
_FAR_UM = 1.0
"""A view with fewer pixels than one a micrometre (about a 10x objective) is for finding the way, not for looking."""
_FAR_SCALE = 0.25
"""The same where nobody knows the scale: device pixels a level-0 pixel."""


def is_close(placement: Placement, um_per_px: float | None) -> bool:
    """Whether a view shows enough of a cell to count as having looked at it."""
    if um_per_px:
        return um_per_px / placement.device_scale <= _FAR_UM
    return placement.device_scale >= _FAR_SCALE


class Visited:
    """A grid of squares over one image, at most 128 along its longer side.

    Attributes:
        squares: bool array of shape (rows, columns); True where somebody has looked.
    """

    def __init__(self, bounds: Region, text: str = "") -> None:
        """`text` is what `to_text` gave for the same image; what cannot be read counts as not looked at."""
        self._side_px = max(1, -(-max(bounds.width, bounds.height) // _MOST_SQUARES))
        rows, columns = -(-bounds.height // self._side_px), -(-bounds.width // self._side_px)
        self.squares: NDArray[np.bool_] = np.zeros((rows, columns), dtype=bool)
        if text:
            self._read(text)

    def mark(self, placement: Placement) -> bool:
        """Everything in view has been looked at. False if it had been before."""
        region, side = placement.visible_region, self._side_px
        rows = slice(region.y // side, -(-region.bottom // side))
        columns = slice(region.x // side, -(-region.right // side))
        ys, xs = np.mgrid[rows, columns] * side + side / 2
        a, b, c, d, x, y = placement.screen_matrix
        across, down = a * xs + c * ys + x, b * xs + d * ys + y
        width, height = placement.viewport
        seen = (across >= 0) & (across <= width) & (down >= 0) & (down <= height)
        if not np.any(seen & ~self.squares[rows, columns]):
            return False
        self.squares[rows, columns] |= seen
        return True

    def to_text(self) -> str:
        """A line for the case file; empty where nobody has looked yet."""
        if not self.squares.any():
            return ""
        return base64.b64encode(zlib.compress(np.packbits(self.squares).tobytes(), 9)).decode("ascii")

    def _read(self, text: str) -> None:
        needed = -(-self.squares.size // 8)
        try:
            packed = zlib.decompressobj().decompress(base64.b64decode(text, validate=True), needed + 1)
        except (binascii.Error, zlib.error, ValueError):
            return
        if len(packed) == needed:
            bits = np.unpackbits(np.frombuffer(packed, dtype=np.uint8), count=self.squares.size)
            self.squares[:] = bits.reshape(self.squares.shape).astype(bool)
