"""Clicks on a cell, and the outline that fits them: what every way of outlining by clicks has in common."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import cv2
import numpy as np

from allviewer.domain.geometry import Region
from allviewer.domain.mask import Bitmap, Mask


@dataclass(frozen=True, slots=True)
class Click:
    """A level-0 place, and whether it is inside."""

    x: float
    y: float
    is_inside: bool = True
    part: str = "cytoplasm"
    """What it is about: "nucleus", or "cytoplasm" for the whole cell."""


@dataclass(frozen=True, slots=True)
class Outline:
    """A cell as it is known so far: level-0 masks, the nucleus inside the cell. Both may be empty."""

    mask: Mask
    nucleus: Mask


class ClickGround(Protocol):
    """What was looked at around a first click, ready for any number of clicks."""

    def outline(self, clicks: Sequence[Click]) -> Outline:
        """The cell that fits all clicks, the first one among them."""
        ...


def wanted_pieces(inside: Bitmap, first: Bitmap, clicks: Sequence[Click], box: Region) -> Bitmap:
    """The connected pieces that hold a part of the first mask or a click inside."""
    count, pieces = cv2.connectedComponents(inside.astype(np.uint8), connectivity=4)
    wanted = np.zeros(count, bool)
    wanted[pieces[first & inside]] = True
    for click in clicks:
        if click.is_inside and box.contains_point(click.x, click.y):
            wanted[pieces[int(click.y) - box.y, int(click.x) - box.x]] = True
    wanted[0] = False
    kept: Bitmap = wanted[pieces]
    return kept
