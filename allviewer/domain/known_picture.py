"""A picture whose cells people know: what networks are judged on."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from allviewer.domain.mask import Mask
from allviewer.domain.slide import RgbArray


@dataclass(frozen=True, slots=True)
class KnownCell:
    """A cell as a person left it; `is_vouched` where a person accepted or corrected this very cell."""

    number: int
    mask: Mask
    nucleus: Mask
    label: str
    is_vouched: bool = True


@dataclass(frozen=True, slots=True)
class KnownPicture:
    """One picture, or one part of a slide.

    Attributes:
        image: uint8 (height, width, 3), RGB.
        trust: bool (height, width): where somebody has looked; elsewhere nothing is known.
        group: patient if known, else slide or image.
        mpp: micrometres per pixel, or None.
    """

    name: str
    group: str
    image: RgbArray
    trust: NDArray[np.bool_]
    cells: tuple[KnownCell, ...]
    mpp: float | None


@dataclass(frozen=True, slots=True)
class ChangedCell:
    """A known cell that one network does better or worse than another.

    Attributes:
        crop: uint8 (h, w, 3); the masks lie in its pixels. `before`, `after`: what was found, None: nothing.
        scores: (before, after), higher is better: Dice of the whole cell, or the probability of its own class.
    """

    picture: str
    number: int
    label: str
    crop: RgbArray
    drawn: Mask
    before: Mask | None
    after: Mask | None
    scores: tuple[float, float]

    @property
    def change(self) -> float:
        return self.scores[1] - self.scores[0]
