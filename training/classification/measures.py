"""Figures of the classifier: blast against normal precursor, and the cell type, with intervals over groups."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from allviewer.exchange.model_card import Figure
from training.classification.cells import CellTable
from training.classification.classes import CLASSES, LYMPHOID, TYPES, UNKNOWN
from training.evaluation.metrics import area_under_roc
from training.statistics import bootstrap_over_groups

Floats = NDArray[np.floating]
Whole = NDArray[np.int64]

THRESHOLD = 0.5
BINS = 10
ROUNDS = 500
BLAST = CLASSES.index("blast")


@dataclass(frozen=True)
class Judged:
    """Probability of blast and the truth of one cell; or its type and the truth (indices)."""

    given: float
    truth: int


def figures_of(table: CellTable, probabilities: Floats, protocol: str, seed: int) -> tuple[Figure, ...]:
    """All figures that the table's truths allow; those without a value (no cell of a class, say) are left out.

    Args:
        probabilities: (n, classes), in the order of `CLASSES`.
    """
    known_blast = table.blast != UNKNOWN
    known_type = (table.type_index != UNKNOWN) & ~known_blast
    blast = _blast_figures(table.take(known_blast), probabilities[known_blast, BLAST], protocol, seed)
    types = _type_figures(table.take(known_type), types_given(probabilities[known_type]), protocol, seed)
    mature = known_type & (table.type_index == LYMPHOID)
    called = _called_blast_figures(table.take(mature), probabilities[mature, BLAST], protocol, seed)
    return tuple(figure for figure in (*blast, *types, *called) if not np.isnan(figure.value))


def types_given(probabilities: Floats) -> Whole:
    """Index in `TYPES` of each row: the blasts' share counts as lymphoid."""
    lymphoid = probabilities[:, BLAST] + probabilities[:, 1]
    return np.argmax(np.column_stack([lymphoid, probabilities[:, 2:]]), axis=1)


def _blast_figures(table: CellTable, p_blast: Floats, protocol: str, seed: int) -> list[Figure]:
    metrics: dict[str, Callable[[Floats, Whole], float]] = {
        "AUC of blast": area_under_curve,
        "sensitivity to blast at 0.5": sensitivity,
        "specificity to blast at 0.5": specificity,
        "balanced accuracy of blast at 0.5": lambda p, y: (sensitivity(p, y) + specificity(p, y)) / 2,
        "weighted F1 of blast at 0.5": weighted_f1,
        "expected calibration error of blast": calibration_error,
    }
    if not len(table):
        return []
    source = " and ".join(sorted(set(table.source.tolist())))
    groups = table.group.tolist()
    judged = [Judged(float(p), int(y)) for p, y in zip(p_blast, table.blast, strict=True)]
    return [_figure(name, source, judged, groups, metric, protocol, seed) for name, metric in metrics.items()]


def _type_figures(table: CellTable, given: Whole, protocol: str, seed: int) -> list[Figure]:
    figures = []
    for source in (*sorted(set(table.source.tolist())), ""):
        here = table.source == source if source else np.ones(len(table), dtype=bool)
        groups = table.group[here].tolist()
        judged = [Judged(float(g), int(t)) for g, t in zip(given[here], table.type_index[here], strict=True)]
        if not judged:
            continue
        label = source or "all type sources"
        figures.append(_figure("macro F1 of cell type", label, judged, groups, macro_f1, protocol, seed))
        if source:
            continue
        for index, name in enumerate(TYPES):
            metric = _f1_of(index)
            figures.append(_figure(f"F1 of {name}", label, judged, groups, metric, protocol, seed))
    return figures


def _called_blast_figures(table: CellTable, p_blast: Floats, protocol: str, seed: int) -> list[Figure]:
    """Lymphocytes of the type sources that are called blast: no truth says that none is, but few should be."""
    figures = []
    for source in sorted(set(table.source.tolist())):
        here = table.source == source
        judged = [Judged(float(p), 0) for p in p_blast[here]]
        metric, groups = "lymphocytes called blast", table.group[here].tolist()
        figures.append(_figure(metric, source, judged, groups, lambda p, y: _share(p >= THRESHOLD), protocol, seed))
    return figures


def _figure(
    name: str,
    source: str,
    judged: Sequence[Judged],
    groups: list[str],
    metric: Callable[[Floats, Whole], float],
    protocol: str,
    seed: int,
) -> Figure:
    def of(items: list[Judged]) -> float:
        return metric(np.array([item.given for item in items]), np.array([item.truth for item in items]))

    value, low, high = bootstrap_over_groups(judged, groups, of, seed, ROUNDS)
    return Figure(name, source, round(value, 4), _bound(low), _bound(high), len(set(groups)), len(judged), protocol)


def _bound(value: float) -> float | None:
    return None if np.isnan(value) else round(value, 4)


def area_under_curve(p: Floats, truth: Whole) -> float:
    """Area under the ROC curve; nan where only one class is there."""
    return area_under_roc(truth, np.column_stack([1 - p, p]))


def sensitivity(p: Floats, truth: Whole) -> float:
    """Share of the blasts that are called blast."""
    return _share(p[truth == 1] >= THRESHOLD)


def specificity(p: Floats, truth: Whole) -> float:
    """Share of the others that are not called blast."""
    return _share(p[truth == 0] < THRESHOLD)


def weighted_f1(p: Floats, truth: Whole) -> float:
    """F1 of both classes, weighted by their numbers: the figure of the C-NMC challenge."""
    from sklearn.metrics import f1_score

    return float(f1_score(truth, (p >= THRESHOLD).astype(np.int64), average="weighted", zero_division=0))


def macro_f1(given: Floats, truth: Whole) -> float:
    """Mean F1 of the classes that are in the truth."""
    from sklearn.metrics import f1_score

    return float(f1_score(truth, given, labels=np.unique(truth), average="macro", zero_division=0))


def f1_of(given: Floats | Whole, truth: Whole, value: int) -> float:
    """F1 of one class; nan where it is neither given nor true."""
    from sklearn.metrics import f1_score

    return float(f1_score(truth == value, given == value, zero_division=np.nan))


def _f1_of(value: int) -> Callable[[Floats, Whole], float]:
    return lambda given, truth: f1_of(given, truth, value)


def calibration_error(p: Floats, truth: Whole) -> float:
    """Expected calibration error over ten bins of p(blast)."""
    bins = np.minimum((p * BINS).astype(int), BINS - 1)
    gaps = [abs(p[bins == b].sum() - truth[bins == b].sum()) for b in np.unique(bins)]
    return float(sum(gaps) / len(p))


def _share(hits: NDArray[np.bool_]) -> float:
    return float(np.mean(hits)) if len(hits) else float("nan")
