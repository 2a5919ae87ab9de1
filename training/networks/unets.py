"""Plain U-Net and U-Net++ from MONAI."""

from monai.networks.nets.basic_unet import BasicUNet
from monai.networks.nets.basic_unetplusplus import BasicUNetPlusPlus
from torch import Tensor, nn

from training.networks.network import Network

_CLASSICAL = (64, 128, 256, 512, 1024, 64)
_LIGHT = (16, 32, 64, 128, 256, 16)
_PLUS_PLUS = (32, 32, 64, 128, 256, 32)
_ACTIVATION = ("relu", {"inplace": False})


class _OnlyMap(nn.Module):
    """U-Net++ gives a list of maps, one without deep supervision."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, image: Tensor) -> Tensor:
        (only,) = self.network(image)
        result: Tensor = only
        return result


def unet(classes: int, channels: int, size_px: int, options: frozenset[str]) -> Network:
    """The classical U-Net of paper 002 (section 3, figure 3): two 3x3 convolutions with ReLU a level, then back up.

    Depth and filters are not stated: 64 to 1024 as in Ronneberger et al. 2015; option "start-16" has a sixteenth of
    the weights. No normalisation is stated; option "batch-norm" adds it after each convolution.
    """
    widths = _LIGHT if "start-16" in options else _CLASSICAL
    network = BasicUNet(2, channels, classes, features=widths, act=_ACTIVATION, norm="batch")
    if "batch-norm" not in options:
        for name, module in list(network.named_modules()):
            if isinstance(module, nn.BatchNorm2d):
                network.set_submodule(name, nn.Identity())
    head = network.final_conv
    network.final_conv = nn.Identity()
    return Network(network, head)


def unet_plus_plus(classes: int, channels: int, size_px: int, options: frozenset[str]) -> Network:
    """U-Net++ (Zhou et al. 2018, the nested skips that paper 000 cites as [33]) as MONAI builds it, with batch norm."""
    network = BasicUNetPlusPlus(2, channels, classes, features=_PLUS_PLUS, act=_ACTIVATION, norm="batch")
    head = network.final_conv_0_4
    for name in ("final_conv_0_1", "final_conv_0_2", "final_conv_0_3", "final_conv_0_4"):
        setattr(network, name, nn.Identity())
    return Network(_OnlyMap(network), head)
