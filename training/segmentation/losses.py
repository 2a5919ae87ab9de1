"""What the network is punished for. Pixels of which nothing is known never count."""

from typing import NamedTuple, cast

import torch
import torch.nn.functional as functional
from torch import Tensor, nn

from training.datasets.sample import BACKGROUND, CYTOPLASM, NUCLEUS, SOME_CELL, UNKNOWN
from training.segmentation.network import CellNetwork

CLASS_WEIGHTS = (1.0, 1.0, 1.0)
"""Equal: a heavier class pushes its outline outwards."""
DISTANCE_WEIGHT = 2.0


class Batch(NamedTuple):
    """image uint8 (N, H, W, 3); parts uint8 (N, H, W); distance float (N, H, W), below 0 where it is not known."""

    image: Tensor
    parts: Tensor
    distance: Tensor


def cell_loss(network: nn.Module, batch: Batch) -> Tensor:
    """Weighted cross-entropy + soft Dice + smooth L1 of the distance."""
    logits = cast("CellNetwork", network).logits(batch.image).float()
    log_p = logits[:, :3].log_softmax(dim=1)
    parts = batch.parts.long()
    return _cross_entropy(log_p, parts) + _dice(log_p.exp(), parts) + _distance(logits[:, 3], batch.distance)


def _cross_entropy(log_p: Tensor, parts: Tensor) -> Tensor:
    some_cell = parts == SOME_CELL
    named = parts < SOME_CELL
    weights = log_p.new_tensor(CLASS_WEIGHTS)
    chosen = torch.where(named, parts, 0)
    nll = -log_p.gather(1, chosen[:, None])[:, 0] * weights[chosen] * named
    either = -torch.logsumexp(log_p[:, CYTOPLASM : NUCLEUS + 1], dim=1) * some_cell
    return (nll + either).sum() / (parts != UNKNOWN).sum().clamp(min=1)


def _dice(p: Tensor, parts: Tensor) -> Tensor:
    """1 - Dice, mean of cytoplasm, nucleus and whole cell, over the whole batch."""
    named = (parts < SOME_CELL).float()
    known = (parts != UNKNOWN).float()
    regions = [(p[:, part], (parts == part).float(), named) for part in (CYTOPLASM, NUCLEUS)]
    cell = ((parts > BACKGROUND) & (parts != UNKNOWN)).float()
    regions.append((1 - p[:, BACKGROUND], cell, known))
    scores = [
        (2 * (given * wanted * where).sum() + 1) / ((given * where).sum() + (wanted * where).sum() + 1)
        for given, wanted, where in regions
    ]
    return 1 - torch.stack(scores).mean()


def _distance(logit: Tensor, wanted: Tensor) -> Tensor:
    known = (wanted >= 0).float()
    error = functional.smooth_l1_loss(logit.sigmoid(), wanted, reduction="none", beta=0.1)
    weight = known * (1 + 3 * (wanted > 0))
    return DISTANCE_WEIGHT * (error * weight).sum() / weight.sum().clamp(min=1)
