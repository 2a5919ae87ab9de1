"""Batches of changed crops, drawn from the sources by their shares; the same ones again for the same seed."""

import itertools
from collections import defaultdict
from collections.abc import Iterator, Sequence

import numpy as np
import torch

from training.datasets.sample import Sample
from training.errors import TrainingError
from training.segmentation.colours import vary_colours
from training.segmentation.config import SegmentationConfig
from training.segmentation.crops import Crop, black_out, draw_crop
from training.segmentation.losses import Batch
from training.segmentation.paste import CellBank
from training.segmentation.targets import distance_target


class CropBatches:
    """Calling it with a step's number gives the batches from that step on, without end.

    Args:
        samples: at the working scale.
        replay: older samples to mix in with `config.replay_share`; none when training from nothing.

    Raises:
        TrainingError: no sample has a share.
    """

    def __init__(self, samples: Sequence[Sample], config: SegmentationConfig, replay: Sequence[Sample] = ()) -> None:
        self._config = config
        self._bank = CellBank([*samples, *replay])
        self._pools: list[list[Sample]] = []
        self._chances = np.zeros(0)
        for pool, part in ((samples, 1 - config.replay_share if replay else 1.0), (replay, config.replay_share)):
            self._add(pool, part)
        if not self._pools:
            raise TrainingError("There is nothing to learn from.", "Give a share to at least one source of the data.")

    def _add(self, samples: Sequence[Sample], part: float) -> None:
        by_source: dict[str, list[Sample]] = defaultdict(list)
        for sample in samples:
            if self._config.shares.get(sample.source, 0) > 0:
                by_source[sample.source].append(sample)
        shares = np.array([self._config.shares[source] for source in by_source])
        if shares.size:
            self._pools += by_source.values()
            self._chances = np.append(self._chances, part * shares / shares.sum())

    def __call__(self, first_step: int) -> Iterator[Batch]:
        for step in itertools.count(first_step):
            rng = np.random.default_rng([self._config.seed, step])
            yield self._batch([self._crop(rng) for _ in range(self._config.batch)])

    def _crop(self, rng: np.random.Generator) -> Crop:
        settings = self._config.augmentation
        pool = self._pools[int(rng.choice(len(self._pools), p=self._chances / self._chances.sum()))]
        sample = pool[int(rng.integers(len(pool)))]
        crop = draw_crop(sample, self._config.crop_px, settings, rng)
        if rng.random() < settings.paste:
            self._bank.paste_into(crop, settings, rng)
        crop.image = vary_colours(crop.image, settings, rng)
        if rng.random() < settings.blackout:
            black_out(crop, rng)
        return crop

    def _batch(self, crops: list[Crop]) -> Batch:
        return Batch(
            torch.from_numpy(np.stack([crop.image for crop in crops])),
            torch.from_numpy(np.stack([crop.parts for crop in crops])),
            torch.from_numpy(np.stack([distance_target(crop.parts, crop.cells) for crop in crops])),
        )
