"""The custom CNN of paper 002 (section 3, figure 2)."""

from torch import nn

from training.errors import TrainingError
from training.networks.network import Network

_FILTERS = (200, 150, 100, 50)
_POOLED_PX = 4
_STATED_DROPOUT, _MILD_DROPOUT = 0.8, 0.2


def custom_cnn(classes: int, channels: int, size_px: int, options: frozenset[str]) -> Network:
    """Four 3x3 convolutions of 200, 150, 100, 50 filters, 4x4 pooling after the first two, a dense layer of 256.

    The paper does not state the padding: none ("valid") gives 1,494,496 trainable parameters for 224 px and 4 classes
    (1,495,008 as Keras counts, with the means and spreads of the normalisation); option "same" gives 2,966,496
    (2,967,008). Dropout of 0.8, stated "twice" but described three times, is read as Keras does, as the share that is
    dropped; option "dropout-0.2" reads it as the share that is kept.
    """
    padding = 1 if "same" in options else 0
    side = _side_px(size_px, 2 * padding)
    if side < 1:
        raise TrainingError(f"custom-cnn leaves nothing of {size_px} px.", "Take 90 px or more, or the variant 'same'.")
    rate = _MILD_DROPOUT if "dropout-0.2" in options else _STATED_DROPOUT
    first, second, third, fourth = (
        nn.Sequential(nn.Conv2d(before, after, 3, padding=padding), nn.ReLU())
        for before, after in zip((channels, *_FILTERS[:-1]), _FILTERS, strict=True)
    )
    features = nn.Sequential(
        first,
        nn.MaxPool2d(_POOLED_PX),
        nn.Dropout(rate),
        second,
        nn.MaxPool2d(_POOLED_PX),
        third,
        nn.Dropout(rate),
        fourth,
    )
    head = nn.Sequential(
        nn.Flatten(),
        nn.Linear(_FILTERS[-1] * side**2, 256),
        nn.ReLU(),
        nn.BatchNorm1d(256),
        nn.Dropout(rate),
        nn.Linear(256, classes),
    )
    return Network(features, head)


def _side_px(size_px: int, padded_px: int) -> int:
    """Side of the last feature map."""
    lost = 2 - padded_px
    return ((size_px - lost) // _POOLED_PX - lost) // _POOLED_PX - 2 * lost
