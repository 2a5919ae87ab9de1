"""Temperatures: one number for each head that makes its probabilities neither too sure nor too timid."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating]
RANGE = (0.2, 10.0)
EPSILON = 1e-12


def fit_blast_temperature(logits: Floats, blast: NDArray[np.int64]) -> float:
    """The temperature of least loss, both classes weighing the same. 1 where only one class is there."""
    if len(set(blast.tolist())) < 2:
        return 1.0
    weights = np.where(blast == 1, 0.5 / (blast == 1).sum(), 0.5 / (blast == 0).sum())
    signed = np.where(blast == 1, logits, -logits)
    return _least(lambda temperature: float(np.sum(weights * np.logaddexp(0, -signed / temperature))))


def fit_type_temperature(logits: Floats, types: NDArray[np.int64]) -> float:
    """The temperature of least loss for (n, types) logits, each class there weighing the same."""
    if not len(types):
        return 1.0
    present, position, count = np.unique(types, return_inverse=True, return_counts=True)
    weights = 1 / (len(present) * count[position])

    def loss(temperature: float) -> float:
        scaled = logits / temperature
        return float(np.sum(weights * (np.logaddexp.reduce(scaled, axis=1) - scaled[np.arange(len(types)), types])))

    return _least(loss)


def _least(loss: Callable[[float], float]) -> float:
    from scipy.optimize import minimize_scalar

    found = minimize_scalar(lambda log: loss(float(np.exp(log))), bounds=tuple(np.log(RANGE)), method="bounded")
    return float(np.exp(found.x))
