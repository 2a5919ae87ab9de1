"""A paper's table with our figures beside the printed ones."""

from collections.abc import Sequence
from dataclasses import dataclass

from training.evaluation.intervals import Gap, Measured, gap
from training.reproduce.verdict import verdict


@dataclass(frozen=True)
class Line:
    """One printed figure and ours.

    Attributes:
        label: the row as the paper names it.
        metric: as in `training.evaluation`.
        published: share, 0 to 1; None where the paper prints none.
        doubt: what in the paper speaks against the printed figure.
        by_picture, by_subject: ours; None where it was not run.
        data: what ours was measured on.
        why_not: why nothing of ours stands beside, where nothing does.
    """

    label: str
    metric: str
    published: float | None
    doubt: str = ""
    by_picture: Measured | None = None
    by_subject: Measured | None = None
    data: str = ""
    why_not: str = ""

    @property
    def measured(self) -> tuple[Measured, ...]:
        """Ours that were run, by picture first."""
        return tuple(m for m in (self.by_picture, self.by_subject) if m is not None and self.metric in m.values)

    @property
    def between(self) -> Gap | None:
        """How much the split by picture flatters; None unless both were run."""
        if len(self.measured) < 2 or self.by_picture is None or self.by_subject is None:
            return None
        return gap(self.by_picture, self.by_subject, self.metric)

    @property
    def verdict(self) -> str:
        """In words, with what speaks against the printed figure."""
        if not self.measured:
            words = f"Not run: {self.why_not}" if self.why_not else "Not run."
        else:
            words = verdict(self.metric, self.published, self.by_picture, self.by_subject)
        return f"{words} In the paper: {self.doubt}" if self.doubt else words


@dataclass(frozen=True)
class ComparedTable:
    """A table of a paper, compared.

    Attributes:
        paper: its number, such as "003"; number: of the table or figure, such as "4".
        headline: the metric that is judged; the others are listed below it.
        remarks: what holds for the whole table.
    """

    paper: str
    number: str
    title: str
    headline: str
    lines: tuple[Line, ...]
    remarks: tuple[str, ...] = ()

    def of(self, metric: str) -> list[Line]:
        return [line for line in self.lines if line.metric == metric]

    @property
    def leaks(self) -> Sequence[str]:
        """Every leak that a figure of this table has, once."""
        leaks = (measured.run.leak for line in self.lines for measured in line.measured)
        return tuple(dict.fromkeys(leak for leak in leaks if leak))
