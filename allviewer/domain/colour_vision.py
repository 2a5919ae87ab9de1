"""How colours look to colour-blind people, and how far apart two colours are to them. Pure."""

import itertools

import numpy as np
from numpy.typing import NDArray

from allviewer.domain.labels import ClassSet

Rgb = tuple[int, int, int]

VISIONS = ("usual", "protanopia", "deuteranopia", "tritanopia")

_SIMULATION = {
    "usual": ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)),
    "protanopia": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "deuteranopia": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881)),
    "tritanopia": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.303900)),
}
"""Linear RGB to linear RGB for the whole loss of a cone: Machado, Oliveira and Fernandes, IEEE TVCG 2009, table 1."""

_TO_XYZ = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
)
_WHITE_XYZ = _TO_XYZ.sum(axis=1)
_LAB_KNEE = (6 / 29) ** 3
_TOO_NEAR = 12.0


def seen(colour: Rgb, vision: str) -> Rgb:
    """A colour as somebody with this vision sees it."""
    linear = np.clip(np.array(_SIMULATION[vision]) @ _linear(colour), 0, 1)
    encoded = np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)
    red, green, blue = (round(float(value) * 255) for value in encoded)
    return red, green, blue


def distance(a: Rgb, b: Rgb, vision: str = "usual") -> float:
    """CIE 1976 colour difference of two colours to somebody with this vision; 2.3 is just noticeable side by side."""
    return float(np.linalg.norm(_lab(seen(a, vision)) - _lab(seen(b, vision))))


def least_distance(a: Rgb, b: Rgb) -> float:
    """The distance to whoever tells the two apart worst."""
    return min(distance(a, b, vision) for vision in VISIONS)


def _linear(colour: Rgb) -> NDArray[np.float64]:
    encoded = np.array(colour, dtype=np.float64) / 255
    return np.where(encoded <= 0.04045, encoded / 12.92, ((encoded + 0.055) / 1.055) ** 2.4)


def _lab(colour: Rgb) -> NDArray[np.float64]:
    share = _TO_XYZ @ _linear(colour) / _WHITE_XYZ
    x, y, z = np.where(share > _LAB_KNEE, np.cbrt(share), share / (3 * (6 / 29) ** 2) + 4 / 29)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


def alike(class_set: ClassSet) -> list[tuple[str, str, str]]:
    """Titles of classes with the same line whose colours are hard to tell apart, and to whom."""
    found = []
    for a, b in itertools.combinations(class_set.classes, 2):
        worst = min(VISIONS, key=lambda vision: distance(a.colour, b.colour, vision))
        if a.line == b.line and distance(a.colour, b.colour, worst) < _TOO_NEAR:
            found.append((a.title, b.title, worst))
    return found
