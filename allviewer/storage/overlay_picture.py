"""A picture of the smear with the outlines of its cells, for people."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from allviewer.domain.cell import Cell
from allviewer.domain.labels import ClassSet
from allviewer.domain.mask import Mask
from allviewer.domain.slide import RgbArray
from allviewer.storage import atomic

MAX_SIDE_PX = 4096

_DASHES_PX = {"solid": None, "long": (16, 5), "dash": (8, 5), "dot": (2, 4)}


def overlay_downsample(width: int, height: int) -> float:
    """Level-0 pixels per pixel of the picture: 1 for a field, more where a slide would pass `MAX_SIDE_PX`."""
    return max(1.0, max(width, height) / MAX_SIDE_PX)


def draw_overlay(picture: RgbArray, downsample: float, cells: Iterable[Cell], classes: ClassSet) -> RgbArray:
    """A copy of `picture` with each cell outlined in its class's colour and line, its nucleus thinner.

    `picture` is the whole image at `downsample`: shape (height, width, 3), uint8, RGB, as is the copy.
    """
    drawn = np.ascontiguousarray(picture).copy()
    thickness = 2 if max(drawn.shape[:2]) > 400 else 1
    for cell in cells:
        cell_class = classes.find(cell.label)
        _draw_outline(drawn, cell.mask, downsample, cell_class.colour, cell_class.line, thickness)
        if not cell.nucleus.is_empty:
            _draw_outline(drawn, cell.nucleus, downsample, cell_class.colour, cell_class.line, 1)
    return drawn


def write_overlay(path: Path, picture: RgbArray, downsample: float, cells: Iterable[Cell], classes: ClassSet) -> None:
    """Write `draw_overlay` as a PNG. Raises `OutputError`."""
    write_png(path, draw_overlay(picture, downsample, cells, classes))


def write_png(path: Path, pixels: NDArray[np.uint8]) -> None:
    """Write RGB (height, width, 3) or grey (height, width) pixels. Raises `OutputError`."""
    from PIL import Image

    with atomic.replacing(path) as part:
        Image.fromarray(pixels).save(part, format="PNG", compress_level=4)


def _draw_outline(
    drawn: RgbArray, mask: Mask, downsample: float, colour: tuple[int, int, int], line: str, thickness: int
) -> None:
    import cv2

    origin = np.array([mask.region.x, mask.region.y], dtype=np.float64)
    found, _ = cv2.findContours(mask.bitmap.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    for contour in found:
        points = (contour.reshape(-1, 2) + origin + 0.5) / downsample - 0.5
        for piece, closed in _pieces(np.rint(points).astype(np.int32), _DASHES_PX[line]):
            cv2.polylines(drawn, [piece], closed, colour, thickness, cv2.LINE_8)


def _pieces(points: NDArray[np.int32], dashes: tuple[int, int] | None) -> list[tuple[NDArray[Any], bool]]:
    """An outline whole, or cut into dashes; each with whether it closes on itself."""
    if dashes is None:
        return [(points, True)]
    on, off = dashes
    return [(points[start : start + on], False) for start in range(0, len(points), on + off)]
