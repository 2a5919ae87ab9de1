"""The networks that the papers compare with, from pytorchcv and MONAI; none needs torchvision."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from monai.networks.nets.vit import ViT
from pytorchcv.models import densenet, efficientnet, inceptionv3, mobilenetv2, nasnet, resnet, vgg
from torch import Tensor, nn

from training.networks.network import AsImageNet, Network
from training.networks.regnet import regnet_x_400mf

Maker = Callable[..., nn.Module]


@dataclass(frozen=True)
class Member:
    """A network of the zoo: who makes it, and what pytorchcv calls its ImageNet weights."""

    make: Maker
    weights: str


MEMBERS = {
    "resnet18": Member(resnet.resnet18, "resnet18"),
    "resnet50": Member(resnet.resnet50, "resnet50"),
    "densenet121": Member(densenet.densenet121, "densenet121"),
    "densenet169": Member(densenet.densenet169, "densenet169"),
    "densenet201": Member(densenet.densenet201, "densenet201"),
    "vgg16": Member(vgg.vgg16, "vgg16"),
    "vgg19": Member(vgg.vgg19, "vgg19"),
    "mobilenetv2": Member(mobilenetv2.mobilenetv2_w1, "mobilenetv2_w1"),
    "inceptionv3": Member(inceptionv3.inceptionv3, "inceptionv3"),
    "nasnet": Member(nasnet.nasnet_4a1056, "nasnet_4a1056"),
    "efficientnet-b3": Member(efficientnet.efficientnet_b3b, "efficientnet_b3b"),
    "regnet": Member(regnet_x_400mf, "regnetx004"),
}
_VIT_SIZES = {"small": (384, 6), "base": (768, 12)}
_VIT_TINY = (192, 3)
_VIT_LAYERS, VIT_PATCH_PX = 12, 16


def member(name: str) -> Callable[[int, int, int, frozenset[str]], Network]:
    """The maker of a network of the zoo, as the registry wants it."""
    return partial(_build, name)


def _build(name: str, classes: int, channels: int, size_px: int, options: frozenset[str]) -> Network:
    network = MEMBERS[name].make(num_classes=classes)
    features = network.get_submodule("features")
    if name.startswith("vgg"):
        return Network(features, _vgg_head(features, classes, size_px), AsImageNet())
    # the library pools one size of picture; the pooling of the head here takes any
    features.set_submodule("final_pool", nn.Identity())
    head = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten(), *_linear(network.get_submodule("output")))
    return Network(features, head, AsImageNet())


def _linear(output: nn.Module) -> list[nn.Module]:
    """The library's classifier on features without extent."""
    if isinstance(output, nn.Conv2d):  # of MobileNetV2: 1x1, without bias
        linear = nn.Linear(output.in_channels, output.out_channels, bias=False)
        linear.weight.data = output.weight.data[:, :, 0, 0]
        return [linear]
    return list(output) if isinstance(output, nn.Sequential) else [output]


def _vgg_head(features: nn.Module, classes: int, size_px: int) -> nn.Sequential:
    """The last pooling and the three dense layers; the first of these is as large as the picture makes it.

    At 224 px it is VGG's own (7 x 7 x 512 inputs).
    """
    pool = features.get_submodule("stage5.pool5")
    features.set_submodule("stage5.pool5", nn.Identity())
    inputs = 512 * (size_px // 32) ** 2
    dense = [nn.Linear(inputs, 4096), nn.ReLU(), nn.Dropout(0.5), nn.Linear(4096, 4096), nn.ReLU(), nn.Dropout(0.5)]
    return nn.Sequential(pool, nn.Flatten(), *dense, nn.Linear(4096, classes))


class _Tokens(nn.Module):
    """MONAI's ViT up to its last normalisation; gives the class token."""

    def __init__(self, network: ViT) -> None:
        super().__init__()
        self.vit = network

    def forward(self, image: Tensor) -> Tensor:
        tokens: Tensor = self.vit(image)[0]
        return tokens


def vit(classes: int, channels: int, size_px: int, options: frozenset[str]) -> Network:
    """A vision transformer with patches of 16 px; paper 002 names no size. ViT-Tiny, or option "small" or "base"."""
    (chosen,) = [_VIT_SIZES[name] for name in options] or [_VIT_TINY]
    width, heads = chosen
    network = ViT(
        3, (size_px, size_px), VIT_PATCH_PX, hidden_size=width, mlp_dim=4 * width, num_layers=_VIT_LAYERS,
        num_heads=heads, classification=True, num_classes=classes, post_activation="", spatial_dims=2, qkv_bias=True,
    )  # fmt: skip
    for block in network.blocks:  # made for attention to a second picture, and never used
        block.set_submodule("norm_cross_attn", nn.Identity())
    head = network.get_submodule("classification_head")
    network.set_submodule("classification_head", nn.Identity())
    return Network(_Tokens(network), head, AsImageNet())
