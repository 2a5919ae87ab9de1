"""Pictures with known cells for the network of `networks.py`, and a picture as an opened image."""

from collections.abc import Sequence

import numpy as np

from allviewer.domain.slide import Level, RgbArray, SlideInfo


class Picture:
    """A `PixelSource` of an array, with as many halved levels as asked for."""

    shareable = True

    def __init__(self, rgb: RgbArray, mpp: float | None = None, levels: int = 1) -> None:
        self._levels = [rgb]
        for _ in range(levels - 1):
            last = self._levels[-1]
            even = last[: last.shape[0] // 2 * 2, : last.shape[1] // 2 * 2].astype(np.uint16)
            self._levels.append(
                ((even[::2, ::2] + even[1::2, ::2] + even[::2, 1::2] + even[1::2, 1::2]) // 4).astype(np.uint8)
            )
        self.info = SlideInfo(tuple(Level(a.shape[1], a.shape[0], 2.0**i) for i, a in enumerate(self._levels)), mpp)
        self.reads = 0

    def read(self, level: int, x: int, y: int, width: int, height: int) -> RgbArray:
        self.reads += 1
        out = np.full((height, width, 3), 255, np.uint8)
        own = self._levels[level]
        top, left = max(0, y), max(0, x)
        part = own[top : max(top, y + height), left : max(left, x + width)]
        out[top - y : top - y + part.shape[0], left - x : left - x + part.shape[1]] = part
        return out

    def close(self) -> None:
        pass


def draw_cells(height: int, width: int, discs: Sequence[tuple[float, float, float]], nucleus: float = 0.6) -> RgbArray:
    """Cells as discs (x, y, radius); a pixel belongs to the disc whose border it is deepest in."""
    depth = np.full((height, width), -1.0)
    for x, y, radius in discs:
        left, top = max(0, int(x - radius) - 1), max(0, int(y - radius) - 1)
        part = depth[top : int(y + radius) + 2, left : int(x + radius) + 2]
        ys, xs = np.mgrid[: part.shape[0], : part.shape[1]] + 0.5
        np.maximum(part, 1 - np.hypot(xs + left - x, ys + top - y) / radius, out=part)
    picture = np.zeros((height, width, 3), np.uint8)
    inside, core = depth > 0, depth > 1 - nucleus
    picture[..., 0][core] = 255
    picture[..., 1][inside & ~core] = 255
    # the ground is never exact black: that would be a cut-out
    picture[..., 2] = (2 + 253 * np.clip(depth, 0, 1)).astype(np.uint8)
    return picture


def disc(height: int, width: int, x: float, y: float, radius: float) -> np.ndarray:
    ys, xs = np.mgrid[:height, :width] + 0.5
    return np.hypot(xs - x, ys - y) < radius
