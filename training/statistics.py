"""Intervals of a figure by resampling groups (patients, slides), not pictures."""

from collections.abc import Callable, Sequence
from typing import TypeVar

import numpy as np

Item = TypeVar("Item")


def bootstrap_over_groups(
    items: Sequence[Item],
    groups: Sequence[str],
    figure: Callable[[list[Item]], float],
    seed: int = 0,
    rounds: int = 1000,
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
    rng = np.random.default_rng(seed)
    draws = []
    for _ in range(rounds):
        drawn = [item for index in rng.integers(len(members), size=len(members)) for item in members[index]]
        draws.append(figure(drawn))
    low, high = np.nanpercentile(draws, [2.5, 97.5]) if not np.all(np.isnan(draws)) else (np.nan, np.nan)
    return float(figure(list(items))), float(low), float(high)
