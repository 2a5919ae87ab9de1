"""U-Net PLR as table 2 of paper 001 prints it, layer by layer."""

import torch
from torch import Tensor, nn
from torch.nn import functional

from training.networks.network import Network

BORDER_PX = 11
"""What is lost on each side of a picture whose sides are multiples of 4: 256 px in, 234 px out, as in the table."""


class TableLayers(nn.Module):
    """All layers but the last: the map (n, 32, h - 22, w - 22) for an input of h by w pixels.

    Args:
        as_printed: the second merge takes the 128 channels of conv2d_2, which at 60 px has to be enlarged to 236 px;
            else the 32 channels of conv2d, whose size is that of a U-Net's skip.
    """

    def __init__(self, channels: int, plr: bool, as_printed: bool) -> None:
        super().__init__()
        self.as_printed = as_printed
        self.first = _valid(channels, 32, plr)
        self.second = _valid(32, 64, plr)
        self.third = _valid(64, 128, plr)
        self.fourth = _valid(128 + 64, 64, plr)
        self.fifth = _valid(64 + (128 if as_printed else 32), 32, plr)

    def forward(self, image: Tensor) -> Tensor:
        first = self.first(image)
        second = self.second(functional.max_pool2d(first, 2))
        third = self.third(functional.max_pool2d(second, 2))
        doubled = functional.interpolate(third, scale_factor=2.0)
        fourth = self.fourth(torch.cat([doubled, _middle(second, doubled)], dim=1))
        doubled = functional.interpolate(fourth, scale_factor=2.0)
        skip = functional.interpolate(third, doubled.shape[2:]) if self.as_printed else _middle(first, doubled)
        result: Tensor = self.fifth(torch.cat([doubled, skip], dim=1))
        return result


class ToInputSize(nn.Module):
    """1x1 convolution, then the border that the unpadded convolutions cost: its nearest values repeated."""

    def __init__(self, classes: int) -> None:
        super().__init__()
        self.last = nn.Conv2d(32, classes, 1)

    def forward(self, x: Tensor) -> Tensor:
        return functional.pad(self.last(x), (BORDER_PX,) * 4, mode="replicate")


def _valid(before: int, after: int, plr: bool) -> nn.Sequential:
    return nn.Sequential(nn.Conv2d(before, after, 3), nn.PReLU(after) if plr else nn.ReLU())


def _middle(x: Tensor, like: Tensor) -> Tensor:
    """The middle of a map, cut to the size of another."""
    top, left = ((have - want) // 2 for have, want in zip(x.shape[2:], like.shape[2:], strict=True))
    return x[:, :, top : top + like.shape[2], left : left + like.shape[3]]


def unet_plr_table2(classes: int, channels: int, size_px: int, options: frozenset[str]) -> Network:
    """Three convolutions down and two up without padding, nearest-neighbour doubling, a 1x1 head.

    The layers of the table sum to 258,689 weights for one input channel and one class; the text prints 259,689, a slip
    of one digit. Slopes of the PLR (320) are in neither. concatenate joins 120 px with 125 px (cut to its middle) and
    concatenate_1 236 px with conv2d_2 at 60 px (enlarged): option "cropped-skips" joins conv2d instead, with 231,041
    weights. Option "relu" is the network without PLR.
    """
    features = TableLayers(channels, "relu" not in options, "cropped-skips" not in options)
    return Network(features, ToInputSize(classes))
