"""Which colour and line style a cell has: the codes in overlay tiles, and the colour table that gives them colour.

A code stands for all that a colour may tell of a cell: its class, how uncertain that is, who says so. Showing another
of these is another table; nothing is drawn again.
"""

import enum
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from allviewer.domain.cell import Cell, CellState, OriginKind
from allviewer.domain.labels import UNCLASSIFIED, ClassSet
from allviewer.session.looks import ColourBy, OverlayLook
from allviewer.ui.canvas.ramps import NEUTRAL, UNCERTAINTY_RAMP, Rgb, told_apart


class Ink(enum.IntEnum):
    """What a pixel of a cell is, added to the code of the cell's group."""

    CYTOPLASM = 0
    NUCLEUS = 1
    CELL_OUTLINE = 2
    NUCLEUS_OUTLINE = 3


class Group(NamedTuple):
    """Cells that no colour tells apart: class, step of uncertainty (None: nobody is asked to doubt it), origin."""

    label: str
    step: int | None
    origin: str


_DASH_PX = {"solid": 0, "long": 12, "dash": 6, "dot": 3}
"""Length of a dash and of a gap."""
_FIRST_CODE = 1  # code 0 is "nothing"
_CODES_A_GROUP = len(Ink)
_MOST_GROUPS = (0xFFFF - _FIRST_CODE) // _CODES_A_GROUP
_NUCLEUS_FILL_FACTOR = 1.8


class Palette:
    """Codes by group, given out as cells turn up; colours by code, for one look at a time.

    There are 16 383 codes to give out. A cell of yet another group gets the colour of its class, in every look.

    Raises:
        ValueError: for a class set that is larger than that.
    """

    def __init__(self, class_set: ClassSet) -> None:
        if len(class_set.classes) > _MOST_GROUPS:
            raise ValueError(f"an overlay tells at most {_MOST_GROUPS} classes apart")
        self._classes = {cell_class.key: cell_class for cell_class in class_set.classes}
        self._look = OverlayLook()
        self.forget()

    def forget(self) -> None:
        """Begin anew, for another image."""
        self._codes: dict[Group, int] = {}
        self._origins: dict[str, Rgb] = {}
        self._dash_px: list[int] = [0] * _FIRST_CODE
        self._table = np.zeros(0x10000, dtype=np.uint32)
        for key in self._classes:
            self._add(Group(key, None, ""))

    @property
    def look(self) -> OverlayLook:
        return self._look

    @property
    def origins(self) -> dict[str, Rgb]:
        """Who made the cells that had a code so far, in the order of their appearance, with their colours."""
        return self._origins

    @property
    def dash_px(self) -> Sequence[int]:
        """Length of dashes and gaps by the code of `Ink.CYTOPLASM`; 0 where the line is solid."""
        return self._dash_px

    @property
    def table(self) -> NDArray[np.uint32]:
        """Colours by code, 0xAARRGGBB, premultiplied. The same array as long as the look is the same."""
        return self._table

    def set_look(self, look: OverlayLook) -> None:
        """`look.visible` is up to whoever paints: colours are those of when it is."""
        self._look = look
        self._table = np.zeros(0x10000, dtype=np.uint32)
        for group, code in self._codes.items():
            self._ink(group, code)

    def class_colour(self, label: str) -> Rgb:
        return self._classes[label if label in self._classes else UNCLASSIFIED].colour

    def code(self, cell: Cell) -> int:
        label = cell.label if cell.label in self._classes else UNCLASSIFIED
        group = Group(label, uncertainty_step(cell), origin_of(cell))
        code = self._codes.get(group)
        return code if code is not None else self._add(group)

    def _add(self, group: Group) -> int:
        if len(self._codes) >= _MOST_GROUPS:
            return self._codes[Group(group.label, None, "")]
        code = _FIRST_CODE + _CODES_A_GROUP * len(self._codes)
        self._codes[group] = code
        self._dash_px += [_DASH_PX[self._classes[group.label].line]] * _CODES_A_GROUP
        if group.origin and group.origin not in self._origins:
            self._origins[group.origin] = told_apart(len(self._origins))
        self._ink(group, code)
        return code

    def _ink(self, group: Group, code: int) -> None:
        red, green, blue = self._colour(group)
        for ink in Ink:
            opacity = _opacity(ink, self._look)
            alpha, r, g, b = (round(opacity * value) for value in (255, red, green, blue))
            self._table[code + ink] = alpha << 24 | r << 16 | g << 8 | b

    def _colour(self, group: Group) -> Rgb:
        if self._look.colour_by is ColourBy.UNCERTAINTY:
            return NEUTRAL if group.step is None else UNCERTAINTY_RAMP[group.step]
        if self._look.colour_by is ColourBy.ORIGIN:
            return self._origins.get(group.origin, NEUTRAL)
        return self._classes[group.label].colour


def uncertainty_step(cell: Cell) -> int | None:
    """Where a cell lies on the ramp; None if a person vouches for it, or no model was asked."""
    if cell.state is not CellState.PROPOSED or cell.origin.kind is not OriginKind.MODEL:
        return None
    return min(len(UNCERTAINTY_RAMP) - 1, max(0, int(cell.uncertainty * len(UNCERTAINTY_RAMP))))


def origin_of(cell: Cell) -> str:
    """Who says so: the pack that found the cell, the file it came from, or the person who drew or corrected it."""
    if cell.state is CellState.CORRECTED:
        return f"{cell.edited_by} (person)"
    return f"{cell.origin.name} (person)" if cell.origin.kind is OriginKind.PERSON else cell.origin.name


def _opacity(ink: Ink, look: OverlayLook) -> float:
    cytoplasm = look.fill_opacity if look.cytoplasm else 0.0
    nucleus = min(1.0, look.fill_opacity * _NUCLEUS_FILL_FACTOR) if look.nucleus else cytoplasm
    if ink is Ink.CYTOPLASM:
        return cytoplasm
    if ink is Ink.NUCLEUS:
        return nucleus
    if ink is Ink.CELL_OUTLINE:
        return 1.0 if look.outline and look.cytoplasm else cytoplasm
    return 1.0 if look.outline and look.nucleus else nucleus
