"""Splits by group: all pictures of a patient, slide or run of neighbours stay on one side."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from training.errors import TrainingError

Indices = NDArray[np.intp]


def group_folds(
    groups: Sequence[str], folds: int, seed: int, strata: Sequence[str] | None = None
) -> list[tuple[Indices, Indices]]:
    """(train, test) index arrays of each fold; no group is on both sides, every item is tested once.

    `strata` (a class or source for each item) is spread as evenly as the groups allow.

    Raises:
        TrainingError: fewer groups than folds.
    """
    from sklearn.model_selection import StratifiedGroupKFold

    distinct = len(set(groups))
    if folds < 2 or distinct < folds:
        raise TrainingError(f"{distinct} groups cannot be split into {folds} folds.", "Use fewer folds or more data.")
    labels = list(strata) if strata is not None else ["all"] * len(groups)
    splitter = StratifiedGroupKFold(n_splits=folds, shuffle=True, random_state=seed)
    return [(train, test) for train, test in splitter.split(np.zeros(len(groups)), labels, list(groups))]
