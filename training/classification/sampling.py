"""Which cells enter a batch: classes in balance, and no subject in command."""

import numpy as np
from numpy.typing import NDArray

from training.classification.cells import CellTable
from training.classification.classes import TYPES, UNKNOWN


def sampling_weights(table: CellTable) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Probability of each cell for the blast half and for the type half of a batch; each sums to 1 (or is all 0).

    Within a class a group of n cells weighs sqrt(n): a subject with 700 cells counts about four times one with 50,
    and a subject with a single cell is not repeated without end.
    """
    blast = np.zeros(len(table))
    for value in (0, 1):
        blast += _by_group(table, table.blast == value)
    kind = np.zeros(len(table))
    for index in range(len(TYPES)):
        kind += _by_group(table, (table.type_index == index) & (table.blast == UNKNOWN))
    return _to_sum_one(blast), _to_sum_one(kind)


def _by_group(table: CellTable, chosen: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Weights that sum to 1 over the chosen cells, sqrt(n) a group."""
    weights = np.zeros(len(table))
    if not chosen.any():
        return weights
    _, position, count = np.unique(table.group[chosen], return_inverse=True, return_counts=True)
    weights[chosen] = 1 / np.sqrt(count[position])
    return weights / weights.sum()


def _to_sum_one(weights: NDArray[np.float64]) -> NDArray[np.float64]:
    total = weights.sum()
    return weights / total if total else weights


class Batches:
    """Endless random batches of row numbers: one half for the blast head, one for the type head."""

    def __init__(self, table: CellTable, batch: int, rng: np.random.Generator) -> None:
        blast, kind = sampling_weights(table)
        self._parts = [weights for weights in (blast, kind) if weights.any()]
        if not self._parts:
            raise ValueError("no cell of the table has a known class")
        self._each = max(1, batch // len(self._parts))
        self._rng = rng
        self._rows = len(table)

    def next(self) -> NDArray[np.int64]:
        drawn = [self._rng.choice(self._rows, size=self._each, p=weights) for weights in self._parts]
        return np.concatenate(drawn).astype(np.int64)
