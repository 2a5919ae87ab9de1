"""The figures of a trial, before and after, with intervals of their difference. Pure."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from allviewer.inference.trials.rows import TrialRows, Values

ROUNDS = 500
SEGMENTATION_COLUMNS = ("drawn", "hit", "cell", "nucleus", "false")
CLASSIFICATION_COLUMNS = ("right", "p_blast")

Measure = Callable[[TrialRows, Values], float]
"""A figure of rows that count so many times."""


@dataclass(frozen=True, slots=True)
class PairedFigure:
    """One figure of two packs on the same cells.

    Attributes:
        label: the class it is of; empty: of all cells.
        low, high: 95 % interval of `after - before`, by drawing patients or slides with replacement and cells in them.
        cells: number of cells behind it.
    """

    name: str
    label: str
    before: float
    after: float
    low: float
    high: float
    cells: int

    @property
    def change(self) -> float:
        return self.after - self.before

    @property
    def text(self) -> str:
        """In words, for people and for the record."""
        what = f"{self.name} of {self.label}" if self.label else self.name
        sure = f"{self.low:+.3f} to {self.high:+.3f}"
        return f"{what}: {self.before:.3f} before, {self.after:.3f} after ({sure}; {self.cells} cells)"


def paired_figures(before: TrialRows, after: TrialRows, task: str, seed: int = 0) -> tuple[PairedFigure, ...]:
    """Every figure of two packs on the same rows; what cannot be told (one class only, no nucleus) is left out."""
    weights = _drawn_weights(before.groups, seed)
    figures = []
    for name, label, measure in _measures(before, task):
        values = (measure(before, weights[0]), measure(after, weights[0]))
        if np.isnan(values).any():
            continue
        draws = np.array([measure(after, w) - measure(before, w) for w in weights[1:]])
        draws = draws[~np.isnan(draws)]
        low, high = np.percentile(draws, [2.5, 97.5]) if draws.size else (np.nan, np.nan)
        wanted = before.labels == label if label else before.labels != ""
        figures.append(PairedFigure(name, label, *values, float(low), float(high), int(wanted.sum())))
    return tuple(figures)


def _measures(rows: TrialRows, task: str) -> Iterator[tuple[str, str, Measure]]:
    labels = sorted(set(rows.labels.tolist()) - {""})
    if task == "segmentation":
        yield "Dice of whole cells", "", _mean("cell", rows.labels != "")
        yield "Dice of nuclei", "", _mean("nucleus", rows.labels != "")
        yield "Cells found (F1)", "", _found_f1
        for label in labels:
            yield "Dice of whole cells", label, _mean("cell", rows.labels == label)
        return
    yield "Balanced accuracy", "", _balanced(labels)
    yield "AUC of blast", "", _auc
    for label in labels:
        yield "Recognised", label, _mean("right", rows.labels == label)


def _mean(column: str, where: NDArray[np.bool_]) -> Measure:
    def mean(rows: TrialRows, weights: Values) -> float:
        values = rows.values[column]
        known = where & ~np.isnan(values)
        total = weights[known].sum()
        return float((weights[known] * values[known]).sum() / total) if total else float("nan")

    return mean


def _balanced(labels: list[str]) -> Measure:
    def balanced(rows: TrialRows, weights: Values) -> float:
        parts = np.array([_mean("right", rows.labels == label)(rows, weights) for label in labels])
        return float(np.nanmean(parts)) if len(labels) > 1 and not np.isnan(parts).all() else float("nan")

    return balanced


def _found_f1(rows: TrialRows, weights: Values) -> float:
    hits, drawn, false = ((weights * rows.values[name]).sum() for name in ("hit", "drawn", "false"))
    whole = drawn + hits + false
    return float(2 * hits / whole) if whole else float("nan")


def _auc(rows: TrialRows, weights: Values) -> float:
    """Chance that a blast looks more like one than another cell does; ties count half."""
    known = (rows.labels != "") & ~np.isnan(rows.values["p_blast"])
    order = np.argsort(rows.values["p_blast"][known], kind="stable")
    p, w = rows.values["p_blast"][known][order], weights[known][order]
    blast = (rows.labels[known] == "blast")[order]
    positive, negative = (w * blast), (w * ~blast)
    if not positive.sum() or not negative.sum():
        return float("nan")
    first = np.unique(p, return_index=True)[1]
    step_positive, step_negative = np.add.reduceat(positive, first), np.add.reduceat(negative, first)
    below = np.cumsum(step_negative) - step_negative
    return float((step_positive * (below + step_negative / 2)).sum() / (positive.sum() * negative.sum()))


def _drawn_weights(groups: NDArray[np.str_], seed: int) -> list[Values]:
    """How often each row counts: once each, then in every round groups are drawn, and rows in each drawn group.

    Two stages, because one alone says nothing where a laboratory has locked a single patient.
    """
    rng = np.random.default_rng(seed)
    members = [np.flatnonzero(groups == group) for group in np.unique(groups)]
    weights = [np.ones(len(groups))]
    for _ in range(ROUNDS):
        count = np.zeros(len(groups))
        for index in rng.integers(len(members), size=len(members)):
            rows = members[index]
            count += np.bincount(rows[rng.integers(len(rows), size=len(rows))], minlength=len(groups))
        weights.append(count)
    return weights
