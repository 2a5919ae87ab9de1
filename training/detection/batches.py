"""Batches of changed crops, drawn from the sources by their shares; the same ones again for the same seed."""

import itertools
from collections import defaultdict
from collections.abc import Iterator, Sequence

import numpy as np

from training.datasets.sample import Sample
from training.detection.config import DetectionConfig
from training.detection.crops import Crop, draw_crop
from training.detection.fields import Field
from training.detection.paste import BlastBank
from training.detection.targets import Batch, batch_of
from training.errors import TrainingError
from training.segmentation.colours import vary_colours


class FieldBatches:
    """Calling it with a step's number gives the batches from that step on, without end.

    Args:
        blasts: cells on black, laid onto crops by `config.blasts`.

    Raises:
        TrainingError: no field has a share.
    """

    def __init__(self, fields: Sequence[Field], config: DetectionConfig, blasts: Sequence[Sample] = ()) -> None:
        self._config = config
        self._bank = BlastBank(blasts, config.mpp)
        by_source: dict[str, list[Field]] = defaultdict(list)
        for field in fields:
            if config.shares.get(field.source, 0) > 0:
                by_source[field.source].append(field.at_scale(config.mpp / config.largest))
        if not by_source:
            raise TrainingError("There is nothing to learn from.", "Give a share to at least one source of the data.")
        self._pools = list(by_source.values())
        shares = np.array([config.shares[source] for source in by_source])
        self._chances = shares / shares.sum()

    def __call__(self, first_step: int) -> Iterator[Batch]:
        for step in itertools.count(first_step):
            rng = np.random.default_rng([self._config.seed, step])
            yield batch_of([self._crop(rng) for _ in range(self._config.batch)])

    def _crop(self, rng: np.random.Generator) -> Crop:
        pool = self._pools[int(rng.choice(len(self._pools), p=self._chances))]
        crop = draw_crop(pool, self._config, rng)
        if rng.random() < self._config.blasts:
            self._bank.paste_into(crop, rng)
        crop.image = vary_colours(crop.image, self._config.colours, rng)
        return crop
