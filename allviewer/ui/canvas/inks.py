"""What an overlay needs to know of its cells: their codes, and the colours of these."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from allviewer.domain.cell import Cell
from allviewer.session.looks import OverlayLook
from allviewer.ui.canvas.overlay_tiles import ColourTable
from allviewer.ui.canvas.ramps import Rgb


class Inks(Protocol):
    """Gives cells their codes, and codes their colours: `palette.Palette`, or `chosen_ink.ChosenInk`."""

    @property
    def look(self) -> OverlayLook: ...

    @property
    def origins(self) -> Mapping[str, Rgb]: ...

    @property
    def dash_px(self) -> Sequence[int]: ...

    @property
    def table(self) -> ColourTable: ...

    def set_look(self, look: OverlayLook) -> None: ...

    def forget(self) -> None: ...

    def code(self, cell: Cell) -> int:
        """0 for a cell that is not drawn."""
        ...
