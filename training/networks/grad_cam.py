"""Grad-CAM inside the graph: the slopes of a classifier's head written out, so that no backward pass is needed.

Selvaraju et al., Grad-CAM, ICCV 2017: the map of a class is the rectified sum of the last feature maps, each weighted
by the mean over its places of the slope of the class's logit.
"""

import torch
from torch import Tensor, nn

_SUM_KEEPING = (nn.MaxPool2d, nn.AdaptiveAvgPool2d, nn.AvgPool2d)
"""Pooling hands the slope of each output to its inputs undiminished, so that sums over places stay the same."""
_PASSING = (nn.Dropout, nn.Identity)
_DENSE = (nn.Linear, nn.ReLU, nn.ELU, nn.PReLU, nn.BatchNorm1d, *_PASSING)


def heat_is_possible(head: nn.Module) -> bool:
    """Whether a head is pooling, flattening and dense layers on feature maps; that of a transformer is not."""
    if not isinstance(head, nn.Sequential) or not any(isinstance(layer, nn.Flatten) for layer in head):
        return False
    known = (*_SUM_KEEPING, *_DENSE, nn.Flatten)
    return all(isinstance(layer, known) for layer in head)


def logits_and_heat(head: nn.Sequential, features: Tensor) -> tuple[Tensor, Tensor]:
    """What a head in eval mode makes of features (n, c, h, w): logits (n, classes) and heat (n, classes, h, w).

    Heat is 0 or more, not scaled: what a place adds to the logit, by the slopes there.
    """
    given: list[Tensor] = []
    x = features
    for layer in head:
        given.append(x)
        x = layer(x)
    slope = torch.eye(x.shape[1], dtype=x.dtype, device=x.device).expand(x.shape[0], -1, -1)
    for layer, before in zip(reversed(head), reversed(given), strict=True):
        if isinstance(layer, nn.Flatten):
            slope = slope.unflatten(2, (features.shape[1], -1)).sum(dim=3)
            break
        slope = _through(layer, before, slope)
    weights = slope / (features.shape[2] * features.shape[3])
    return x, torch.relu(torch.einsum("nkc,nchw->nkhw", weights, features))


def _through(layer: nn.Module, x: Tensor, slope: Tensor) -> Tensor:
    """Slopes (n, classes, outputs) of a dense layer at its input x (n, inputs) -> (n, classes, inputs)."""
    if isinstance(layer, nn.Linear):
        return slope @ layer.weight
    if isinstance(layer, nn.BatchNorm1d):
        assert layer.running_var is not None
        return slope * (layer.weight * torch.rsqrt(layer.running_var + layer.eps))
    if isinstance(layer, nn.ReLU):
        return slope * (x > 0).to(slope.dtype)[:, None]
    if isinstance(layer, nn.PReLU):
        return slope * torch.where(x > 0, 1.0, layer.weight)[:, None]
    if isinstance(layer, nn.ELU):
        return slope * torch.where(x > 0, 1.0, layer.alpha * torch.exp(torch.clamp(x, max=0.0)))[:, None]
    assert isinstance(layer, _PASSING)
    return slope
