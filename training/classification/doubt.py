"""Doubt that means something: conformal p-values of the classes, and how unlike the learnt cells a cell is.

Both need numbers that only cross-validation gives (`Reference`): how likely the true class is called for cells of
subjects that the network has not seen, and how far such cells lie from those that it has seen.
"""

import math
from pathlib import Path
from typing import cast

import msgspec
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from allviewer.progress import CancelToken
from training.classification.classes import CLASSES, TYPES, UNKNOWN
from training.classification.network import VIEWS, CellNet, eight_views
from training.onnx_export import read_weights
from training.packs import read_card

COVERAGE = 0.9
"""Of the cells of each class, this share keeps its true class among the plausible ones."""
ABSTAIN = 0.5
"""Doubt from which on a person should decide."""
LEVELS = 200
"""Quantiles that stand for a distribution inside the network."""
CHUNK = 64
MOST_CELLS = 1500

Floats = NDArray[np.float32]
Weights = NDArray[np.float64]


class Reference(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What out-of-fold cells gave.

    Attributes:
        likely: for each class the `LEVELS` quantiles, rising, of the probability that cells of the class give it.
        unlike: quantiles of the distance of cells of known type to what the network of their fold had seen.
    """

    likely: tuple[tuple[float, ...], ...]
    unlike: tuple[float, ...]


def true_classes(blast: NDArray[np.int64], type_index: NDArray[np.int64]) -> NDArray[np.int64]:
    """Index in `CLASSES`, or UNKNOWN: what a cell is known to be."""
    by_type = np.where(type_index == UNKNOWN, UNKNOWN, type_index + 1)
    return np.where(blast == UNKNOWN, by_type, np.where(blast == 1, 0, 1)).astype(np.int64)


def reference_of(
    probabilities: Floats, distances: Floats, truth: NDArray[np.int64], groups: NDArray[np.str_]
) -> Reference:
    """The reference of out-of-fold cells: (n, classes), (n,), (n,) and (n,).

    A group of n cells weighs sqrt(n), so that no subject decides alone. A class without cells is always plausible.
    """
    rows = []
    for index in range(len(CLASSES)):
        here = truth == index
        given = probabilities[here, index] if here.any() else np.zeros(1, np.float32)
        rows.append(_quantiles(given, _weights(groups[here]) if here.any() else np.ones(1)))
    known = truth != UNKNOWN
    return Reference(tuple(rows), _quantiles(distances[known], _weights(groups[known])))


def p_values(probabilities: Tensor, likely: Tensor) -> Tensor:
    """Conformal p-value of each class: the share of its reference cells that were no surer of it.

    Mondrian conformal prediction (Vovk, Gammerman, Shafer 2005, chapter 4), one reference for each class.

    Args:
        probabilities: (n, classes).
        likely: (classes, LEVELS).
    """
    below = (likely[None] <= probabilities[..., None]).to(probabilities.dtype)
    return (1 + below.sum(dim=2)) / (1 + likely.shape[1])


def doubt_of(p: Tensor, probabilities: Tensor, coverage: float = COVERAGE) -> Tensor:
    """(n,) of 0 (sure) to 1; 0.5 and more: not exactly one class is plausible, so a person should decide.

    On either side of that line cells are ranked by the probability of their likeliest class, which tells errors better
    than p-values do.

    Args:
        p, probabilities: (n, classes).
    """
    several = (p > 1 - coverage).sum(dim=1) != 1
    return 0.5 * several.to(p.dtype) + 0.5 * (1 - probabilities.amax(dim=1))


class Doubt(nn.Module):
    """The part of the network that doubts. Its buffers travel in the pack.

    Distance is that of Mahalanobis to the nearest type, on the features of the type head (Lee et al., NeurIPS 2018),
    told as the share of reference cells that lie nearer.
    """

    likely: Tensor
    unlike: Tensor
    middles: Tensor
    whitening: Tensor

    def __init__(self, features: int) -> None:
        super().__init__()
        self.register_buffer("likely", torch.zeros(len(CLASSES), LEVELS))
        self.register_buffer("unlike", torch.zeros(LEVELS))
        self.register_buffer("middles", torch.zeros(len(TYPES), features))
        self.register_buffer("whitening", torch.eye(features))

    def take(self, reference: Reference) -> None:
        """Judge by these references from now on."""
        self.likely.copy_(torch.tensor(reference.likely))
        self.unlike.copy_(torch.tensor(reference.unlike))

    def learn(self, features: Floats, types: NDArray[np.int64]) -> None:
        """Where the cells of each type lie: features (n, d) of cells that the network has learnt, types (n,)."""
        from sklearn.covariance import LedoitWolf

        everywhere = features.mean(axis=0)
        middles = [features[types == t].mean(axis=0) if (types == t).any() else everywhere for t in range(len(TYPES))]
        spread = LedoitWolf(assume_centered=True).fit(features - np.stack(middles)[types])
        self.middles.copy_(torch.tensor(np.stack(middles)))
        self.whitening.copy_(torch.from_numpy(np.linalg.cholesky(spread.precision_).astype(np.float32)))

    def distance(self, features: Tensor) -> Tensor:
        """(n, d) -> (n,)."""
        apart = (features[:, None] - self.middles[None]) @ self.whitening
        return apart.square().sum(dim=2).amin(dim=1).sqrt()

    def forward(self, probabilities: Tensor, features: Tensor) -> tuple[Tensor, Tensor]:
        """Doubt (n,) and strangeness (n,), both 0 to 1."""
        nearer = (self.unlike[None] <= self.distance(features)[:, None]).to(features.dtype)
        return doubt_of(p_values(probabilities, self.likely), probabilities), nearer.mean(dim=1)


def features_of(net: CellNet, crops: NDArray[np.uint8], cancel: CancelToken) -> Floats:
    """(n, d) features of the type head for (n, side, side, 3) uint8 crops, means over the eight views."""
    found = []
    net.eval()
    with torch.inference_mode():
        for start in range(0, len(crops), CHUNK):
            cancel.check()
            found.append(pooled(net.maps(eight_views(torch.from_numpy(crops[start : start + CHUNK])))[1]).numpy())
    return np.concatenate(found)


def pooled(type_maps: Tensor) -> Tensor:
    """Maps of the type trunk (8 n, d, h, w) -> features (n, d)."""
    features = type_maps.mean(dim=(2, 3))
    return features.reshape(VIEWS, -1, features.shape[1]).mean(dim=0)


def learnt(net: CellNet, crops: NDArray[np.uint8], types: NDArray[np.int64], cancel: CancelToken) -> Doubt:
    """A `Doubt` that knows where the cells lie that `net` was trained on; it has no reference yet."""
    rows = np.flatnonzero(types != UNKNOWN)
    rows = rows[np.linspace(0, len(rows) - 1, min(MOST_CELLS, len(rows))).astype(int)]
    features = features_of(net, crops[rows], cancel)
    doubt = Doubt(features.shape[1])
    doubt.learn(features, types[rows])
    return doubt


def distances_of(doubt: Doubt, net: CellNet, crops: NDArray[np.uint8], cancel: CancelToken) -> Floats:
    """(n,) distances of crops."""
    with torch.inference_mode():
        return cast("Floats", doubt.distance(torch.from_numpy(features_of(net, crops, cancel))).numpy())


def load_doubt(pack: Path) -> Doubt | None:
    """The doubt inside a pack, None for packs that have none. Raises `PackError`."""
    card = read_card(pack)
    found = {
        name.removeprefix("doubt."): values
        for name, values in read_weights(pack / card.network.file).items()
        if name.startswith("doubt.")
    }
    if not found:
        return None
    doubt = Doubt(found["middles"].shape[1])
    doubt.load_state_dict(found)
    return doubt


def _weights(groups: NDArray[np.str_]) -> Weights:
    _, position, count = np.unique(groups, return_inverse=True, return_counts=True)
    return np.asarray(1 / np.sqrt(count[position]), np.float64)


def _quantiles(values: Floats, weights: Weights) -> tuple[float, ...]:
    levels = (np.arange(LEVELS) + 0.5) / LEVELS
    found = np.quantile(values.astype(np.float64), levels, weights=weights, method="inverted_cdf")
    return tuple(math.floor(1e6 * value) / 1e6 for value in found)  # down: as sure as its reference is sure enough
