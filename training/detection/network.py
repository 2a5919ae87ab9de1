"""The network: pictures to a coarse map of how surely something lies there, and of its box. Anchor-free."""

from collections.abc import Sequence

import torch
import torch.nn.functional as functional
from torch import Tensor, nn

from allviewer.domain.boxes import KINDS

MULTIPLE_OF = 16
STRIDE = 4
_FIRST_GUESS = -3.5
"""Logit of an empty map: at the start nothing is seen anywhere."""
_FURTHEST = 5.0


class _Block(nn.Sequential):
    """3x3 convolution, normalisation, rectifier."""

    def __init__(self, inputs: int, outputs: int, stride: int = 1) -> None:
        super().__init__(
            nn.Conv2d(inputs, outputs, 3, stride=stride, padding=1, bias=False),
            nn.BatchNorm2d(outputs),
            nn.ReLU(inplace=True),
        )


class DetectionNetwork(nn.Module):
    """About 0.8 million parameters with the usual widths.

    Args:
        widths: channels at 1/2, 1/4, 1/8 and 1/16 of the picture's size.
    """

    def __init__(self, widths: Sequence[int] = (16, 32, 64, 128)) -> None:
        super().__init__()
        half, quarter, eighth, sixteenth = widths
        self.stem = nn.Sequential(_Block(3, half, stride=2), _Block(half, quarter, stride=2), _Block(quarter, quarter))
        self.eighth = nn.Sequential(_Block(quarter, eighth, stride=2), _Block(eighth, eighth), _Block(eighth, eighth))
        self.sixteenth = nn.Sequential(
            _Block(eighth, sixteenth, stride=2), _Block(sixteenth, sixteenth), _Block(sixteenth, sixteenth)
        )
        self.up_eighth = _Block(sixteenth + eighth, eighth)
        self.up_quarter = nn.Sequential(_Block(eighth + quarter, 48), _Block(48, 48))
        self.score = nn.Conv2d(48, len(KINDS), 1)
        self.reach = nn.Conv2d(48, 4, 1)
        nn.init.constant_(self.score.bias, _FIRST_GUESS)  # type: ignore[arg-type]

    def raw(self, image: Tensor) -> tuple[Tensor, Tensor]:
        """uint8 (N, H, W, 3) to logits (N, K, H/4, W/4) and distances to the four sides in pixels (N, 4, H/4, W/4)."""
        quarter = self.stem(image.permute(0, 3, 1, 2).float() / 64 - 2)
        eighth = self.eighth(quarter)
        eighth = self.up_eighth(torch.cat([_doubled(self.sixteenth(eighth)), eighth], dim=1))
        features = self.up_quarter(torch.cat([_doubled(eighth), quarter], dim=1))
        return self.score(features), STRIDE * self.reach(features).clamp(-_FURTHEST, _FURTHEST).exp()

    def forward(self, image: Tensor) -> Tensor:
        """(N, K + 4, H/4, W/4): of every kind 0 to 1, then left, top, right, bottom of the box there, in pixels."""
        logits, distances = self.raw(image)
        x, y = places(distances)
        sides = [x - distances[:, 0], y - distances[:, 1], x + distances[:, 2], y + distances[:, 3]]
        return torch.cat([logits.sigmoid(), torch.stack(sides, dim=1)], dim=1)


def places(maps: Tensor) -> tuple[Tensor, Tensor]:
    """x (1, w) and y (h, 1) of the middles of the map's places, in pixels of the picture."""
    x = (torch.arange(maps.shape[3], device=maps.device, dtype=torch.float32) + 0.5) * STRIDE
    y = (torch.arange(maps.shape[2], device=maps.device, dtype=torch.float32) + 0.5) * STRIDE
    return x[None, :], y[:, None]


def _doubled(features: Tensor) -> Tensor:
    return functional.interpolate(features, scale_factor=2.0, mode="nearest")
