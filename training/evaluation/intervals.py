"""Figures of a run with intervals over its groups, and the gap between two runs on the same groups."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from allviewer.exchange.model_card import Figure
from training.errors import TrainingError
from training.evaluation.run import Run
from training.statistics import ROUNDS, draw_groups, interval_of


@dataclass(frozen=True)
class Measured:
    """The figures of a run, and what they would have been with other groups.

    Attributes:
        groups: that were drawn from, in order. values: figure of each metric.
        draws: of each metric (rounds,), with groups drawn with replacement; round k draws the same groups in every
            run that was measured with the same groups, seed and rounds.
    """

    run: Run
    groups: tuple[str, ...]
    values: dict[str, float]
    draws: dict[str, NDArray[np.float64]]

    def interval(self, metric: str) -> tuple[float, float]:
        """(low, high): 95 % over groups."""
        return interval_of(self.draws[metric])

    def figures(self, source: str) -> tuple[Figure, ...]:
        """Those that have a value, for reports and model cards."""
        return tuple(self._figure(name, source) for name, value in self.values.items() if not np.isnan(value))

    def _figure(self, metric: str, source: str) -> Figure:
        low, high = (None if np.isnan(bound) else round(bound, 4) for bound in self.interval(metric))
        groups, items = len(set(self.run.groups)), len(self.run.names)
        protocol = self.run.protocol.replace("_", " ") + (f": {self.run.leak}" if self.run.leak else "")
        return Figure(metric, source, round(self.values[metric], 4), low, high, groups, items, protocol)


def measure(run: Run, groups: Sequence[str] | None = None, seed: int = 0, rounds: int = ROUNDS) -> Measured:
    """All figures of a run with their draws.

    Args:
        groups: those to draw from, so that several runs can be compared draw by draw; None for those of the run.
    """
    names = sorted(set(run.groups if groups is None else groups))
    found = np.array(run.groups)
    rows = [np.flatnonzero(found == name) for name in names]
    values = run.measure(np.arange(len(found)))
    draws = {name: np.full(rounds, np.nan) for name in values}
    for number, drawn in enumerate(draw_groups(len(names), seed, rounds)):
        here = np.concatenate([rows[index] for index in drawn])
        if len(here):
            for name, value in run.measure(here).items():
                draws[name][number] = value
    return Measured(run, tuple(names), values, draws)


@dataclass(frozen=True)
class Gap:
    """How much higher one figure is than another, with the 95 % interval over the groups both were measured on."""

    value: float
    low: float
    high: float

    @property
    def is_sure(self) -> bool:
        """Whether the interval leaves out zero."""
        return self.low > 0 or self.high < 0


def gap(higher: Measured, lower: Measured, metric: str) -> Gap:
    """Of two runs that were measured with the same seed, rounds and groups. Raises `TrainingError` for other groups."""
    if higher.groups != lower.groups:
        raise TrainingError("Two runs that were measured on other groups cannot be compared draw by draw.")
    between = higher.draws[metric] - lower.draws[metric]
    return Gap(higher.values[metric] - lower.values[metric], *interval_of(between))


def equal_groups(groups: Sequence[str]) -> float:
    """As many groups of one size as would say as much as these: (sum n)^2 / sum n^2 (Kish's effective size).

    784 of 800 cells in two of eleven subjects are worth about two subjects.
    """
    _, sizes = np.unique(np.array(groups), return_counts=True)
    return float(sizes.sum() ** 2 / (sizes**2).sum())
