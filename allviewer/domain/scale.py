"""Micrometres per pixel, always with who says so and, where it is an estimate, how sure it is."""

import math
from dataclasses import dataclass

from allviewer.errors import UserError

MEASURED = ("given", "user", "ruler", "file", "red cells")
"""Sources that are measurements; the others are good enough for networks, not for micrometres in a table."""
GUESSED = ("red cells", "cell size", "cut-out")
"""Sources that take it for granted that cells are of the usual size."""
SANE_UM_PER_PX = (0.02, 2.5)
"""A file that says something else speaks of print, not of a microscope."""
GIVEN_UM_PER_PX = (0.005, 20.0)
"""What people may give; beyond it no cell can be seen."""
GUESSED_UM_PER_PX = (0.03, 1.2)
"""What an estimate from cells may come to: finer is no smear at any objective, and on coarser ones red cells are six
pixels across and nothing can be told of white ones."""

_WORDS = {
    "file": "from the file",
    "given": "set by you",
    "user": "set by you",
    "ruler": "from your ruler",
    "red cells": "from {cells} red cell{s}",
    "cell size": "guessed from the size of {cells} cell{s}",
    "cut-out": "of a cut-out cell",
}
_WORDS_WITHOUT_NUMBER = {"red cells": "from red cells", "cell size": "guessed from cell size"}


@dataclass(frozen=True, slots=True)
class Scale:
    """The scale of an image.

    Attributes:
        um_per_px: micrometres per level-0 pixel; None when nothing tells.
        source: who says so: "file", "given", "ruler", "red cells", "cell size", "cut-out", "unknown" or "".
        cells: number of cells it was taken from, 0 if it was not or nobody knows any more.
        interval: 95 % interval of `um_per_px`, or None where it is no estimate.
    """

    um_per_px: float | None = None
    source: str = ""
    cells: int = 0
    interval: tuple[float, float] | None = None

    @property
    def is_guess(self) -> bool:
        """Whether it rests on cells being of the usual size."""
        return self.um_per_px is not None and self.source in GUESSED

    @property
    def source_words(self) -> str:
        """Who says so: "from 34 red cells"."""
        words = _WORDS if self.cells else _WORDS | _WORDS_WITHOUT_NUMBER
        return words.get(self.source, self.source).format(cells=f"{self.cells:,}", s="s" * (self.cells != 1))

    @property
    def words(self) -> str:
        """For people: "0.118 µm/px (0.1 to 0.14), from 34 red cells"."""
        if self.um_per_px is None:
            return "scale unknown"
        sure = f" ({self.interval[0]:.2g} to {self.interval[1]:.2g})" if self.interval is not None else ""
        return f"{self.um_per_px:.3g} µm/px{sure}, {self.source_words}".rstrip(", ")

    def refined(self, spread: float) -> "Scale":
        """With the 95 % interval that a standard deviation of the natural logarithm gives."""
        if self.um_per_px is None:
            return self
        factor = math.exp(1.96 * spread)
        return Scale(self.um_per_px, self.source, self.cells, (self.um_per_px / factor, self.um_per_px * factor))


def plausible(um_per_px: float | None) -> bool:
    """Whether a file's scale can be that of a microscope."""
    return um_per_px is not None and SANE_UM_PER_PX[0] <= um_per_px <= SANE_UM_PER_PX[1]


def refuse_impossible(um_per_px: float) -> None:
    """Raise `UserError` if a scale that was given cannot be one of a microscope."""
    low, high = GIVEN_UM_PER_PX
    if not low <= um_per_px <= high:
        raise UserError(
            f"{um_per_px:g} micrometres per pixel cannot be the scale of a smear.", f"Give {low:g} to {high:g}."
        )


def why_no_guess(scale: Scale) -> str:
    """A sentence if an estimate cannot be the scale of a smear; empty if it can."""
    low, high = GUESSED_UM_PER_PX
    if scale.um_per_px is None or low <= scale.um_per_px <= high:
        return ""
    seen = "smaller" if scale.um_per_px > high else "larger"
    return (
        f"What looks like cells here would mean {scale.um_per_px:.2g} micrometres per pixel, but smears are "
        f"photographed at {low:g} to {high:g}: the cells are {seen} than any, or these are none. "
        "Set the scale by hand if you know it."
    )
