"""What an image may ask for before any of it is decoded: a header is a claim, not a promise."""

from allviewer.errors import ImageError
from allviewer.memory.byte_budget import memory_bytes

MAX_DECODED_BYTES = 600_000_000
"""What an image that is decoded whole may take as RGB (14 000 x 14 000 px); decoders take three times that."""

MAX_CHILD_BYTES = 3 << 29
"""The same for what a process of its own decodes, row by row or as the format demands, with nothing else in memory."""

_SHARE_FOR_CHILD = 2
_MOST_PX_PER_BYTE = 60
"""Photographs that were compressed to less are not worth looking at; what claims more is a bomb."""

MAX_STREAMED_PX = 5_000_000_000
"""What is read row by row, to be cut into tiles: all that a JPEG can hold (65 535 x 65 535), and a little more."""

LARGE_PX = 64_000_000
"""An image of more pixels than this is not held whole: it is shown from a pyramid (192 MB as RGB)."""

MAX_SEGMENT_BYTES = 1 << 28
"""What one tile or strip may take when decoded; real ones stay far below."""

MAX_SIDE_PX = 4_000_000
"""No slide scanner comes near this many pixels a side; a header that does is damaged or hostile."""


def check_size(name: str, width: int, height: int) -> None:
    """Refuse sizes that no image has.

    Raises:
        ImageError: a side is zero, negative or beyond any slide.
    """
    if width < 1 or height < 1:
        raise ImageError(f"{name} has no pixels: its header says {width} x {height}.")
    if max(width, height) > MAX_SIDE_PX:
        raise ImageError(f"{name} cannot be opened: its header claims {width} x {height} pixels.")


def child_bytes(file_bytes: int, width: int, height: int) -> int:
    """What a process of its own may take for an image that only decodes whole: half of the machine's memory for a file
    that can hold so many pixels, little for one that only claims them.
    """
    if width * height > file_bytes * _MOST_PX_PER_BYTE:
        return MAX_CHILD_BYTES
    return max(MAX_CHILD_BYTES, memory_bytes() // _SHARE_FOR_CHILD)


def check_decoded(
    name: str, width: int, height: int, bytes_per_px: int = 3, most_bytes: int = MAX_DECODED_BYTES
) -> None:
    """Refuse an image that would not fit into memory when decoded whole.

    Raises:
        ImageError: the size is impossible or beyond the budget.
    """
    check_size(name, width, height)
    if width * height * max(3, bytes_per_px) > most_bytes:
        raise ImageError(
            f"{name} is too large to be opened as a plain image: {width} x {height} pixels.",
            "Save it as a tiled TIFF with several resolutions.",
        )
