"""The columns of the table of cells, and the order of its rows."""

from collections.abc import Callable
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

from allviewer.domain.cell import Cell
from allviewer.domain.labels import ClassSet

STATE_TITLE = " "
UNSURE_STATE = "unsure"


@dataclass(frozen=True, slots=True)
class Column:
    title: str
    tip: str
    key: Callable[[Cell], Any]
    text: Callable[[Cell], str]
    right: bool = True


@dataclass(frozen=True, slots=True)
class CellFilter:
    """Which cells are listed; empty means all. The state may be `UNSURE_STATE`: those the classifier leaves to you."""

    label: str = ""
    state: str = ""
    tag: str = ""

    @property
    def is_open(self) -> bool:
        return self == CellFilter()

    def takes(self, cell: Cell) -> bool:
        return (
            (not self.label or cell.label == self.label)
            and self._in_state(cell)
            and (not self.tag or self.tag in cell.tags)
        )

    def _in_state(self, cell: Cell) -> bool:
        return cell.is_unsure if self.state == UNSURE_STATE else not self.state or cell.state == self.state


Rows = tuple[list[int], dict[int, int]]
"""Ids of cells in the order of their rows, and the row of each id."""


def arranged(cells: list[Cell], wanted: CellFilter, column: Column | None, descending: bool) -> Rows:
    """Those cells that the filter takes, by what stands in a column (None: by their numbers)."""
    taken = cells if wanted.is_open else [cell for cell in cells if wanted.takes(cell)]
    taken = sorted(taken, key=attrgetter("id"), reverse=descending)  # already so, mostly: that is quick
    if column is not None:
        taken = sorted(taken, key=column.key, reverse=descending)
    ids = list(map(attrgetter("id"), taken))
    return ids, numbered(ids)


def numbered(ids: list[int]) -> dict[int, int]:
    """The row of each id."""
    return dict(zip(ids, range(len(ids)), strict=True))


def columns(class_set: ClassSet) -> tuple[Column, ...]:
    """From left to right; the first one is the number."""

    def has_blast(cell: Cell) -> bool:
        return bool(cell.probabilities)

    def title(cell: Cell) -> str:
        return class_set.title(cell.label) + (" ?" if cell.is_unsure else "")

    return (
        Column("#", "Number of the cell", lambda c: c.id, lambda c: str(c.id)),
        Column(
            "Class", "Class of the cell; ? where the classifier leaves it to you", lambda c: c.label, title, right=False
        ),
        Column(
            "p(blast)",
            "Probability of blast, as the classifier gave it",
            lambda c: c.p_blast if has_blast(c) else -1.0,
            lambda c: f"{c.p_blast:.2f}" if has_blast(c) else "–",
        ),
        Column(
            "Unsure",
            "Uncertainty of the classifier: 0 sure, 1 no idea; from 0.50 on a person should decide",
            lambda c: c.uncertainty if has_blast(c) else -1.0,
            lambda c: f"{c.uncertainty:.2f}" if has_blast(c) else "–",
        ),
        Column(
            "N:C",
            "Area of the nucleus over the area of the whole cell",
            lambda c: c.nc_ratio,
            lambda c: f"{c.nc_ratio:.2f}",
        ),
        Column("Area", "Area of the whole cell, pixels", lambda c: c.area_px, lambda c: f"{c.area_px:,}"),
        Column(
            STATE_TITLE, "Who vouches for the cell: nobody yet, accepted, corrected", lambda c: c.state, lambda _c: ""
        ),
        Column(
            "Tags", "What people noted beside the class", lambda c: c.tags, lambda c: ", ".join(c.tags), right=False
        ),
    )
