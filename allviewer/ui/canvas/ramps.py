"""Colours that also colour-blind people tell apart: a ramp for numbers, a row for names."""

import colorsys

Rgb = tuple[int, int, int]

UNCERTAINTY_RAMP: tuple[Rgb, ...] = (
    (70, 48, 126), (65, 66, 135), (58, 83, 139), (51, 98, 141), (45, 113, 142), (39, 127, 142),
    (34, 140, 141), (31, 154, 138), (34, 168, 132), (49, 181, 123), (74, 193, 109), (105, 205, 91),
    (139, 214, 70), (178, 221, 45), (218, 227, 25), (253, 231, 37),
)  # fmt: skip
"""From sure to uncertain: matplotlib's "viridis" without its violet, which is the colour of stained nuclei."""
HEAT_RAMP: tuple[Rgb, ...] = (
    (0, 0, 4), (40, 11, 84), (101, 21, 110), (159, 42, 99), (212, 72, 66), (245, 125, 21),
    (250, 193, 39), (252, 255, 164),
)  # fmt: skip
"""From nothing to the most: matplotlib's "inferno"."""
NEUTRAL: Rgb = (110, 110, 110)
"""Of what has no place on the ramp."""
_ROW: tuple[Rgb, ...] = (
    (0, 114, 178),
    (213, 94, 0),
    (0, 158, 115),
    (204, 121, 167),
    (230, 159, 0),
    (86, 180, 233),
)
"""After Okabe and Ito."""
_GOLDEN_ANGLE = 0.381966


def told_apart(number: int) -> Rgb:
    """The colour of the n-th of things that have no order; beyond the sixth, hues spread as widely as can be."""
    if number < len(_ROW):
        return _ROW[number]
    red, green, blue = colorsys.hsv_to_rgb(number * _GOLDEN_ANGLE % 1.0, 0.75, 0.8)
    return round(255 * red), round(255 * green), round(255 * blue)
