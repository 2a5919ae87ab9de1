"""From cells to a network: training from nothing, or going on from a pack."""

from pathlib import Path
from typing import cast

import torch
from torch import Tensor, nn
from torch.nn import functional

from allviewer.errors import DatasetError
from allviewer.progress import CancelToken
from training import packs
from training.classification.batches import Batch, CellBatches
from training.classification.cells import CellTable
from training.classification.classes import UNKNOWN
from training.classification.config import ClassificationSettings
from training.classification.network import CellNet, Classifier
from training.loop import Company, LoopSettings, Loss, train
from training.tasks import Tell

SCRATCH_STEPS, SCRATCH_RATE = 700, 3e-3
BLAST_HALF_WEIGHT = 0.5
"""In the type loss, of the cells that teach blast: all of them are lymphoid, and would tilt the types that way."""
TUNE_STEPS_PER_CELL, TUNE_STEPS, TUNE_RATE = 3, (150, 600), 3e-4


def fit_network(
    table: CellTable,
    settings: ClassificationSettings,
    folder: Path,
    cancel: CancelToken,
    tell: Tell,
    start: Classifier | None = None,
    replay: CellTable | None = None,
    resume: bool = False,
    company: Company = Company(),  # noqa: B008 - frozen
) -> CellNet:
    """A trained network; checkpoints lie in `folder`. With `start` its network is gone on with, in place.

    Raises:
        DatasetError: no cell has a class that the network knows.
        TrainingError, Cancelled: see `training.loop.train`.
    """
    torch.set_num_threads(1)
    torch.manual_seed(settings.seed)
    net = start.net if start else CellNet()
    net.to(memory_format=torch.channels_last)  # type: ignore[call-overload]  # a third faster
    try:
        batches = CellBatches(table, settings, replay)
    except ValueError as error:
        raise DatasetError("The data hold no cell of a known class.", "Label some cells, then export again.") from error
    loop = LoopSettings(
        steps=settings.steps or (tune_steps(len(table)) if start else SCRATCH_STEPS),
        learning_rate=settings.learning_rate or (TUNE_RATE if start else SCRATCH_RATE),
        weight_decay=settings.weight_decay,
        seed=settings.seed,
    )

    train(net, loss_of(settings), batches, loop, folder, cancel, tell, resume, company)
    return net


def loss_of(settings: ClassificationSettings) -> Loss:
    """The loss of a network on a batch."""

    def loss(network: nn.Module, batch: Batch) -> Tensor:
        images, types, blasts = batch
        return cell_loss(cast("CellNet", network).parts(images), types, blasts, settings)

    return loss


def tune_steps(cells: int) -> int:
    """Steps for going on from a pack: more for more cells, within bounds."""
    low, high = TUNE_STEPS
    return min(max(TUNE_STEPS_PER_CELL * cells, low), high)


def cell_loss(
    parts: tuple[Tensor, Tensor, Tensor], types: Tensor, blasts: Tensor, settings: ClassificationSettings
) -> Tensor:
    """Type loss where the type is known, plus blast loss and the price of judging by looks where that is known.

    Args:
        parts: what `CellNet.parts` gives.
    """
    type_logits, by_size, by_look = parts
    total = type_logits.sum() * 0
    if (known := types != UNKNOWN).any():
        weights = torch.where(blasts[known] == UNKNOWN, 1.0, BLAST_HALF_WEIGHT)
        each = functional.cross_entropy(
            type_logits[known], types[known], label_smoothing=settings.smoothing, reduction="none"
        )
        total = total + (each * weights).sum() / weights.sum()
    if (known := blasts != UNKNOWN).any():
        wanted = blasts[known].float() * (1 - settings.smoothing) + settings.smoothing / 2
        total = total + functional.binary_cross_entropy_with_logits((by_size + by_look)[known], wanted)
        total = total + settings.look_penalty * by_look[known].square().mean()
    return total


def load_classifier(pack: Path) -> Classifier:
    """The network of a pack with its temperatures. Raises `PackError` if it is not of this kind."""
    classifier = Classifier(CellNet())
    packs.load_weights(pack, classifier)
    return classifier.eval()
