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
        same_data: whether ours was measured on (a part of) the data of the paper.
    """

    label: str
    metric: str
    published: float | None
    doubt: str = ""
    by_picture: Measured | None = None
    by_subject: Measured | None = None
    data: str = ""
    why_not: str = ""
    same_data: bool = True

    @property
    def measured(self) -> tuple[Measured, ...]:
        """Ours that were run, by picture first."""
        return tuple(m for m in self._own() if m is not None)

    def _own(self) -> tuple[Measured | None, Measured | None]:
        """By picture and by subject, where they have this figure."""
        by_picture, by_subject = (
            m if m is not None and self.metric in m.values else None for m in (self.by_picture, self.by_subject)
        )
        return by_picture, by_subject

    @property
    def between(self) -> Gap | None:
        """How much the split by picture flatters; None unless both were run."""
        by_picture, by_subject = self._own()
        return None if by_picture is None or by_subject is None else gap(by_picture, by_subject, self.metric)

    @property
    def verdict(self) -> str:
        """In words, with what speaks against the printed figure."""
        if not self.measured:
            words = f"Not run: {self.why_not}" if self.why_not else "Not run."
        else:
            published = self.published if self.same_data else None
            words = verdict(self.metric, published, *self._own())
            if not self.same_data:
                words = f"On other data than the paper's: no verdict on the printed figure. {words}"
        return f"{words} In the paper: {self.doubt}" if self.doubt else words


@dataclass(frozen=True)
class ComparedTable:
    """A table of a paper, compared.

    Attributes:
        paper: its number, such as "003", or empty for a table of our own; number: of the table, such as "4".
        headline: the metric that is judged; the others are listed below it.
        remarks: what holds for the whole table.
    """

    paper: str
    number: str
    title: str
    headline: str
    lines: tuple[Line, ...]
    remarks: tuple[str, ...] = ()

    @property
    def heading(self) -> str:
        """As it is called."""
        return f"Paper {self.paper}, table {self.number}: {self.title}" if self.paper else self.title

    def of(self, metric: str) -> list[Line]:
        return [line for line in self.lines if line.metric == metric]

    @property
    def leaks(self) -> Sequence[str]:
        """Every leak that a figure of this table has, once."""
        leaks = (measured.run.leak for line in self.lines for measured in line.measured)
        return tuple(dict.fromkeys(leak for leak in leaks if leak))
