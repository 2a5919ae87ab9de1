"""U-Net PLR as the pseudo-code of paper 001 has it (section 3 C), for masks and for classes."""

import torch
from torch import Tensor, nn

from training.networks.network import Network

WIDTHS = (32, 64, 128, 256)


class Encoder(nn.Module):
    """One 3x3 convolution a level, 2x2 pooling between: a map for each of four levels, the finest first."""

    def __init__(self, channels: int, plr: bool) -> None:
        super().__init__()
        sizes = zip((channels, *WIDTHS[:-1]), WIDTHS, strict=True)
        self.levels = nn.ModuleList(convolved(before, after, plr) for before, after in sizes)
        self.pool = nn.MaxPool2d(2)

    def forward(self, image: Tensor) -> list[Tensor]:
        maps = [self.levels[0](image)]
        for level in self.levels[1:]:
            maps.append(level(self.pool(maps[-1])))
        return maps


class Decoder(nn.Module):
    """Up by two, joined with the encoder's map of that size, one 3x3 convolution; at last 1x1 to the logits."""

    def __init__(self, classes: int, plr: bool, upsampling: bool) -> None:
        super().__init__()
        finer = WIDTHS[-2::-1]
        coarser = WIDTHS[:0:-1]
        up_widths = coarser if upsampling else finer
        self.ups = nn.ModuleList(
            nn.Upsample(scale_factor=2.0) if upsampling else nn.ConvTranspose2d(before, after, 2, stride=2)
            for before, after in zip(coarser, finer, strict=True)
        )
        self.joins = nn.ModuleList(convolved(up + skip, skip, plr) for up, skip in zip(up_widths, finer, strict=True))
        self.last = nn.Conv2d(WIDTHS[0], classes, 1)

    def forward(self, maps: list[Tensor]) -> Tensor:
        x = maps[-1]
        for up, join, skip in zip(self.ups, self.joins, maps[-2::-1], strict=True):
            x = join(torch.cat([up(x), skip], dim=1))
        logits: Tensor = self.last(x)
        return logits


class Bottleneck(Encoder):
    """The encoder's coarsest map alone."""

    def forward(self, image: Tensor) -> Tensor:  # type: ignore[override]
        return super().forward(image)[-1]


def convolved(before: int, after: int, plr: bool) -> nn.Sequential:
    """3x3 convolution that keeps the size, with its activation."""
    return nn.Sequential(nn.Conv2d(before, after, 3, padding=1), nn.PReLU(after) if plr else nn.ReLU())


def unet_plr(classes: int, channels: int, size_px: int, options: frozenset[str]) -> Network:
    """Levels of 32, 64, 128, 256 channels with parametric leaky ReLU.

    The pseudo-code feeds conv4 from pool2, so that its third merge would join maps of two sizes; pool3 is put in
    between. Padding "same" and 2x2 transposed convolutions that halve the channels give 947,425 weights with one
    input channel (948,001 with three) and 704 slopes more. Option "upsampling" doubles without weights (968,705;
    969,281); option "relu" is the network without PLR, for the comparison of table 6.
    """
    plr = "relu" not in options
    return Network(Encoder(channels, plr), Decoder(classes, plr, "upsampling" in options))


def unet_plr_classifier(classes: int, channels: int, size_px: int, options: frozenset[str]) -> Network:
    """Encoder and bottleneck of U-Net PLR with a pooled linear head.

    How a segmentation network came to the classes of table 6 is not described in the paper; its abstract speaks of a
    "fully linked CNN". Built is the mean of the bottleneck's 256 maps and one dense layer.
    """
    head = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(WIDTHS[-1], classes))
    return Network(Bottleneck(channels, plr="relu" not in options), head)
