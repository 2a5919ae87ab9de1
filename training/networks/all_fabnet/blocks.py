"""Encoder, atrous pyramid and decoder of ALL-FABNET (paper 000, section III, figures 2 and 3)."""

from itertools import pairwise

import torch
from pytorchcv.models.densenet import densenet169
from torch import Tensor, nn

ENCODER_WIDTHS = (64, 256, 512, 1280, 1664)
"""Channels of DenseNet-169 at 1/2, 1/4, 1/8, 1/16 and 1/32 of the picture's size."""
DECODER_WIDTHS = (32, 64, 128, 256)
"""Channels at 1/2, 1/4, 1/8 and 1/16; not stated in the paper."""
FINEST_WIDTH = 16
DILATIONS = (1, 6, 12, 18)


class Encoder(nn.Module):
    """DenseNet-169 with a map kept at each of five sizes, the finest first."""

    def __init__(self) -> None:
        super().__init__()
        trunk = densenet169().features
        self.init_block = trunk.get_submodule("init_block")
        self.stage1, self.stage2, self.stage3, self.stage4 = (trunk.get_submodule(f"stage{n}") for n in range(1, 5))
        self.post_activ = trunk.get_submodule("post_activ")

    def forward(self, image: Tensor) -> list[Tensor]:
        x = image
        maps: list[Tensor] = []
        for name, layer in self.init_block.named_children():  # convolution, normalisation, activation, pooling
            if name == "pool":
                maps.append(x)
            x = layer(x)
        x = self.stage1(x)
        for stage in (self.stage2, self.stage3, self.stage4):
            maps.append(x)
            x = stage(x)
        return [*maps, self.post_activ(x)]


class AtrousPyramid(nn.Module):
    """Four dilated 3x3 convolutions side by side, joined by a 1x1 convolution.

    "Four null space convolutional pooling pyramids" is read as atrous (dilated, "with holes") spatial pyramid pooling;
    the dilations are those of DeepLab v3.
    """

    def __init__(self, before: int, after: int) -> None:
        super().__init__()
        each = after // len(DILATIONS)
        self.branches = nn.ModuleList(
            nn.Sequential(
                nn.Conv2d(before, each, 3, padding=dilation, dilation=dilation, bias=False),
                nn.BatchNorm2d(each),
                nn.ReLU(),
            )
            for dilation in DILATIONS
        )
        self.join = convolved(after, after, 1)

    def forward(self, x: Tensor) -> Tensor:
        result: Tensor = self.join(torch.cat([branch(x) for branch in self.branches], dim=1))
        return result


class Decoder(nn.Module):
    """Transposed convolution to twice the size, joined with the encoder's map, 3x3 convolution; at last the logits."""

    def __init__(self, bottleneck: int, classes: int) -> None:
        super().__init__()
        widths = (bottleneck, *reversed(DECODER_WIDTHS))
        self.ups = nn.ModuleList(nn.ConvTranspose2d(a, b, 2, stride=2) for a, b in pairwise(widths))
        self.joins = nn.ModuleList(
            convolved(width + skip, width, 3)
            for width, skip in zip(widths[1:], reversed(ENCODER_WIDTHS[:-1]), strict=True)
        )
        self.finest = nn.Sequential(nn.ConvTranspose2d(DECODER_WIDTHS[0], FINEST_WIDTH, 2, stride=2), nn.ReLU())
        self.last = nn.Conv2d(FINEST_WIDTH, classes, 1)

    def forward(self, maps: list[Tensor]) -> Tensor:
        *skips, x = maps
        for up, join, skip in zip(self.ups, self.joins, reversed(skips), strict=True):
            x = join(torch.cat([up(x), skip], dim=1))
        logits: Tensor = self.last(self.finest(x))
        return logits


def convolved(before: int, after: int, kernel: int) -> nn.Sequential:
    """Convolution that keeps the size, normalisation, ReLU."""
    return nn.Sequential(
        nn.Conv2d(before, after, kernel, padding=kernel // 2, bias=False), nn.BatchNorm2d(after), nn.ReLU()
    )
