"""A hand that clicks where an outline is most wrong, until it is right (RITM, Sofiiuk et al. 2022, section 4.1).

The next click goes to the middle (highest distance to its border) of what is missing or too much, whichever is deeper.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Bitmap = NDArray[np.bool_]

TARGET_IOU = 0.9
MOST_CLICKS = 20
DAMAGE = 0.01
"""A click that lowers the IoU by more than this has done damage."""


@dataclass(frozen=True, slots=True)
class PlacedClick:
    """Pixel of the picture, and whether it lies inside what is to be outlined."""

    column: int
    row: int
    is_inside: bool


Outline = Callable[[list[PlacedClick]], Bitmap]
"""What a tool makes of all clicks so far; asked once for each click."""


@dataclass(frozen=True, slots=True)
class Trial:
    """One outline.

    Attributes:
        clicks: how many it took; `MOST_CLICKS` + 1 where it was not reached.
        ious: after each click.
        seconds, cpu_seconds: of each click: wall time, and work of all threads, which a busy machine changes less.
    """

    clicks: int
    ious: tuple[float, ...]
    seconds: tuple[float, ...]
    cpu_seconds: tuple[float, ...]

    @property
    def is_reached(self) -> bool:
        return self.clicks <= MOST_CLICKS

    @property
    def damaging(self) -> int:
        """Clicks after the first that made it worse."""
        return sum(after < before - DAMAGE for before, after in zip(self.ious, self.ious[1:], strict=False))


def click_until_right(truth: Bitmap, known: Bitmap, outline: Outline) -> Trial:
    """Click until the outline has IoU 0.9 with the truth.

    Args:
        truth, known: (height, width): what is to be outlined, and where anybody knows what is there.
    """
    found = np.zeros_like(truth)
    clicks: list[PlacedClick] = []
    ious: list[float] = []
    seconds: list[float] = []
    cpu_seconds: list[float] = []
    while len(clicks) < MOST_CLICKS:
        clicks.append(_next_click(truth & known, found & known, known))
        begun, cpu_begun = time.perf_counter(), time.process_time()
        found = outline(clicks)
        seconds.append(time.perf_counter() - begun)
        cpu_seconds.append(time.process_time() - cpu_begun)
        ious.append(_iou(truth & known, found & known))
        if ious[-1] >= TARGET_IOU:
            break
    reached = bool(ious) and ious[-1] >= TARGET_IOU
    return Trial(len(clicks) if reached else MOST_CLICKS + 1, tuple(ious), tuple(seconds), tuple(cpu_seconds))


def _next_click(truth: Bitmap, found: Bitmap, known: Bitmap) -> PlacedClick:
    missing, too_much = _depth(truth & ~found & known), _depth(found & ~truth & known)
    is_inside = bool(missing.max() >= too_much.max())
    deepest = missing if is_inside else too_much
    row, column = np.unravel_index(int(deepest.argmax()), deepest.shape)
    return PlacedClick(int(column), int(row), is_inside)


def _depth(bitmap: Bitmap) -> NDArray[np.float32]:
    """Distance to the border; beyond the picture is outside."""
    padded = np.pad(bitmap.astype(np.uint8), 1)
    return np.asarray(cv2.distanceTransform(padded, cv2.DIST_L2, 5)[1:-1, 1:-1], np.float32)


def _iou(a: Bitmap, b: Bitmap) -> float:
    return float((a & b).sum() / max(1, (a | b).sum()))
