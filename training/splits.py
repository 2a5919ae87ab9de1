"""Splits by group: all pictures of a patient, slide or run of neighbours stay on one side."""

import warnings
from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from training.errors import TrainingError

Indices = NDArray[np.intp]
TRIES = 20


def group_folds(
    groups: Sequence[str], folds: int, seed: int, strata: Sequence[str] | None = None
) -> list[tuple[Indices, Indices]]:
    """(train, test) index arrays of each fold; no group is on both sides, every item is tested once.

    `strata` (a class or source for each item) is spread as evenly as the groups allow.

    Raises:
        TrainingError: fewer groups, or items of any class, than folds.
    """
    from sklearn.model_selection import StratifiedGroupKFold

    distinct = len(set(groups))
    if folds < 2 or distinct < folds:
        raise TrainingError(f"{distinct} groups cannot be split into {folds} folds.", "Use fewer folds or more data.")
    labels = list(strata) if strata is not None else ["all"] * len(groups)
    if folds > max(Counter(labels).values()):
        raise TrainingError(f"No class has the {folds} pictures that {folds} folds need.", "Use fewer folds.")
    splitter = StratifiedGroupKFold(n_splits=folds, shuffle=True, random_state=seed)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that a class is smaller than the folds: every fold is looked at afterwards
        return [(train, test) for train, test in splitter.split(np.zeros(len(groups)), labels, list(groups))]


def stratified_folds(
    groups: Sequence[str], folds: int, seed: int, labels: Sequence[str]
) -> list[tuple[Indices, Indices]]:
    """As `group_folds`, and every fold tests something and learns every class.

    Few groups can fall so that a fold is empty or all of a class is tested at once; then they are dealt again.

    Raises:
        TrainingError: fewer groups than folds, or no such division is found.
    """
    classes = set(labels)
    for attempt in range(TRIES):
        cut = group_folds(groups, folds, seed + 1000 * attempt, labels)
        if all(len(test) and {labels[i] for i in train} == classes for train, test in cut):
            return cut
    raise TrainingError(
        f"The {len(set(groups))} groups cannot be dealt into {folds} folds so that each fold tests something and "
        "learns every class.",
        "Use fewer folds or more data.",
    )


def inner_split(
    groups: Sequence[str], share: float, seed: int, labels: Sequence[str]
) -> tuple[Indices, Indices] | None:
    """(learn, watch): about `share` of the items is kept aside, by whole groups, to tell when to stop.

    None where the groups do not allow it: a class of one group cannot be learnt and watched. Where groups are few,
    more than `share` is kept aside, up to half, so that every class is watched.
    """
    if share <= 0:
        return None
    for parts in range(min(round(1 / share), len(set(groups))), 1, -1):
        try:
            cut = stratified_folds(groups, parts, seed, labels)
        except TrainingError:
            continue
        everywhere = [(learn, watch) for learn, watch in cut if {labels[i] for i in watch} == set(labels)]
        if everywhere:
            return min(everywhere, key=lambda pair: abs(len(pair[1]) / len(groups) - share))
    return None


def joined_groups(groups: Sequence[str], same: NDArray[np.int64]) -> list[str]:
    """Groups that share a picture (the same number in `same`) as one group: no double is on both sides of a split."""
    home: dict[str, str] = {group: group for group in groups}

    def top(group: str) -> str:
        while home[group] != group:
            group = home[group]
        return group

    first: dict[int, str] = {}
    for group, number in zip(groups, same.tolist(), strict=True):
        a, b = top(group), top(first.setdefault(number, group))
        home[max(a, b)] = min(a, b)
    return [top(group) for group in groups]
