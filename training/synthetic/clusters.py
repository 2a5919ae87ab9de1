"""How white cells lie when they touch."""

import numpy as np
from numpy.typing import NDArray

_PRESSED = 0.93
"""Distance of touching cells as a part of the sum of their radii: they flatten each other."""


def cluster_offsets(rng: np.random.Generator, radii_um: NDArray[np.float64]) -> NDArray[np.float64]:
    """Places of the cells of one group about its middle, float (n, 2) in um; each touches one before it."""
    placed = np.zeros((1, 2))
    for index in range(1, len(radii_um)):
        placed = np.vstack([placed, _next_place(rng, placed, radii_um[: index + 1])])
    return placed - placed.mean(axis=0)


def _next_place(
    rng: np.random.Generator, placed: NDArray[np.float64], radii_um: NDArray[np.float64]
) -> NDArray[np.float64]:
    """A place at one of the cells that presses into none of the others; the best of some tries."""
    own, others = radii_um[-1], radii_um[:-1]
    best, best_room = placed[0], -np.inf
    for _ in range(24):
        partner = int(rng.integers(len(placed)))
        angle = rng.uniform(0, 2 * np.pi)
        away = _PRESSED * (own + others[partner])
        place = placed[partner] + away * np.array([np.cos(angle), np.sin(angle)])
        room = float((np.hypot(*(placed - place).T) / (own + others)).min())
        if room >= _PRESSED - 1e-6:
            return place
        if room > best_room:
            best, best_room = place, room
    return best
