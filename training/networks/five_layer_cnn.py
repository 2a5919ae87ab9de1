"""The five-layer CNN of paper 003 (section on the CNN model, figure 11)."""

from itertools import pairwise

from torch import nn

from training.errors import TrainingError
from training.networks.network import Network

_FILTERS = (16, 32, 64, 64, 64)


def five_layer_cnn(classes: int, channels: int, size_px: int, options: frozenset[str]) -> Network:
    """Five 3x3 convolutions, each followed by 2x2 pooling; dropout 0.2, a dense layer of 128.

    The paper gives the convolutions a stride of 2 as well, which with five poolings reduces 256 px to nothing: the
    stride is read as that of the pooling, which its own section on strides explains. "16, 32, and 64 filters" for five
    layers are read as 16-32-64-64-64. Padding is not stated: "same" works at every size of the paper (64, 128, 256) and
    has 228,898 parameters at 128 px and 622,114 at 256 px; option "valid" has 130,594 and 392,738, and none at 64 px.
    """
    valid = "valid" in options
    layers: list[nn.Module] = []
    for number, (before, after) in enumerate(pairwise((channels, *_FILTERS))):
        layers += [nn.MaxPool2d(2)] if number else []
        layers += [nn.Conv2d(before, after, 3, padding=0 if valid else 1), nn.ReLU()]
    side = size_px
    for _ in _FILTERS:
        side = (side - 2 * valid) // 2
    if side < 1:
        raise TrainingError(f"five-layer-cnn without padding leaves nothing of {size_px} px.", "Take 94 px or more.")
    head = nn.Sequential(
        nn.MaxPool2d(2),
        nn.Dropout(0.2),
        nn.Flatten(),
        nn.Linear(_FILTERS[-1] * side**2, 128),
        nn.ReLU(),
        nn.Linear(128, classes),
    )
    return Network(nn.Sequential(*layers), head)
