"""What stored values mean as colours, the same way for every reader: grey, colours, inks, or channels added up."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from allviewer.domain.slide import RgbArray
from allviewer.imaging.colour_profile import ColourProfile, Mode
from allviewer.imaging.intensity import (
    DEFAULT_COLOURS,
    Colour,
    ValueRange,
    cmyk_to_rgb,
    composite,
    grey_to_rgb,
    over_white,
    stored_range,
    to_uint8,
)

Samples = NDArray[Any]
"""Stored values of shape (height, width, samples), of the file's own type."""

ToRgb = Callable[[Samples, ColourProfile | None], RgbArray]
"""From stored values to RGB, with the colour profile to be applied."""

FULL_8_BIT = ValueRange(0, 255)


@dataclass(frozen=True, slots=True)
class Colouring:
    """How the values of one image become colours.

    Attributes:
        mode: what a colour profile for it must be made for.
        to_rgb: from values (height, width, samples).
        spans: of each channel the values that become black and full; none for a grey or colour image.
    """

    mode: Mode
    to_rgb: ToRgb
    spans: tuple[ValueRange, ...] = ()

    @property
    def channel_count(self) -> int:
        return len(self.spans)

    def channel_in_grey(self, values: NDArray[Any], channel: int) -> RgbArray:
        """One channel's values (height, width)."""
        return grey_to_rgb(to_uint8(values, self.spans[channel]))

    def channel_names(self, given: Sequence[str]) -> tuple[str, ...]:
        """A name for each channel: the one given, else its number."""
        names = [*given, *[""] * self.channel_count]
        return tuple(names[index] or f"Channel {index + 1}" for index in range(self.channel_count))


def grey(span: ValueRange = FULL_8_BIT, inverted: bool = False) -> Colouring:
    """The first sample; `inverted` where 0 is white."""

    def convert(values: Samples, profile: ColourProfile | None) -> RgbArray:
        light = to_uint8(values[:, :, 0], span)
        return managed(grey_to_rgb(255 - light if inverted else light), profile)

    return Colouring("L", convert)


def rgb(span: ValueRange = FULL_8_BIT) -> Colouring:
    """Three samples; further ones are left out."""

    def convert(values: Samples, profile: ColourProfile | None) -> RgbArray:
        return np.ascontiguousarray(managed(to_uint8(values[:, :, :3], span), profile))

    return Colouring("RGB", convert)


def rgb_over_white(span: ValueRange = FULL_8_BIT, premultiplied: bool = False) -> Colouring:
    """Three samples and a fourth that says how much of the white behind they cover."""

    def convert(values: Samples, profile: ColourProfile | None) -> RgbArray:
        colours = managed(np.ascontiguousarray(to_uint8(values[:, :, :3], span)), profile)
        alpha = to_uint8(values[:, :, 3:4], span)
        if alpha.min(initial=255) == 255:
            return colours
        if premultiplied:
            return np.asarray(np.minimum(colours + (255 - alpha.astype(np.uint16)), 255).astype(np.uint8))
        return over_white(np.dstack([colours, alpha]))

    return Colouring("RGB", convert)


def inks(span: ValueRange = FULL_8_BIT) -> Colouring:
    """Four samples: cyan, magenta, yellow, black."""

    def convert(values: Samples, profile: ColourProfile | None) -> RgbArray:
        amounts = np.ascontiguousarray(to_uint8(values, span))
        return cmyk_to_rgb(amounts) if profile is None or not profile.changes_colours else profile.to_srgb(amounts)

    return Colouring("CMYK", convert)


def channels(
    sampled: Samples, colours: Sequence[Colour | None], windows: Sequence[ValueRange | None] = ()
) -> Colouring:
    """Each sample in a colour of its own, from its smallest to its largest value; 8-bit ones as stored.

    Args:
        sampled: some of the values, (n, 1, samples).
        colours: what the file says, as far as it does.
        windows: values to be shown black and full, as far as the file says.
    """
    count = sampled.shape[2]
    eight_bit = sampled.dtype == np.uint8
    found = [FULL_8_BIT if eight_bit else stored_range(sampled[:, :, index]) for index in range(count)]
    spans = [window or span for window, span in zip([*windows, *[None] * count], found, strict=False)]
    given = [*colours, *[None] * count]
    used = [given[index] or DEFAULT_COLOURS[index % len(DEFAULT_COLOURS)] for index in range(count)]
    return Colouring("RGB", lambda values, _: composite(np.moveaxis(values, 2, 0), spans, used), tuple(spans))


def managed(pixels: RgbArray, profile: ColourProfile | None) -> RgbArray:
    """RGB with the profile applied, where there is one."""
    return pixels if profile is None else profile.to_srgb(pixels)
