"""ALL-FABNET put together: for masks and for classes, with and without the flipped attention block."""

import torch
from torch import Tensor, nn

from training.networks.all_fabnet.attention import FlippedAttention, PositionAttention
from training.networks.all_fabnet.blocks import AtrousPyramid, Decoder, Encoder, convolved
from training.networks.network import AsImageNet, Network

CONTEXT_WIDTH = 256


class Context(nn.Module):
    """Encoder, pyramid and attentions: the encoder's maps with the coarsest replaced by what the attentions see.

    "Tensors of position and flipped attention are joined": concatenated, then a 1x1 convolution.
    """

    def __init__(self, with_fab: bool, two_branches: bool = True) -> None:
        super().__init__()
        self.encoder = Encoder()
        self.pyramid = AtrousPyramid(1664, CONTEXT_WIDTH)
        self.position = PositionAttention(CONTEXT_WIDTH)
        self.flipped = FlippedAttention(CONTEXT_WIDTH, two_branches) if with_fab else None
        self.join = convolved(CONTEXT_WIDTH * (1 + with_fab), CONTEXT_WIDTH, 1)

    def forward(self, image: Tensor) -> list[Tensor]:
        *finer, coarsest = self.encoder(image)
        context = self.pyramid(coarsest)
        seen = [self.position(context)]
        if self.flipped is not None:
            seen.append(self.flipped(context))
        return [*finer, self.join(torch.cat(seen, dim=1))]


class CoarsestMap(Context):
    """The map of the attentions alone."""

    def forward(self, image: Tensor) -> Tensor:  # type: ignore[override]
        return super().forward(image)[-1]


def all_fabnet(classes: int, channels: int, size_px: int, options: frozenset[str]) -> Network:
    """The segmentation network (section III, figure 2).

    Loss, rates and widths of the decoder are not stated. The backbone is DenseNet-169 after table II and the
    conclusion (section IV also says HardNet). The paper calls it lightweight and, in its conclusion, larger than the
    baseline; no number is printed. Option "single-branch" gives the flipped attention one branch.
    """
    context = Context(with_fab=True, two_branches="single-branch" not in options)
    return Network(context, Decoder(CONTEXT_WIDTH, classes), AsImageNet())


def all_fabnet_without_fab(classes: int, channels: int, size_px: int, options: frozenset[str]) -> Network:
    """The segmentation network of table III: position attention alone."""
    return Network(Context(with_fab=False), Decoder(CONTEXT_WIDTH, classes), AsImageNet())


def all_fabnet_classifier(classes: int, channels: int, size_px: int, options: frozenset[str]) -> Network:
    """The same trunk with a pooled linear head: how table II classifies is not described."""
    context = CoarsestMap(with_fab=True, two_branches="single-branch" not in options)
    return Network(context, _pooled_head(classes), AsImageNet())


def all_fabnet_classifier_without_fab(classes: int, channels: int, size_px: int, options: frozenset[str]) -> Network:
    """The classifier without the flipped attention block."""
    return Network(CoarsestMap(with_fab=False), _pooled_head(classes), AsImageNet())


def _pooled_head(classes: int) -> nn.Sequential:
    return nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(CONTEXT_WIDTH, classes))
