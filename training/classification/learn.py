"""The training loop: from a table of cells to a network."""

import copy
from dataclasses import dataclass, field

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from allviewer.progress import CancelToken, Report
from training.classification.augment import augment
from training.classification.cells import CellTable
from training.classification.classes import LYMPHOID, UNKNOWN
from training.classification.config import Strength
from training.classification.network import CellNet
from training.classification.sampling import Batches

EMA = 0.995
REPORT_EVERY = 25


@dataclass(frozen=True)
class Recipe:
    """How to train. `steps` batches of `batch` cells, one cycle of the learning rate."""

    steps: int = 1500
    batch: int = 64
    learning_rate: float = 3e-3
    weight_decay: float = 0.05
    smoothing: float = 0.05
    strength: Strength = field(default_factory=Strength)
    seed: int = 0


def learn(table: CellTable, recipe: Recipe, cancel: CancelToken, report: Report, net: CellNet | None = None) -> CellNet:
    """Train a new network, or continue `net`; gives the running mean of its weights, in eval mode.

    Raises:
        Cancelled: when the token is set.
        ValueError: if no cell has a known class.
    """
    torch.manual_seed(recipe.seed)
    rng = torch.Generator().manual_seed(recipe.seed)
    batches = Batches(table, recipe.batch, np.random.default_rng(recipe.seed))
    tensors = _tensors(table)
    net = CellNet() if net is None else copy.deepcopy(net)
    mean = copy.deepcopy(net)
    optimiser = torch.optim.AdamW(net.parameters(), lr=recipe.learning_rate, weight_decay=recipe.weight_decay)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, recipe.learning_rate, total_steps=recipe.steps)
    net.train()
    for step in range(recipe.steps):
        cancel.check()
        rows = torch.from_numpy(batches.next())
        rgb, distance, cut_out, types, blasts = (tensor[rows] for tensor in tensors)
        images = augment(rgb, distance, cut_out, recipe.strength, rng)
        loss = loss_of(net(images), types, blasts, recipe.smoothing)
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(net.parameters(), 5.0)
        optimiser.step()
        schedule.step()
        _follow(mean, net, min(EMA, (step + 1) / (step + 10)))
        if step % REPORT_EVERY == 0 or step == recipe.steps - 1:
            report((step + 1) / recipe.steps, f"step {step + 1} of {recipe.steps}, loss {loss.item():.3f}")
    return mean.eval()


def loss_of(logits: tuple[Tensor, Tensor], types: Tensor, blasts: Tensor, smoothing: float) -> Tensor:
    """Type loss where the type is known plus blast loss where that is known."""
    type_logits, blast_logits = logits
    total = type_logits.sum() * 0
    if (known := types != UNKNOWN).any():
        total = total + functional.cross_entropy(type_logits[known], types[known], label_smoothing=smoothing)
    if (known := blasts != UNKNOWN).any():
        wanted = blasts[known].float() * (1 - smoothing) + smoothing / 2
        total = total + functional.binary_cross_entropy_with_logits(blast_logits[known], wanted)
    return total


def _tensors(table: CellTable) -> tuple[Tensor, ...]:
    types = np.where(table.blast != UNKNOWN, LYMPHOID, table.type_index)
    arrays = (table.rgb, table.distance, table.cut_out, types, table.blast)
    return tuple(torch.from_numpy(np.ascontiguousarray(array)) for array in arrays)


def _follow(mean: torch.nn.Module, net: torch.nn.Module, keep: float) -> None:
    """Move the running mean towards the network; counters are copied."""
    with torch.no_grad():
        for slow, fast in zip(mean.state_dict().values(), net.state_dict().values(), strict=True):
            if slow.dtype.is_floating_point:
                slow.lerp_(fast, 1 - keep)
            else:
                slow.copy_(fast)
