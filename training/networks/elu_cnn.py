"""The lightweight CNN of paper 004 (section 4.2, figure 1)."""

from torch import nn

from training.networks.network import Network

_FILTERS = (32, 64)
_DENSE = 128


def elu_cnn(classes: int, channels: int, size_px: int, options: frozenset[str]) -> Network:
    """Two convolutions and two 2x2 poolings, then dense, ELU, dropout 0.2, dense.

    Filters, kernels, activation and dense width are not stated; built are 32 and 64 filters of 3x3 with ReLU and a
    dense layer of 128. Figure 1 has each convolution succeeded by pooling, the text preceded by it: option
    "pool-first" is the text. "Lightweight" counts layers: at 128 px the dense layer alone has 8.4 million parameters.
    """
    first = [nn.Conv2d(channels, _FILTERS[0], 3, padding=1), nn.ReLU()]
    second = [nn.Conv2d(_FILTERS[0], _FILTERS[1], 3, padding=1), nn.ReLU()]
    pool = nn.MaxPool2d(2)
    if "pool-first" in options:
        features, tail = nn.Sequential(pool, *first, nn.MaxPool2d(2), *second), []
    else:
        features, tail = nn.Sequential(*first, pool, *second), [nn.MaxPool2d(2)]
    head = nn.Sequential(
        *tail,
        nn.Flatten(),
        nn.Linear(_FILTERS[1] * (size_px // 4) ** 2, _DENSE),
        nn.ELU(),
        nn.Dropout(0.2),
        nn.Linear(_DENSE, classes),
    )
    return Network(features, head)
