"""Intervals of a figure by resampling groups (patients, slides), not pictures."""

from collections.abc import Callable, Sequence
from typing import TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

Item = TypeVar("Item")

ROUNDS = 1000


def draw_groups(count: int, seed: int = 0, rounds: int = ROUNDS) -> NDArray[np.int64]:
    """(rounds, count): in each round, which of `count` groups are drawn, with replacement."""
    return np.random.default_rng(seed).integers(count, size=(rounds, count))


def interval_of(draws: ArrayLike) -> tuple[float, float]:
    """(low, high): the middle 95 % of the draws; those that are nan are left out, and nan if all are."""
    known = np.asarray(draws, np.float64)
    known = known[~np.isnan(known)]
    if not len(known):
        return float("nan"), float("nan")
    low, high = np.percentile(known, [2.5, 97.5])
    return float(low), float(high)


def bootstrap_over_groups(
    items: Sequence[Item],
    groups: Sequence[str],
    figure: Callable[[list[Item]], float],
    seed: int = 0,
    rounds: int = ROUNDS,
) -> tuple[float, float, float]:
    """(value, low, high): the figure of all items and its 95 % interval when whole groups are drawn with replacement.

    Draws for which `figure` is nan (one class only, say) are left out. All three are nan for no items.
    """
    by_group: dict[str, list[Item]] = {}
    for item, group in zip(items, groups, strict=True):
        by_group.setdefault(group, []).append(item)
    if not by_group:
        return (float("nan"),) * 3
    members = list(by_group.values())
    drawn = draw_groups(len(members), seed, rounds)
    return (
        float(figure(list(items))),
        *interval_of([figure([item for index in row for item in members[index]]) for row in drawn]),
    )
