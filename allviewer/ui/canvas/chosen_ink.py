"""How very many selected cells are emphasised: as tiles, like all cells, so that no frame looks at each of them."""

from collections.abc import Mapping, Sequence, Set

import numpy as np
from numpy.typing import NDArray

from allviewer.domain.cell import Cell
from allviewer.session.looks import OverlayLook
from allviewer.ui.canvas.palette import Ink
from allviewer.ui.canvas.ramps import Rgb

_CODE = 1
_ARGB = {
    Ink.CYTOPLASM: 0x60606060,
    Ink.NUCLEUS: 0x60606060,
    Ink.CELL_OUTLINE: 0xFF000000,
    Ink.NUCLEUS_OUTLINE: 0x60606060,
}
"""A white veil within a black line, premultiplied."""


class ChosenInk:
    """Codes for an `OverlayLayer` that draws the cells with these ids and no others."""

    def __init__(self, ids: Set[int]) -> None:
        self._ids = ids
        self._table = np.zeros(0x10000, dtype=np.uint32)
        for ink, argb in _ARGB.items():
            self._table[_CODE + ink] = argb

    @property
    def look(self) -> OverlayLook:
        return OverlayLook()

    @property
    def origins(self) -> Mapping[str, Rgb]:
        return {}

    @property
    def dash_px(self) -> Sequence[int]:
        return (0,) * (_CODE + len(Ink))

    @property
    def table(self) -> NDArray[np.uint32]:
        return self._table

    def set_look(self, look: OverlayLook) -> None:
        """The same in every look."""

    def forget(self) -> None:
        """Nothing is remembered of an image."""

    def code(self, cell: Cell) -> int:
        return _CODE if cell.id in self._ids else 0
