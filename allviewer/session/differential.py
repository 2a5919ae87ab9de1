"""Counts by class, as shares of the counted white cells, and how sure the share of blasts is."""

from dataclasses import dataclass

from allviewer.domain.annotations import Tally
from allviewer.domain.cell import CellState
from allviewer.domain.labels import ClassSet


@dataclass(frozen=True, slots=True)
class ClassCount:
    """Cells of one class.

    Attributes:
        percent: share of the counted cells; None for a class that is not counted, and while nothing is.
        per_100: of a class that is not counted: cells for each 100 counted ones.
    """

    key: str
    cells: int
    percent: float | None
    per_100: float | None = None


@dataclass(frozen=True, slots=True)
class Differential:
    """The counts of one image or of a whole case."""

    counts: tuple[ClassCount, ...]
    counted: int
    blasts: int
    interval: tuple[float, float] | None
    """Exact 95 % interval of the share of blasts (0 to 1), or None if nothing is counted."""
    cells: int
    to_review: int
    groups: tuple[tuple[str, int], ...] = ()
    """Counted cells by group of classes, in the order of the set."""

    @property
    def reviewed(self) -> int:
        """Cells that a person vouches for."""
        return self.cells - self.to_review

    @property
    def blast_sentence(self) -> str:
        """The share of blasts in words, with its interval."""
        if self.interval is None:
            return "No cells counted"
        low, high = (100 * bound for bound in self.interval)
        share = f"{self.blasts} of {self.counted} counted cells are labelled blast"
        return f"{share}: 95\u00a0% interval {low:.1f} to {high:.1f}\u00a0%"


def differential(cells: Tally, class_set: ClassSet) -> Differential:
    """Cells by class, from their number by class and state."""
    tally = dict.fromkeys((c.key for c in class_set.classes), 0)
    to_review = 0
    for (label, state), number in cells.items():
        tally[class_set.find(label).key] += number
        to_review += number if state is CellState.PROPOSED else 0
    counted = sum(tally[c.key] for c in class_set.classes if c.counted)
    shares = {key: 100 * number / counted if counted else None for key, number in tally.items()}
    counts = tuple(
        ClassCount(c.key, tally[c.key], *((shares[c.key], None) if c.counted else (None, shares[c.key])))
        for c in class_set.classes
    )
    blasts = tally.get("blast", 0)
    groups = tuple(
        (g, sum(tally[c.key] for c in class_set.classes if c.counted and c.group == g)) for g in class_set.groups
    )
    interval = exact_interval(blasts, counted) if counted else None
    return Differential(counts, counted, blasts, interval, sum(tally.values()), to_review, groups)


def exact_interval(hits: int, trials: int) -> tuple[float, float]:
    """Clopper and Pearson's 95 % interval of a share. Raises ValueError unless 0 <= hits <= trials and trials > 0."""
    if not 0 <= hits <= trials or trials == 0:
        raise ValueError(f"{hits} of {trials} is no share")
    from scipy.special import betaincinv

    low = float(betaincinv(hits, trials - hits + 1, 0.025)) if hits else 0.0
    high = float(betaincinv(hits + 1, trials - hits, 0.975)) if hits < trials else 1.0
    return low, high
