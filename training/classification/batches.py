"""Which cells enter a batch, and the batch itself: classes in balance, and no subject in command."""

from collections.abc import Iterator

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from training.classification.augment import augment
from training.classification.cells import CellTable, types_of
from training.classification.classes import TYPES, UNKNOWN
from training.classification.config import ClassificationSettings
from training.loop import ROUND_STEPS

Batch = tuple[Tensor, Tensor, Tensor]
"""Images (n, 3, side, side) 0 to 1, type index (n,), blast (n,); UNKNOWN where not known."""

Weights = NDArray[np.float64]


class CellBatches:
    """The batches of each round: the same ones whenever a round of that number is run.

    Raises:
        ValueError: if no cell has a known class.
    """

    def __init__(self, table: CellTable, settings: ClassificationSettings, replay: CellTable | None = None) -> None:
        parts = [(table, 1.0)]
        if replay is not None:
            parts = [(table, 1 - settings.replay_share), (replay, settings.replay_share)]
        joined = CellTable.join(part for part, _ in parts)
        self._shares = _drawn_shares(parts, settings.batch)
        if not self._shares:
            raise ValueError("no cell has a known class")
        types = types_of(joined)
        arrays = (joined.rgb, joined.distance, joined.cut_out, types, joined.blast)
        self._tensors = tuple(torch.from_numpy(np.ascontiguousarray(array)) for array in arrays)
        self._settings = settings

    def __call__(self, round_number: int) -> Iterator[Batch]:
        seed = (self._settings.seed, round_number)
        rng = np.random.default_rng(seed)
        torch_rng = torch.Generator().manual_seed(int(rng.integers(2**31)))
        for _ in range(ROUND_STEPS):
            drawn = [rng.choice(len(weights), size=count, p=weights) for weights, count in self._shares]
            rows = torch.from_numpy(np.concatenate(drawn).astype(np.int64))
            rgb, distance, cut_out, types, blasts = (tensor[rows] for tensor in self._tensors)
            yield augment(rgb, distance, cut_out, self._settings.strength, torch_rng), types, blasts


def sampling_weights(table: CellTable) -> tuple[Weights, Weights]:
    """Probability of each cell in the blast half and in the type half of a batch; each sums to 1, or is all 0.

    Within a class a group of n cells weighs sqrt(n): a subject with 800 cells counts four times one with 50, and a
    subject with a single cell is not repeated without end.
    """
    blast = sum((_by_group(table, table.blast == value) for value in (0, 1)), np.zeros(len(table)))
    only_type = table.blast == UNKNOWN
    kinds = [_by_group(table, (table.type_index == index) & only_type) for index in range(len(TYPES))]
    return _to_sum_one(blast), _to_sum_one(sum(kinds, np.zeros(len(table))))


def _drawn_shares(parts: list[tuple[CellTable, float]], batch: int) -> list[tuple[Weights, int]]:
    """Weights over the rows of all parts joined, and how many cells of a batch are drawn by each."""
    rows = sum(len(table) for table, _ in parts)
    shares: list[tuple[Weights, int]] = []
    start = 0
    for table, share in parts:
        halves = [weights for weights in sampling_weights(table) if weights.any()]
        for weights in halves:
            padded = np.zeros(rows)
            padded[start : start + len(table)] = weights
            shares.append((padded, max(1, round(batch * share / len(halves)))))
        start += len(table)
    return shares


def _by_group(table: CellTable, chosen: NDArray[np.bool_]) -> Weights:
    """Weights that sum to 1 over the chosen cells, sqrt(n) a group."""
    weights = np.zeros(len(table))
    if chosen.any():
        _, position, count = np.unique(table.group[chosen], return_inverse=True, return_counts=True)
        weights[chosen] = 1 / np.sqrt(count[position])
        weights /= weights.sum()
    return weights


def _to_sum_one(weights: Weights) -> Weights:
    total = weights.sum()
    return weights / total if total else weights
