"""From any number of bits and kind of channel to 8-bit RGB, the same way for whole images and for tiles."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from allviewer.domain.slide import RgbArray

Colour = tuple[int, int, int]

DEFAULT_COLOURS: tuple[Colour, ...] = (
    (255, 0, 0),
    (0, 255, 0),
    (0, 0, 255),
    (255, 255, 0),
    (255, 0, 255),
    (0, 255, 255),
)
"""Colours of fluorescence channels whose file names none."""


@dataclass(frozen=True, slots=True)
class ValueRange:
    """Stored values that become 0 and 255."""

    low: float
    high: float


def camera_range(values: NDArray[np.generic]) -> ValueRange:
    """The range of the camera that most likely wrote these values.

    Unsigned: from 0 to the full range of the smallest usual depth (8, 10, 12, 14, 16, 32 bits) that holds the largest
    value, so that two images of one camera keep the same brightness. Signed and floating: the stored range.
    """
    if values.dtype == np.uint8:
        return ValueRange(0, 255)
    if values.dtype == np.bool_:
        return ValueRange(0, 1)
    if values.dtype.kind == "u":
        largest = int(values.max(initial=0))
        bits = next(bits for bits in (8, 10, 12, 14, 16, 32, 64) if largest < 1 << bits)
        return ValueRange(0, float((1 << bits) - 1))
    return stored_range(values)


def stored_range(values: NDArray[np.generic]) -> ValueRange:
    """From the smallest to the largest finite value."""
    finite = values[np.isfinite(values)] if values.dtype.kind in "fc" else values.ravel()
    if finite.size == 0:
        return ValueRange(0, 1)
    return ValueRange(float(finite.min()), float(finite.max()))


def to_uint8(values: NDArray[np.generic], span: ValueRange) -> NDArray[np.uint8]:
    """Values scaled so that `span` fills 0..255, of the same shape; not-a-number becomes 0."""
    if values.dtype == np.uint8 and (span.low, span.high) == (0, 255):
        return values.astype(np.uint8, copy=False)
    scale = 255.0 / (span.high - span.low) if span.high > span.low else 0.0
    scaled = (values.astype(np.float32) - np.float32(span.low)) * np.float32(scale)
    return np.asarray(np.clip(np.nan_to_num(scaled + 0.5), 0, 255).astype(np.uint8))


def grey_to_rgb(grey: NDArray[np.uint8]) -> RgbArray:
    """(height, width) to (height, width, 3)."""
    return np.repeat(grey[:, :, None], 3, axis=2)


def over_white(rgba: NDArray[np.uint8]) -> RgbArray:
    """Colours with straight alpha, (height, width, 4), laid on white."""
    alpha = rgba[:, :, 3:]
    if alpha.min(initial=255) == 255:
        return np.ascontiguousarray(rgba[:, :, :3])
    weight = alpha.astype(np.uint16)
    mixed = rgba[:, :, :3].astype(np.uint16) * weight + 255 * (255 - weight) + 127
    return np.asarray((mixed // 255).astype(np.uint8))


def cmyk_to_rgb(cmyk: NDArray[np.uint8]) -> RgbArray:
    """Ink amounts (0 none, 255 full) of shape (height, width, 4), without a profile."""
    light = 255 - cmyk.astype(np.uint16)
    return np.asarray(((light[:, :, :3] * light[:, :, 3:] + 127) // 255).astype(np.uint8))


def ycbcr_to_rgb(ycbcr: NDArray[np.uint8]) -> RgbArray:
    """Full-range YCbCr (ITU-R BT.601, as in JPEG) of shape (height, width, 3)."""
    luma, blue, red = (ycbcr[:, :, index].astype(np.float32) for index in range(3))
    blue, red = blue - 128, red - 128
    rgb = np.stack([luma + 1.402 * red, luma - 0.344136 * blue - 0.714136 * red, luma + 1.772 * blue], axis=2)
    return np.asarray(np.clip(rgb + 0.5, 0, 255).astype(np.uint8))


def composite(channels: NDArray[np.generic], spans: Sequence[ValueRange], colours: Sequence[Colour]) -> RgbArray:
    """Fluorescence channels of shape (channels, height, width) added up, each in its colour."""
    total = np.zeros((*channels.shape[1:], 3), dtype=np.float32)
    for values, span, colour in zip(channels, spans, colours, strict=True):
        total += to_uint8(values, span)[:, :, None].astype(np.float32) * (np.array(colour, dtype=np.float32) / 255)
    return np.asarray(np.clip(total + 0.5, 0, 255).astype(np.uint8))
