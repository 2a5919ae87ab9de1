"""An image's cells as plain sets of pixels, and a history of whole copies: what a document must always equal."""

from dataclasses import dataclass, field, replace

import numpy as np

from allviewer.domain.cell import Cell, CellState
from allviewer.domain.mask import Mask

Pixels = frozenset[tuple[int, int]]


def pixels(mask: Mask) -> Pixels:
    ys, xs = np.nonzero(mask.bitmap)
    return frozenset((int(x) + mask.region.x, int(y) + mask.region.y) for x, y in zip(xs, ys, strict=True))


@dataclass(frozen=True)
class PlainCell:
    """A cell without cleverness."""

    whole: Pixels
    nucleus: Pixels
    label: str
    state: CellState
    tags: frozenset[str]

    @classmethod
    def of(cls, cell: Cell) -> "PlainCell":
        return cls(pixels(cell.mask), pixels(cell.nucleus), cell.label, cell.state, frozenset(cell.tags))

    @property
    def is_touched(self) -> bool:
        return self.state is not CellState.PROPOSED

    def drawn(self, whole: Pixels, nucleus: Pixels) -> "PlainCell":
        """Redrawn by a person; a stroke that misses corrects nothing."""
        if (whole, nucleus) == (self.whole, self.nucleus):
            return self
        return replace(self, whole=whole, nucleus=nucleus, state=CellState.CORRECTED)

    def accepted(self) -> "PlainCell":
        return self if self.state is CellState.CORRECTED else replace(self, state=CellState.ACCEPTED)


@dataclass
class PlainImage:
    """The cells now, and as they were after every step."""

    states: list[dict[int, PlainCell]] = field(default_factory=lambda: [{}])
    position: int = 0

    @property
    def cells(self) -> dict[int, PlainCell]:
        return self.states[self.position]

    def step(self, after: dict[int, PlainCell]) -> None:
        """One more step, unless nothing has changed; undone ones are gone."""
        if after != self.cells:
            del self.states[self.position + 1 :]
            self.states.append(after)
            self.position += 1

    def go_to(self, position: int) -> None:
        self.position = max(0, min(position, len(self.states) - 1))
