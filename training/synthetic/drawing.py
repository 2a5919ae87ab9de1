"""A drawn cell: how much of each dye lies where, and the depth maps its truth comes from."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from training.synthetic.filters import Floats as Field
from training.synthetic.shapes import Sheet

HAEMOGLOBIN, CHROMATIN, BASOPHILIA, EOSIN_GRANULE = range(4)
DYES = 4


@dataclass(frozen=True, slots=True)
class Drawing:
    """One cell on a sheet.

    Attributes:
        dyes: float32 (height, width, 4), in units of `Stain`'s colours.
        cell: depth map of the whole cell.
        nucleus: depth map of the nucleus, or None.
    """

    dyes: NDArray[np.float32]
    cell: Field
    nucleus: Field | None = None


class Palette:
    """Layers dyes on a sheet."""

    def __init__(self, sheet: Sheet) -> None:
        self.dyes = np.zeros((*sheet.shape, DYES), np.float32)

    def add(self, dye: int, amount: Field) -> None:
        self.dyes[..., dye] += amount

    def cover(self, coverage: Field, left: float = 0.0) -> None:
        """Push aside what lies there: under full coverage only the part `left` stays."""
        self.dyes *= (1 - coverage * (1 - left))[..., None]

    def clear_outside(self, coverage: Field) -> NDArray[np.float32]:
        """The dyes, cut off where the cell ends."""
        return np.maximum(self.dyes, 0) * coverage[..., None]


def chromatin_texture(
    sheet: Sheet,
    rng: np.random.Generator,
    nucleus: Field,
    fine_um: float,
    clumps: float,
    veins: float,
    pits: float = 2.2,
) -> Field:
    """Relative density of chromatin, about 1: clumps of `fine_um`, light veins and pits, a dark membrane."""
    coarse = sheet.noise(rng, fine_um * 2.6)
    fine = sheet.noise(rng, fine_um)
    ridge = np.exp(-((sheet.noise(rng, fine_um * 2.0) / 0.35) ** 2))
    membrane = np.exp(-((np.maximum(nucleus, 0) / 0.22) ** 2))
    holes = np.clip(sheet.noise(rng, fine_um * 0.8) - 0.8, 0, 1.4)
    texture = 1 + clumps * (0.6 * fine + 0.6 * coarse - pits * holes) - veins * ridge + 0.16 * membrane
    return np.clip(texture, 0.35, 1.6).astype(np.float32)
