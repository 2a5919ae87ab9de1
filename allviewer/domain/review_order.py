"""In which order cells are looked at so that most is gained: likely mistakes first, no two alike in a row. Pure.

Uncertainty and disagreement say where a network is likely to be wrong; the distance of embeddings keeps near doubles
apart (k-centre, Sener and Savarese 2018); a part is drawn by chance, because the worst alone are mostly artefacts.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
BINS, PRIOR_CELLS = 5, 4.0
BY_CHANCE = 0.15
"""Part of the queue that is drawn at random."""


@dataclass(frozen=True, slots=True)
class Expectation:
    """What the first `looked_at` cells of a queue bring.

    Attributes:
        found: expected number of cells that need a correction among them; at_random: among as many drawn by chance.
        needed_at_random: so many drawn by chance bring as much.
    """

    looked_at: int
    found: float
    at_random: float
    needed_at_random: float

    @property
    def saved(self) -> float:
        """Corrections that chance would have missed with the same work."""
        return self.found - self.at_random


def chance_of_mistake(uncertainty: Floats, disagreement: Floats, seen: Sequence[tuple[float, bool]] = ()) -> Floats:
    """Chance that a person would correct each cell, 0 to 1.

    Args:
        uncertainty: (n,) 0 to 1; taken at its word where nobody has looked at cells yet.
        disagreement: (n,) 0 to 1, of two networks: where they differ, one is wrong, and it may be the other one.
        seen: (uncertainty, whether it was corrected) of cells that people have looked at: they say what it is worth.
    """
    chance = np.clip(uncertainty, 0.0, 1.0)
    if seen:
        known = np.array([u for u, _ in seen])
        wrong = np.array([was_wrong for _, was_wrong in seen], float)
        edges = np.quantile(known, np.linspace(0, 1, BINS + 1)[1:-1])
        own, theirs = np.digitize(chance, edges), np.digitize(known, edges)
        count = np.bincount(theirs, minlength=BINS)
        hits = np.bincount(theirs, wrong, minlength=BINS)
        chance = (hits[own] + PRIOR_CELLS * chance) / (count[own] + PRIOR_CELLS)
    return np.asarray(chance + (1 - chance) * np.clip(disagreement, 0.0, 1.0) / 2, np.float64)


def review_order(chance: Floats, embedding: Floats, count: int, seed: int = 0) -> list[int]:
    """Indices of the cells to look at, best first.

    Args:
        chance: (n,) of a mistake.
        embedding: (n, d); distances say how alike cells are.
    """
    rng = np.random.default_rng(seed)
    total = len(chance)
    scaled = _standardised(embedding)
    nearest = np.full(total, np.inf)
    usual = float(np.median(np.linalg.norm(scaled, axis=1))) or 1.0
    free = np.ones(total, bool)
    order: list[int] = []
    while len(order) < min(count, total):
        novelty = np.minimum(1.0, nearest / usual)
        score = np.where(free, chance * (0.4 + 0.6 * novelty), -1.0)
        by_chance = rng.random() < BY_CHANCE
        index = int(rng.choice(np.flatnonzero(free))) if by_chance else int(np.argmax(score))
        order.append(index)
        free[index] = False
        nearest = np.minimum(nearest, np.linalg.norm(scaled - scaled[index], axis=1))
    return order


def expectation(chance: Floats, order: Sequence[int]) -> Expectation:
    """What looking at the cells of an order brings, against as many drawn by chance from all of them."""
    found = float(chance[list(order)].sum())
    mean = float(chance.mean()) if len(chance) else 0.0
    needed = min(float(len(chance)), found / mean) if mean else 0.0
    return Expectation(len(order), found, mean * len(order), needed)


def _standardised(embedding: Floats) -> Floats:
    return np.asarray((embedding - embedding.mean(axis=0)) / (embedding.std(axis=0) + 1e-9), np.float64)
