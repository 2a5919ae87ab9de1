"""Clusters of grey levels, from the histogram alone: k-means, multi-level Otsu, fuzzy c-means. Deterministic."""

import numpy as np
from numpy.typing import NDArray

from allviewer.classical.colour import Grey

Counts = NDArray[np.float64]
_LEVELS = np.arange(256, dtype=np.float64)
_ROUNDS = 100
_FUZZINESS = 2.0


def histogram_of(grey: Grey) -> Counts:
    """How many pixels have each level: (256,)."""
    return np.bincount(grey.ravel(), minlength=256).astype(np.float64)


def cluster_tops(counts: Counts, clusters: int, way: str) -> list[int]:
    """The highest level of each cluster, ascending; fewer than asked for where there are fewer different levels.

    Args:
        way: "kmeans", "multi_otsu" or "fuzzy".
    """
    levels = np.flatnonzero(counts)
    clusters = min(clusters, levels.size)
    if clusters <= 1:
        return [int(levels[-1])] if levels.size else []
    if way == "multi_otsu":
        return [*_otsu_tops(counts, clusters), int(levels[-1])]
    centres = _kmeans(counts, clusters) if way == "kmeans" else _fuzzy(counts, clusters)
    middles = (centres[1:] + centres[:-1]) / 2
    tops = [int(levels[levels <= middle][-1]) for middle in middles if (levels <= middle).any()]
    return sorted({*tops, int(levels[-1])})


def _kmeans(counts: Counts, clusters: int) -> NDArray[np.float64]:
    """Centres by Lloyd's rounds from evenly spaced quantiles of the levels that occur."""
    levels = _LEVELS[counts > 0]
    weights = counts[counts > 0]
    centres = np.unique(np.quantile(levels, (np.arange(clusters) + 0.5) / clusters))
    for _ in range(_ROUNDS):
        nearest = np.abs(levels[:, None] - centres).argmin(axis=1)
        mass = np.bincount(nearest, weights, minlength=centres.size)
        sums = np.bincount(nearest, weights * levels, minlength=centres.size)
        moved = np.where(mass > 0, sums / np.maximum(mass, 1), centres)
        if np.array_equal(moved, centres):
            break
        centres = moved
    return np.sort(centres)


def _fuzzy(counts: Counts, clusters: int) -> NDArray[np.float64]:
    """Centres of fuzzy c-means (Bezdek) with exponent 2, from those of k-means."""
    levels, weights = _LEVELS[counts > 0], counts[counts > 0]
    centres = _kmeans(counts, clusters)
    for _ in range(_ROUNDS):
        distance = np.maximum(np.abs(levels[:, None] - centres), 1e-9)
        closeness = distance ** (-2 / (_FUZZINESS - 1))
        membership = (closeness / closeness.sum(axis=1, keepdims=True)) ** _FUZZINESS * weights[:, None]
        moved = (membership * levels[:, None]).sum(axis=0) / membership.sum(axis=0)
        if np.abs(moved - centres).max() < 1e-3:
            break
        centres = moved
    return np.sort(centres)


def _otsu_tops(counts: Counts, clusters: int) -> list[int]:
    """The cuts of multi-level Otsu: the highest level of every class but the last.

    Exact, by dynamic programming over the levels that occur: trying all cuts, as libraries do, takes hours for six
    classes. The sum of (mass x mean squared) over the classes is what Otsu's between-class variance grows with.
    """
    levels = np.flatnonzero(counts)
    mass = np.concatenate([[0.0], counts[levels].cumsum()])
    total = np.concatenate([[0.0], (counts[levels] * levels).cumsum()])
    # gain[i, j]: of a class from the i-th level up to, not with, the j-th
    within = np.maximum(mass[None, :] - mass[:, None], 1e-12)
    is_class = np.triu(np.ones((mass.size, mass.size), dtype=bool), 1)
    gain = np.where(is_class, (total[None, :] - total[:, None]) ** 2 / within, -np.inf)
    best, starts = gain[0], []
    for _ in range(clusters - 1):
        joined = best[:, None] + gain
        starts.append(joined.argmax(axis=0))
        best = joined.max(axis=0)
    end, tops = levels.size, []
    for start in reversed(starts):
        end = int(start[end])
        tops.append(int(levels[end - 1]))
    return tops[::-1]
