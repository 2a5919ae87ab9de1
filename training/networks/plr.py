"""Parametric leaky ReLU ("PLR") in the place of a network's own activation: paper 001, sections 3 and 4."""

from functools import partial
from typing import Any

import torch
from torch import Tensor, nn

REPLACED = ("ReLU", "ReLU6", "LeakyReLU", "ELU", "GELU", "SiLU", "Swish")
"""Classes of activations inside a network. Gates (sigmoid) and softmax are no activations of this kind."""


class LastAxisPReLU(nn.PReLU):
    """PReLU with one slope for each channel, the channels being the last axis (tokens of a transformer)."""

    def forward(self, x: Tensor) -> Tensor:
        return torch.relu(x) - self.weight * torch.relu(-x)


def use_plr(network: nn.Module, channels: int, size_px: int) -> None:
    """Replace every activation by PReLU with one slope a channel, 0.25 to begin with (He et al. 2015).

    The paper's "parametric leaky ReLU" names no number of slopes; one for each channel is what PReLU was published
    with. How many channels reach an activation is seen in one pass of an empty picture.
    """
    places = {name: module for name, module in network.named_modules() if type(module).__name__ in REPLACED}
    widths = _widths(network, places, torch.zeros(1, channels, size_px, size_px))
    for name, (width, last) in widths.items():
        parent, _, own = name.rpartition(".")
        module = LastAxisPReLU(width) if last else nn.PReLU(width)
        setattr(network.get_submodule(parent), own, module)


def _widths(network: nn.Module, places: dict[str, nn.Module], image: Tensor) -> dict[str, tuple[int, bool]]:
    """Channels that reach each activation, and whether they are its last axis."""
    found: dict[str, tuple[int, bool]] = {}

    def note(name: str, module: nn.Module, given: tuple[Any, ...]) -> None:
        found[name] = (given[0].shape[-1], True) if given[0].ndim == 3 else (given[0].shape[1], False)

    hooks = [module.register_forward_pre_hook(partial(note, name)) for name, module in places.items()]
    training = network.training
    try:
        with torch.no_grad():
            network.eval()(image)
    finally:
        for hook in hooks:
            hook.remove()
        network.train(training)
    return found
