"""From fields to a pack: training from nothing, or going on from a pack."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch

from allviewer.progress import CancelToken
from training import packs
from training.datasets.sample import Sample
from training.detection.batches import FieldBatches
from training.detection.config import DetectionConfig
from training.detection.fields import Field
from training.detection.losses import box_loss
from training.detection.network import DetectionNetwork
from training.loop import LoopSettings, train
from training.tasks import Tell


@dataclass(frozen=True)
class Lesson:
    """What is learnt from: fields with boxes, blasts cut out on black, and the pack `parent` that is gone on from."""

    fields: Sequence[Field]
    blasts: Sequence[Sample] = ()
    parent: Path | None = None


def fit_network(
    lesson: Lesson, config: DetectionConfig, folder: Path, cancel: CancelToken, tell: Tell, resume: bool = False
) -> DetectionNetwork:
    """A trained network; checkpoints lie in `folder`.

    Raises:
        PackError: the parent pack is damaged or of another kind.
        TrainingError, Cancelled: see `training.loop.train`.
    """
    torch.set_num_threads(config.threads)
    torch.manual_seed(config.seed)
    network = DetectionNetwork(config.widths)
    if lesson.parent:
        packs.load_weights(lesson.parent, network)
    settings = LoopSettings(
        steps=config.steps,
        learning_rate=config.fine_tune_learning_rate if lesson.parent else config.learning_rate,
        weight_decay=config.weight_decay,
        ema_decay=config.ema_decay,
        seed=config.seed,
        device=config.device,
    )
    batches = FieldBatches(lesson.fields, config, lesson.blasts)
    train(network, box_loss, batches, settings, folder, cancel, tell, resume)
    return network
