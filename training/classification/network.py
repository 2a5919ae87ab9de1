"""The network: a small residual net on the standardised cell, with a head for the type and one for blast."""

from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional

from training.classification.classes import LYMPHOID, TYPES

TYPE_WIDTHS = (24, 48, 96, 128)
BLAST_WIDTHS = (16, 32, 64)
STD_FLOOR = 0.05
EPSILON = 1e-6
BLAST_PX = 64
"""Side at which the blast trunk sees the crop: finer texture (focus) tells the person, not the disease."""
USUAL_LOG_AREA, LOG_AREA_SPREAD = 6.8, 0.35
"""Of the cells of C-NMC 2019 in pixels of that size: brings the size to about -1 to 1."""
VIEWS = 8
MIX_SHARE, MIX_SHAPE = 0.5, 0.2


class Standardise(nn.Module):
    """Colours relative to the cell's own mean and spread, with the mask as a fourth channel.

    Labs differ in stain and light far more than blasts differ from lymphocytes in colour, so what is the same for the
    whole cell is taken out. Texture, the contrast of nucleus and cytoplasm, shape and size stay.
    """

    def forward(self, image: Tensor) -> Tensor:
        """(n, 3, side, side) 0 to 1, black outside the cell -> (n, 4, side, side)."""
        inside = (image.amax(dim=1, keepdim=True) > 0).to(image.dtype)
        area = inside.sum(dim=(2, 3), keepdim=True) + EPSILON
        mean = (image * inside).sum(dim=(2, 3), keepdim=True) / area
        centred = (image - mean) * inside
        variance = (centred * centred).sum(dim=(1, 2, 3), keepdim=True) / (3 * area)
        return torch.cat([centred / (variance.sqrt() + STD_FLOOR), inside], dim=1)


class Residual(nn.Module):
    """Two 3x3 convolutions and a shortcut; the first may halve the picture."""

    def __init__(self, channels_in: int, channels_out: int, stride: int) -> None:
        super().__init__()
        self.first = nn.Conv2d(channels_in, channels_out, 3, stride, 1, bias=False)
        self.first_norm = nn.BatchNorm2d(channels_out)
        self.second = nn.Conv2d(channels_out, channels_out, 3, 1, 1, bias=False)
        self.second_norm = nn.BatchNorm2d(channels_out)
        self.shortcut: nn.Module = nn.Identity()
        if stride != 1 or channels_in != channels_out:
            self.shortcut = nn.Sequential(
                nn.AvgPool2d(stride), nn.Conv2d(channels_in, channels_out, 1, bias=False), nn.BatchNorm2d(channels_out)
            )

    def forward(self, x: Tensor) -> Tensor:
        inner = torch.relu(self.first_norm(self.first(x)))
        return torch.relu(self.second_norm(self.second(inner)) + self.shortcut(x))


class Trunk(nn.Module):
    """Picture -> maps: a first convolution and residual stages that each halve the picture."""

    def __init__(self, channels: int, widths: tuple[int, ...], mixing: bool = False) -> None:
        super().__init__()
        self.stem = nn.Sequential(
            nn.Conv2d(channels, widths[0], 3, 2, 1, bias=False), nn.BatchNorm2d(widths[0]), nn.ReLU()
        )
        sizes = (widths[0], *widths)
        self.stages = nn.ModuleList(Residual(a, b, 2) for a, b in pairwise(sizes))
        self.mixing = mixing

    def forward(self, x: Tensor) -> Tensor:
        """The maps after the last convolution, whose means are the features."""
        x = self.stem(x)
        for number, stage in enumerate(self.stages):
            if self.mixing and self.training and number < 2:
                x = mix_styles(x)
            x = stage(x)
        return x


class CellNet(nn.Module):
    """Crop -> logits of the types and the logit of blast given lymphoid.

    The blast head has a small trunk of its own that sees no colour: with cells of so few people, colour and fine
    texture tell the person rather than the disease. The size of the cell is given to it as a number.
    """

    def __init__(self, dropout: float = 0.5) -> None:
        super().__init__()
        self.standardise = Standardise()
        self.type_trunk = Trunk(4, TYPE_WIDTHS)
        self.blast_trunk = Trunk(2, BLAST_WIDTHS, mixing=True)
        self.dropout = nn.Dropout(dropout)
        self.type_head = nn.Linear(TYPE_WIDTHS[-1], len(TYPES))
        self.blast_head = nn.Linear(BLAST_WIDTHS[-1], 1)
        self.size_head = nn.Linear(1, 1, bias=False)
        nn.init.ones_(self.size_head.weight)

    def forward(self, image: Tensor) -> tuple[Tensor, Tensor]:
        """(n, 3, side, side) 0 to 1 -> (n, types), (n,)."""
        types, by_size, by_look = self.parts(image)
        return types, by_size + by_look

    def parts(self, image: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Type logits, and what the size and what the look of the cell add to the logit of blast."""
        return self.judge(*self.maps(image))

    def maps(self, image: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """The standardised cell with its mask, and the last maps of the trunks for type and for blast."""
        cell = self.standardise(image)
        grey = torch.cat([cell[:, :3].mean(dim=1, keepdim=True), cell[:, 3:]], dim=1)
        small = functional.interpolate(grey, size=(BLAST_PX, BLAST_PX), mode="bilinear", align_corners=False)
        return cell, self.type_trunk(cell), self.blast_trunk(small)

    def judge(self, cell: Tensor, type_maps: Tensor, blast_maps: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """`parts`, from `maps`."""
        area_px = cell[:, 3:].mean(dim=(2, 3)) * BLAST_PX**2
        size = (torch.log(area_px + 1) - USUAL_LOG_AREA) / LOG_AREA_SPREAD
        by_look = self.blast_head(self.dropout(blast_maps.mean(dim=(2, 3))))[:, 0]
        types = self.type_head(self.dropout(type_maps.mean(dim=(2, 3))))
        return types, self.size_head(size)[:, 0], by_look


def mix_styles(x: Tensor) -> Tensor:
    """Give half of the batches the channel means and spreads of other cells, mixed with their own (MixStyle).

    Zhou, Yang, Qiao, Xiang: Domain generalization with MixStyle, ICLR 2021.
    """
    if torch.rand(()).item() > MIX_SHARE:
        return x
    mean = x.mean(dim=(2, 3), keepdim=True)
    spread = (x.var(dim=(2, 3), keepdim=True) + EPSILON).sqrt()
    other = torch.randperm(len(x))
    shape = torch.tensor(MIX_SHAPE)
    own = torch.distributions.Beta(shape, shape).sample((len(x), 1, 1, 1))
    mixed_mean = own * mean + (1 - own) * mean[other]
    mixed_spread = own * spread + (1 - own) * spread[other]
    return (x - mean) / spread * mixed_spread + mixed_mean


class Classifier(nn.Module):
    """What is exported: uint8 pictures in, probabilities of `CLASSES` out, averaged over the 8 views of a square.

    A smear has no up: the mean over turned and mirrored views costs eight passes and steadies the answer.
    """

    temperature: Tensor
    type_temperature: Tensor

    def __init__(self, net: CellNet, temperature: float = 1.0, type_temperature: float = 1.0) -> None:
        super().__init__()
        self.net = net
        self.register_buffer("temperature", torch.tensor(float(temperature)))
        self.register_buffer("type_temperature", torch.tensor(float(type_temperature)))

    def logits(self, image: Tensor) -> tuple[Tensor, Tensor]:
        """(n, side, side, 3) uint8 -> mean type logits (n, types) and blast logits (n,), before the temperature."""
        types, blasts = self.net(eight_views(image))
        return mean_of_views(types, blasts)

    def forward(self, image: Tensor) -> Tensor:
        types, blasts = self.logits(image)
        return combine(types / self.type_temperature, blasts / self.temperature)


def eight_views(image: Tensor) -> Tensor:
    """(n, side, side, 3) uint8 -> (8 n, 3, side, side) of 0 to 1: upright, mirrored twice, and all four turned over."""
    upright = image.permute(0, 3, 1, 2).to(torch.float32) / 255.0
    views = [upright, upright.flip(2), upright.flip(3), upright.flip(2).flip(3)]
    return torch.cat(views + [view.transpose(2, 3) for view in views])


def mean_of_views(types: Tensor, blasts: Tensor) -> tuple[Tensor, Tensor]:
    """Logits (8 n, types) and (8 n,) -> (n, types) and (n,)."""
    return types.reshape(VIEWS, -1, len(TYPES)).mean(dim=0), blasts.reshape(VIEWS, -1).mean(dim=0)


def combine(types: Tensor, blasts: Tensor) -> Tensor:
    """Type logits (n, types) and blast logits (n,) -> probabilities (n, classes) in the order of `CLASSES`."""
    by_type = torch.softmax(types, dim=1)
    blast = torch.sigmoid(blasts)[:, None]
    lymphoid = by_type[:, LYMPHOID : LYMPHOID + 1]
    others = by_type[:, LYMPHOID + 1 :]
    return torch.cat([lymphoid * blast, lymphoid * (1 - blast), others], dim=1)


def count_parameters(module: nn.Module) -> int:
    return sum(parameter.numel() for parameter in module.parameters())
