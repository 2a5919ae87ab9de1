"""What there is to learn from: patients or slides with their cells by state and class."""

from collections import Counter
from dataclasses import dataclass, field

from allviewer.domain.cell import CellState


@dataclass(slots=True)
class GroupRow:
    """One patient or slide. `labels` counts the cells that a person vouches for."""

    group: str
    title: str
    is_locked: bool
    images: int = 0
    states: Counter[CellState] = field(default_factory=Counter)
    labels: Counter[str] = field(default_factory=Counter)

    @property
    def vouched(self) -> int:
        return sum(self.states[state] for state in (CellState.ACCEPTED, CellState.CORRECTED))


@dataclass(frozen=True, slots=True)
class Survey:
    """All patients or slides of some cases; `missing` are sentences about what would make the training better."""

    groups: tuple[GroupRow, ...]
    missing: tuple[str, ...]
