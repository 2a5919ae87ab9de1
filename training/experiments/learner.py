"""A network of the registry as Lightning trains it: loss, optimiser, and what is noted of every epoch."""

import lightning.pytorch as pl
import torch
from torch import Tensor, nn

from training.errors import TrainingError
from training.experiments.experiment import LossName, Optimiser
from training.preprocessing.targets import IGNORED

TRAIN_LOSS, TRAIN_ACCURACY = "loss", "accuracy"
INNER_LOSS, INNER_ACCURACY = "inner_loss", "inner_accuracy"


class PicturewiseNorm(nn.Module):
    """Each picture less its mean, by its spread (003, "Image Normalization", first reading)."""

    def forward(self, pictures: Tensor) -> Tensor:
        mean = pictures.mean(dim=(1, 2, 3), keepdim=True)
        spread = (pictures - mean).square().mean(dim=(1, 2, 3), keepdim=True).sqrt()
        return (pictures - mean) / (spread + 1e-6)


class Learner(pl.LightningModule):
    """The network and its loss. Raises `TrainingError` once a loss is no number."""

    def __init__(self, network: nn.Module, loss: LossName, optimiser: Optimiser) -> None:
        super().__init__()
        self.network = network
        self._loss = loss
        self._optimiser = optimiser

    def training_step(self, batch: tuple[Tensor, Tensor], index: int) -> Tensor:
        return self._step(batch, TRAIN_LOSS, TRAIN_ACCURACY)

    def validation_step(self, batch: tuple[Tensor, Tensor], index: int) -> Tensor:
        return self._step(batch, INNER_LOSS, INNER_ACCURACY)

    def _step(self, batch: tuple[Tensor, Tensor], loss_name: str, accuracy_name: str) -> Tensor:
        pictures, targets = batch
        logits = self.network(pictures.to(memory_format=torch.channels_last))
        targets = fitted(targets, logits)
        loss = loss_of(self._loss, logits, targets)
        if not torch.isfinite(loss):
            raise TrainingError(
                f"The loss is no longer a number in epoch {self.current_epoch + 1}.", "Lower the learning rate."
            )
        known = targets != IGNORED
        right = (logits.argmax(dim=1) == targets)[known].float().mean()
        noted = {loss_name: loss.detach(), accuracy_name: right}
        self.log_dict(noted, on_step=False, on_epoch=True, batch_size=len(pictures), sync_dist=True)
        return loss

    def configure_optimizers(self) -> torch.optim.Optimizer:
        return make_optimiser(self._optimiser, [p for p in self.network.parameters() if p.requires_grad])


def make_optimiser(settings: Optimiser, weights: list[nn.Parameter]) -> torch.optim.Optimizer:
    """The optimiser over the weights that learn. Raises `TrainingError` if there are none."""
    if not weights:
        raise TrainingError("Nothing of the network is left to learn.", "Do not freeze all of it.")
    rate, decay = settings.learning_rate, settings.weight_decay
    match settings.name:
        case "adam":
            return torch.optim.Adam(weights, lr=rate, weight_decay=decay)
        case "adamw":
            return torch.optim.AdamW(weights, lr=rate, weight_decay=decay)
        case "rmsprop":
            return torch.optim.RMSprop(weights, lr=rate, alpha=0.9, eps=1e-7, weight_decay=decay)
        case "sgd":
            return torch.optim.SGD(weights, lr=rate, momentum=0.9, weight_decay=decay)


def fitted(targets: Tensor, logits: Tensor) -> Tensor:
    """Maps cut to the size of the answer, in the middle: a network without padding says less than it sees."""
    if targets.ndim == 1 or targets.shape[-2:] == logits.shape[-2:]:
        return targets
    height, width = logits.shape[-2:]
    top, left = (targets.shape[-2] - height) // 2, (targets.shape[-1] - width) // 2
    return targets[:, top : top + height, left : left + width]


def loss_of(name: LossName, logits: Tensor, targets: Tensor) -> Tensor:
    """The loss of logits (n, classes, ...) against class numbers (n, ...), IGNORED left out."""
    cross_entropy = torch.nn.functional.cross_entropy
    if name == "cross_entropy":
        return cross_entropy(logits.float(), targets, ignore_index=IGNORED)
    dice = _dice_loss(logits.float(), targets)
    return dice if name == "dice" else dice + cross_entropy(logits.float(), targets, ignore_index=IGNORED)


def _dice_loss(logits: Tensor, targets: Tensor) -> Tensor:
    """1 - mean Dice of the classes but the background, over the batch (002, table 3: loss + Dice = 1).

    Not MONAI's: that has no way to leave pixels out which holds after the softmax.
    """
    known = (targets != IGNORED)[:, None]
    given = logits.softmax(dim=1) * known
    truth = torch.nn.functional.one_hot(targets.masked_fill(~known[:, 0], 0), logits.shape[1]).movedim(-1, 1) * known
    both = (given * truth).sum(dim=(0, 2, 3))[1:]
    either = (given + truth).sum(dim=(0, 2, 3))[1:]
    return 1 - ((2 * both + 1) / (either + 1)).mean()
