"""Is the doubt worth anything? How often the truth is plausible, and errors among the cells that are not doubted."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from allviewer.exchange.model_card import Figure
from training.classification.cells import CellTable
from training.classification.classes import UNKNOWN
from training.classification.doubt import ABSTAIN, COVERAGE, doubt_of, true_classes
from training.statistics import bootstrap_over_groups

LEAST_CERTAIN = 0.1
ROUNDS = 500

Floats = NDArray[np.floating]


@dataclass(frozen=True)
class Answered:
    """One cell of known class: was the answer wrong, how much was it doubted, was the true class plausible."""

    wrong: bool
    doubt: float
    covered: bool


def doubt_figures(table: CellTable, probabilities: Floats, p: Floats, protocol: str, seed: int) -> tuple[Figure, ...]:
    """Figures of blast against normal precursor, and of the types, apart; those without a value are left out.

    `probabilities` and the p-values `p` are (n, classes), nan where a cell was not tested.

    A cell of C-NMC is answered wrongly if the likelier of blast and lymphocyte is the other one; a cell of a type
    source if the likeliest type is another, blast counting as lymphoid.
    """
    truth = true_classes(table.blast, table.type_index)
    with_blast = table.blast != UNKNOWN
    lymphoid = np.column_stack([probabilities[:, 0] + probabilities[:, 1], probabilities[:, 2:]])
    wrong = np.where(
        with_blast,
        (probabilities[:, 0] >= probabilities[:, 1]) != (table.blast == 1),
        lymphoid.argmax(axis=1) != table.type_index,
    )
    known = (truth != UNKNOWN) & ~np.isnan(p).any(axis=1)
    doubts = doubt_of(torch.from_numpy(np.nan_to_num(p)), torch.from_numpy(np.nan_to_num(probabilities))).numpy()
    covered = p[np.arange(len(p)), truth] > 1 - COVERAGE
    figures = []
    for source, here in (("blast or normal", known & with_blast), ("cell type", known & ~with_blast)):
        rows = zip(wrong[here], doubts[here], covered[here], strict=True)
        answers = [Answered(bool(w), float(d), bool(c)) for w, d, c in rows]
        groups = table.group[here].tolist()
        for name, metric in METRICS.items():
            if answers:
                value, low, high = bootstrap_over_groups(answers, groups, metric, seed, ROUNDS)
                low_high = (_bound(low), _bound(high))
                figures.append(
                    Figure(name, source, round(value, 4), *low_high, len(set(groups)), len(answers), protocol)
                )
    return tuple(figure for figure in figures if not np.isnan(figure.value))


def error(answers: list[Answered]) -> float:
    return _share([a.wrong for a in answers])


def error_without_least_certain(answers: list[Answered]) -> float:
    """Of the nine tenths that are doubted least."""
    kept = sorted(answers, key=lambda answer: answer.doubt)[: round(len(answers) * (1 - LEAST_CERTAIN))]
    return error(kept)


def abstained(answers: list[Answered]) -> float:
    """Share of cells that the pack gives back to a person."""
    return _share([a.doubt >= ABSTAIN for a in answers])


def error_where_answered(answers: list[Answered]) -> float:
    return error([a for a in answers if a.doubt < ABSTAIN])


def coverage(answers: list[Answered]) -> float:
    """Share of cells whose true class is among the plausible ones; `COVERAGE` is what was asked for."""
    return _share([a.covered for a in answers])


METRICS: dict[str, Callable[[list[Answered]], float]] = {
    "error": error,
    "error without the least certain tenth": error_without_least_certain,
    "abstained": abstained,
    "error where not abstained": error_where_answered,
    "coverage": coverage,
}


def _share(chosen: NDArray[np.bool_] | list[bool]) -> float:
    return float(np.mean(chosen)) if len(chosen) else float("nan")


def _bound(value: float) -> float | None:
    return None if np.isnan(value) else round(value, 4)
