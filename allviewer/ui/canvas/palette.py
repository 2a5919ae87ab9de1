"""Which colour and line style a cell has: the codes in overlay tiles, and the colour table that gives them colour."""

import enum
from collections.abc import Callable, Sequence

from allviewer.domain.cell import Cell
from allviewer.domain.labels import UNCLASSIFIED, ClassSet
from allviewer.session.looks import OverlayLook


class Ink(enum.IntEnum):
    """What a pixel of a cell is, added to the code of the cell's class."""

    CYTOPLASM = 0
    NUCLEUS = 1
    CELL_OUTLINE = 2
    NUCLEUS_OUTLINE = 3


_DASH_PX = {"solid": 0, "dash": 6, "dot": 3}
"""Length of a dash and of a gap."""
_FIRST_CODE = 1  # code 0 is "nothing"
_CODES_A_CLASS = len(Ink)
_NUCLEUS_FILL_FACTOR = 1.8


class Palette:
    """Codes by class: `_FIRST_CODE + 4 * index + Ink`, at most 63 classes."""

    def __init__(self, class_set: ClassSet) -> None:
        if len(class_set.classes) * _CODES_A_CLASS + _FIRST_CODE > 256:
            raise ValueError("an overlay tells at most 63 classes apart")
        self._class_set = class_set
        self._codes = {c.key: _FIRST_CODE + _CODES_A_CLASS * i for i, c in enumerate(class_set.classes)}
        self._dash_px = [0] * 256
        for cell_class in class_set.classes:
            self._dash_px[self._codes[cell_class.key]] = _DASH_PX[cell_class.line]

    def colour(self, label: str) -> tuple[int, int, int]:
        return self._class_set.find(label).colour

    def code(self, cell: Cell) -> int:
        code = self._codes.get(cell.label)
        return code if code is not None else self._codes[UNCLASSIFIED]

    @property
    def dash_px(self) -> Sequence[int]:
        """Length of dashes and gaps by the code of `Ink.CYTOPLASM`; 0 where the line is solid."""
        return self._dash_px

    def table(self, look: OverlayLook) -> list[int]:
        """256 colours, 0xAARRGGBB, not premultiplied."""
        table = [0] * 256
        for key, code in self._codes.items():
            red, green, blue = self.colour(key)
            for ink in Ink:
                table[code + ink] = round(255 * _opacity(ink, look)) << 24 | red << 16 | green << 8 | blue
        return table


def _opacity(ink: Ink, look: OverlayLook) -> float:
    if not look.visible:
        return 0.0
    cytoplasm = look.fill_opacity if look.cytoplasm else 0.0
    nucleus = min(1.0, look.fill_opacity * _NUCLEUS_FILL_FACTOR) if look.nucleus else cytoplasm
    opacities: dict[Ink, Callable[[], float]] = {
        Ink.CYTOPLASM: lambda: cytoplasm,
        Ink.NUCLEUS: lambda: nucleus,
        Ink.CELL_OUTLINE: lambda: 1.0 if look.outline and look.cytoplasm else cytoplasm,
        Ink.NUCLEUS_OUTLINE: lambda: 1.0 if look.outline and look.nucleus else nucleus,
    }
    return opacities[ink]()
