"""The shape that every network here has: a trunk that makes features, and a head that makes logits of them."""

import torch
from torch import Tensor, nn

from training.networks.recipe import Recipe

IMAGENET_MEAN, IMAGENET_SPREAD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
"""Of the RGB values 0 to 1 of ImageNet: what its published weights expect to be taken out."""


class Network(nn.Module):
    """Picture (n, channels, h, w), float32, 0 to 1 -> logits.

    Attributes:
        prepare: brings the values to what the trunk expects.
        features: the trunk. What it gives goes to `head` as it is; for a classifier that is the map
            (n, features, h, w) after the last convolution with its activation, which Grad-CAM looks at.
        head: all after it; the only part that trains in a frozen network.
        recipe: how `registry.build` made it; None where something else did.
    """

    def __init__(self, features: nn.Module, head: nn.Module, prepare: nn.Module | None = None) -> None:
        super().__init__()
        self.prepare = prepare or nn.Identity()
        self.features = features
        self.head = head
        self.frozen = False
        self.recipe: Recipe | None = None

    def forward(self, image: Tensor) -> Tensor:
        logits: Tensor = self.head(self.features(self.prepare(image)))
        return logits

    def freeze(self) -> None:
        """Only the head trains from now on, and the slopes of parametric leaky ReLU, which the trunk never learnt.

        Means and spreads of the trunk's normalisation stay as well.
        """
        self.frozen = True
        self.features.requires_grad_(False)
        for module in self.features.modules():
            if isinstance(module, nn.PReLU):
                module.requires_grad_(True)
        self.train(self.training)

    def train(self, mode: bool = True) -> "Network":
        super().train(mode)
        if self.frozen:
            self.features.eval()
        return self


class AsImageNet(nn.Module):
    """Values relative to the mean and spread of ImageNet; a grey picture is taken three times."""

    mean: Tensor
    spread: Tensor

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("mean", torch.tensor(IMAGENET_MEAN).reshape(1, 3, 1, 1))
        self.register_buffer("spread", torch.tensor(IMAGENET_SPREAD).reshape(1, 3, 1, 1))

    def forward(self, image: Tensor) -> Tensor:
        if image.shape[1] == 1:
            image = image.expand(-1, 3, -1, -1)
        return (image - self.mean) / self.spread


def count_parameters(module: nn.Module, trainable: bool = False) -> int:
    """Numbers that training sets; with `trainable`, only those that are not frozen."""
    return sum(p.numel() for p in module.parameters() if p.requires_grad or not trainable)
