"""What the network is punished for: hills in the wrong place (focal loss), boxes that do not fit (GIoU)."""

from typing import cast

import torch
from torch import Tensor, nn

from training.detection.network import DetectionNetwork, places
from training.detection.targets import Batch

BOX_WEIGHT = 2.0


def box_loss(network: nn.Module, batch: Batch) -> Tensor:
    """Focal loss of CenterNet (Zhou et al. 2019, arXiv 1904.07850) + generalised IoU (Rezatofighi et al. 2019)."""
    logits, distances = cast("DetectionNetwork", network).raw(batch.image)
    return _focal(logits, batch.hills, batch.trust) + BOX_WEIGHT * _giou(distances, batch.boxes, batch.weights)


def _focal(logits: Tensor, hills: Tensor, trust: Tensor) -> Tensor:
    log_p, log_q = nn.functional.logsigmoid(logits), nn.functional.logsigmoid(-logits)
    p = logits.sigmoid()
    summit = (hills >= 1).float()
    hit = summit * (1 - p) ** 2 * log_p
    miss = (1 - summit) * trust * (1 - hills) ** 4 * p**2 * log_q
    return -(hit + miss).sum() / summit.sum().clamp(min=1)


def _giou(distances: Tensor, boxes: Tensor, weights: Tensor) -> Tensor:
    """Of the places that have a weight; the weights of one box sum to 1 at most."""
    chosen = weights > 0
    if not bool(chosen.any()):
        return distances.sum() * 0
    x, y = places(distances)
    found = torch.stack(
        [x - distances[:, 0], y - distances[:, 1], x + distances[:, 2], y + distances[:, 3]], dim=1
    ).permute(0, 2, 3, 1)[chosen]
    drawn = boxes.permute(0, 2, 3, 1)[chosen]
    shared = (torch.minimum(found[:, 2:], drawn[:, 2:]) - torch.maximum(found[:, :2], drawn[:, :2])).clamp(min=0)
    around = torch.maximum(found[:, 2:], drawn[:, 2:]) - torch.minimum(found[:, :2], drawn[:, :2])
    inner, outer = shared.prod(dim=1), around.prod(dim=1)
    union = (found[:, 2:] - found[:, :2]).prod(dim=1) + (drawn[:, 2:] - drawn[:, :2]).prod(dim=1) - inner
    loss = 1 - inner / union + (outer - union) / outer
    return (loss * weights[chosen]).sum() / weights.sum().clamp(min=1)
