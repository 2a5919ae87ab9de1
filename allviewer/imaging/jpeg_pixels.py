"""JPEG pixels through imagecodecs: twice as fast as Pillow, into an array at once."""

import re

import numpy as np

from allviewer.domain.slide import RgbArray

_MARKER = re.compile(rb"\xff+([^\x00\xff])", re.DOTALL)
_END_OF_IMAGE = 0xD9
_WITHOUT_LENGTH = {0x01, 0xD8, *range(0xD0, 0xD8)}


def is_complete(encoded: bytes) -> bool:
    """Whether the stream runs to its end marker; decoders fill up what is cut off in grey without a word."""
    position = 2
    while (found := _MARKER.search(encoded, position)) is not None:
        marker, position = found.group(1)[0], found.end()
        if marker == _END_OF_IMAGE:
            return True
        if marker not in _WITHOUT_LENGTH:
            position += int.from_bytes(encoded[position : position + 2], "big")
    return False


def decode_rgb(encoded: bytes) -> RgbArray:
    """Pixels (height, width, 3) of a grey or colour JPEG (not of one in inks)."""
    import imagecodecs

    pixels = imagecodecs.jpeg8_decode(encoded, outcolorspace="RGB")
    return np.asarray(pixels)
