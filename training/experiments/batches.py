"""Batches of prepared pictures: shuffled, turned and changed, the same again for the same seed and epoch."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.utils.data import DataLoader, Dataset, DistributedSampler

from training.preprocessing.augment import Augmenter
from training.preprocessing.settings import Augmentation
from training.splits import Indices

NO_CHANGE = Augmentation()


@dataclass(frozen=True)
class Material:
    """Prepared pictures and what is to be said of them.

    Attributes:
        pictures: uint8 (n, side, side, channels).
        targets: int64 (n,) of classes, or uint8 (n, side, side) of maps.
    """

    pictures: NDArray[np.uint8]
    targets: NDArray[Any]


@dataclass(frozen=True)
class Entries:
    """What an epoch goes through: indices of pictures and by how many quarter turns each is turned."""

    indices: Indices
    turns: Indices

    def __len__(self) -> int:
        return len(self.indices)


def entries_of(indices: Indices, copies: bool, leaked: Indices) -> Entries:
    """Each picture once, or four times at 0, 90, 180 and 270 degrees; of leaked ones, the three turned copies."""
    turns = np.arange(4 if copies else 1)
    own = Entries(np.repeat(indices, len(turns)), np.tile(turns, len(indices)))
    if not len(leaked):
        return own
    return Entries(
        np.concatenate([own.indices, np.repeat(leaked, 3)]),
        np.concatenate([own.turns, np.tile(np.arange(1, 4), len(leaked))]),
    )


class Pictures(Dataset[tuple[Tensor, Tensor]]):
    """A whole batch at a time, from memory; `epoch` makes the changes of each epoch its own."""

    def __init__(self, material: Material, entries: Entries, change: Augmentation, seed: int) -> None:
        self._material, self._entries, self._seed = material, entries, seed
        masks = material.targets.ndim == 3
        self._augment = Augmenter(change, material.pictures.shape[1], masks)
        self.epoch = 0

    def __len__(self) -> int:
        return len(self._entries)

    def __getitems__(self, places: list[int]) -> tuple[Tensor, Tensor]:
        chosen, turns = self._entries.indices[places], self._entries.turns[places]
        pictures = np.ascontiguousarray(self._material.pictures[chosen].transpose(0, 3, 1, 2))
        batch = torch.from_numpy(pictures).float().div_(255)
        targets = torch.from_numpy(self._material.targets[chosen]).long()
        for place, turn in enumerate(turns):
            if turn:
                batch[place] = torch.rot90(batch[place], int(turn), (1, 2))
                if targets.ndim == 3:
                    targets[place] = torch.rot90(targets[place], int(turn), (0, 1))
        if self._augment.changes_anything:
            self._change(batch, targets, places)
        return batch, targets

    def _change(self, batch: Tensor, targets: Tensor, places: list[int]) -> None:
        masks = targets.ndim == 3
        for row, place in enumerate(places):
            mask = targets[row] if masks else None
            picture, moved = self._augment(batch[row], mask, (self._seed, self.epoch, place))
            batch[row] = picture
            if moved is not None:
                targets[row] = moved


class EpochSampler(DistributedSampler[tuple[Tensor, Tensor]]):
    """The order of an epoch, divided among the processes; Lightning tells it the epoch, and it tells the pictures."""

    def __init__(self, pictures: Pictures, processes: int, rank: int, seed: int, shuffle: bool) -> None:
        super().__init__(pictures, processes, rank, shuffle=shuffle, seed=seed)
        self._pictures = pictures

    def set_epoch(self, epoch: int) -> None:
        super().set_epoch(epoch)
        self._pictures.epoch = epoch


def loader(pictures: Pictures, batch: int, sampler: EpochSampler) -> DataLoader[tuple[Tensor, Tensor]]:
    """Batches in the sampler's order. A last batch of one picture is left out: it has no spread to normalise by."""
    single_left = len(sampler) % batch == 1 and len(sampler) > 1
    return DataLoader(pictures, batch, sampler=sampler, collate_fn=_whole, drop_last=single_left)


def _whole(batch: Any) -> Any:
    """`Pictures` makes whole batches."""
    return batch


def in_order(material: Material, indices: Indices, batch: int) -> Iterator[tuple[Tensor, Tensor]]:
    """Unchanged pictures in the order of the indices."""
    pictures = Pictures(material, entries_of(indices, False, np.zeros(0, np.intp)), NO_CHANGE, 0)
    for start in range(0, len(indices), batch):
        yield pictures.__getitems__(list(range(start, min(start + batch, len(indices)))))
