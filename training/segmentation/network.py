"""The network: a light U-Net whose first step halves the picture, made for a processor without a graphics card."""

import itertools
from collections.abc import Mapping, Sequence

import torch
import torch.nn.functional as functional
from torch import Tensor, nn

CHANNELS = 4
"""Background, cytoplasm, nucleus, distance."""
SUB_PIXELS = 4
MULTIPLE_OF = 16


class _Block(nn.Sequential):
    """3x3 convolution, normalisation, rectifier."""

    def __init__(self, inputs: int, outputs: int, stride: int = 1) -> None:
        super().__init__(
            nn.Conv2d(inputs, outputs, 3, stride=stride, padding=1, bias=False),
            nn.BatchNorm2d(outputs),
            nn.ReLU(inplace=True),
        )


class CellNetwork(nn.Module):
    """Pictures to maps, both at the same size.

    Args:
        widths: channels at 1/2, 1/4, 1/8 and 1/16 of the picture's size.
        fine: each pixel has logits of its own (four for each place at half size: Shi et al. 2016, arXiv:1609.05158);
            else, as in packs before 1.1, those of half size are doubled, which rounds off outlines.
    """

    def __init__(self, widths: Sequence[int] = (16, 32, 64, 128), fine: bool = True) -> None:
        super().__init__()
        self.stem = nn.Sequential(_Block(3, widths[0], stride=2), _Block(widths[0], widths[0]))
        steps = list(itertools.pairwise(widths))
        self.down = nn.ModuleList(
            nn.Sequential(_Block(fine, coarse, stride=2), _Block(coarse, coarse), _Block(coarse, coarse))
            for fine, coarse in steps
        )
        self.up = nn.ModuleList(
            nn.Sequential(_Block(coarse + fine, fine), _Block(fine, fine)) for fine, coarse in reversed(steps)
        )
        self.head = nn.Conv2d(widths[0], CHANNELS * (SUB_PIXELS if fine else 1), 3, padding=1)

    def logits(self, image: Tensor) -> Tensor:
        """uint8 (N, H, W, 3) to float (N, 4, H, W), before softmax and sigmoid; H and W multiples of 16."""
        features = self.stem(image.permute(0, 3, 1, 2).float() / 64 - 2)
        kept = []
        for down in self.down:
            kept.append(features)
            features = down(features)
        for up in self.up:
            features = up(torch.cat([_doubled(features), kept.pop()], dim=1))
        maps = self.head(features)
        return functional.pixel_shuffle(maps, 2) if maps.shape[1] > CHANNELS else _doubled(maps)

    def forward(self, image: Tensor) -> Tensor:
        """Maps, float (N, 4, H, W) of 0 to 1: the three parts sum to 1, the distance stands beside them."""
        logits = self.logits(image)
        return torch.cat([logits[:, :3].softmax(dim=1), logits[:, 3:].sigmoid()], dim=1)


def network_for(weights: Mapping[str, Tensor]) -> CellNetwork:
    """A network (not yet with these weights) of the shape that weights by name were learnt in.

    Raises `KeyError` where they are of no such network.
    """
    coarser = (f"down.{level}.0.0.weight" for level in itertools.count())
    names = ["stem.0.0.weight", *itertools.takewhile(weights.__contains__, coarser)]
    return CellNetwork([len(weights[name]) for name in names], fine=len(weights["head.weight"]) > CHANNELS)


def _doubled(features: Tensor) -> Tensor:
    return functional.interpolate(features, scale_factor=2.0, mode="bilinear", align_corners=False)
