"""Pictures with known pixels, and the truth that any reading of them must equal."""

import numpy as np
import pytest


@pytest.fixture(scope="session")
def picture():
    """Maker of a smooth coloured picture with hard edges: (height, width, 3) uint8, seeded."""

    def make(width, height, seed=0):
        rng = np.random.default_rng(seed)
        ys, xs = np.mgrid[0:height, 0:width]
        waves = [127 + 120 * np.sin(xs / rng.uniform(5, 40) + ys / rng.uniform(5, 40)) for _ in range(3)]
        pixels = np.stack(waves, axis=2).astype(np.uint8)
        for _ in range(10):
            x, y = rng.integers(0, width), rng.integers(0, height)
            pixels[y : y + height // 8 + 1, x : x + width // 8 + 1] = rng.integers(0, 256, 3)
        return pixels

    return make


@pytest.fixture(scope="session")
def crop_of():
    """The reference for `PixelSource.read` on a whole level: a crop with white outside."""

    def crop(whole, x, y, width, height):
        canvas = np.full((height, width, 3), 255, dtype=np.uint8)
        left, top = max(0, x), max(0, y)
        right, bottom = min(whole.shape[1], x + width), min(whole.shape[0], y + height)
        if left < right and top < bottom:
            canvas[top - y : bottom - y, left - x : right - x] = whole[top:bottom, left:right]
        return canvas

    return crop


@pytest.fixture(scope="session")
def whole_level():
    """All pixels of one level."""

    def read(source, index=0):
        level = source.info.levels[index]
        return source.read(index, 0, 0, level.width, level.height)

    return read
