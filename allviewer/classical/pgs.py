"""Pivot-Growing Segmentation (Asaad et al., section 3, equations 1-8, steps 1-11 and the pseudo-code, which differ).

What is built: pivots are medoids (equation 5), not means (pseudo-code); each pixel goes to its nearest pivot (equation
4), then a cluster keeps what lies within T of its pivot (equation 6); equation 7, which would add all the rest again,
is read as the end of growing. Of several random starts (step 1) the one with the lowest J(P) (equation 3) is taken.

For squared Euclidean distance the sum over a cluster is the distance to its mean times its size, plus a constant. So
the medoid is the member nearest to the mean, exactly, and no matrix of distances is needed.
"""

from dataclasses import dataclass
from typing import TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

from allviewer.classical.cleaning import cleaned, with_cytoplasm
from allviewer.classical.colour import Plane, grey_of, lab_of, picture_in
from allviewer.classical.methods import Fitted, PartMask
from allviewer.domain.mask import Bitmap
from allviewer.domain.slide import RgbArray
from allviewer.exchange.parameters import Settings, choice, number
from allviewer.progress import CancelToken

T = TypeVar("T", bound=np.generic)
Points = NDArray[np.float32]
"""(n, features)."""
Clusters = NDArray[np.int32]
"""(n,) or (height, width): number of the cluster, -1 for what belongs to none."""

SPATIAL = ("as_printed", "lab_xy")
"""Features that change with the place of a pixel: their pivots hold for one picture only."""


@dataclass(frozen=True, slots=True)
class Pivots:
    """Pivots of a picture, darkest first.

    Attributes:
        points: (k, features).
        limits: T of each cluster: the squared distance up to which it grows.
    """

    points: Points
    limits: Points


def fit(rgb: RgbArray, settings: Settings, cancel: CancelToken) -> Fitted:
    """Choose the pivots. The darkest cluster is nucleus, those up to the last but one are the middle."""
    spatial = choice(settings, "feature") in SPATIAL
    chosen = None if spatial else choose_pivots(rgb, settings, cancel)

    def segment(picture: RgbArray, um_per_px: float | None, token: CancelToken) -> PartMask:
        token.check()
        pivots = choose_pivots(picture, settings, token) if chosen is None else chosen
        clusters = grow(features_of(picture, settings), pivots, choice(settings, "growth") == "connected")
        clusters[~picture_in(picture)] = -1
        several = len(pivots.points) > 1  # a picture of one colour has no nucleus
        nucleus = cleaned((clusters == 0) & several, settings, um_per_px)
        middle = (clusters > 0) & (clusters < len(pivots.points) - 1)
        return with_cytoplasm(nucleus, middle, settings, um_per_px)

    return segment


def choose_pivots(rgb: RgbArray, settings: Settings, cancel: CancelToken) -> Pivots:
    """Steps 1 to 5, and T. The order of the pixels does not matter unless the feature has their place in it."""
    rng = np.random.default_rng(round(number(settings, "seed")))
    sample, lightness = _sample_of(rgb, settings, rng)
    found = k_medoids(sample, settings, rng, cancel)
    nearest, squared = _nearest(sample, found)
    order = np.argsort([lightness[nearest == index].mean() for index in range(len(found))], kind="stable")
    if choice(settings, "threshold_rule") == "fixed":
        limits = np.full(len(found), number(settings, "threshold"), np.float32)
    else:
        share = number(settings, "quantile")
        limits = np.array([np.quantile(squared[nearest == index], share) for index in order], np.float32)
    return Pivots(found[order], limits)


def k_medoids(sample: Points, settings: Settings, rng: np.random.Generator, cancel: CancelToken) -> Points:
    """Pivots of a sample, each one of its points: (k, features); fewer where fewer points are different."""
    distinct = np.unique(sample, axis=0)
    k = min(round(number(settings, "k")), len(distinct))
    best, lowest = distinct[:k], np.inf
    for _ in range(round(number(settings, "starts"))):
        cancel.check()
        pivots = distinct[np.sort(rng.choice(len(distinct), k, replace=False))]
        for _ in range(round(number(settings, "max_iterations"))):
            moved = _medoids(sample, _nearest(sample, pivots)[0], pivots)
            step = float(np.sqrt(((moved - pivots) ** 2).sum(axis=1)).max())
            pivots = moved
            if step <= number(settings, "epsilon"):
                break
        total = float(_nearest(sample, pivots)[1].sum())
        if total < lowest:
            best, lowest = pivots, total
    return best


def grow(features: Plane, pivots: Pivots, connected: bool) -> Clusters:
    """Clusters of a picture (height, width): nearest pivot, within T of it.

    Args:
        connected: only what hangs together (4 neighbours) with a pixel that is as near to its pivot as any.
    """
    height, width, depth = features.shape
    flat, squared = _nearest(features.reshape(-1, depth), pivots.points)
    clusters = np.where(squared <= pivots.limits[flat], flat, -1).astype(np.int32).reshape(height, width)
    if connected:
        squared = squared.reshape(height, width)
        for number_of in range(len(pivots.points)):
            own = clusters == number_of
            clusters[own & ~_hanging_on(own, squared)] = -1
    return clusters


def features_of(rgb: RgbArray, settings: Settings) -> Plane:
    """What distances are taken of: (height, width, features)."""
    feature = choice(settings, "feature")
    if feature == "grey":
        return grey_of(rgb).astype(np.float32)[..., None]
    if feature == "lab":
        return lab_of(rgb)
    ys, xs = np.mgrid[: rgb.shape[0], : rgb.shape[1]].astype(np.float32)
    if feature == "as_printed":
        return np.dstack([xs, ys])
    unit = 100 * number(settings, "position_weight") / max(rgb.shape[:2])
    return np.dstack([lab_of(rgb), xs * unit, ys * unit]).astype(np.float32)


def _nearest(points: Points, pivots: Points) -> tuple[NDArray[np.intp], Points]:
    """Number of the nearest pivot (ties: the first) and the squared distance to it, for each point (equations 1, 4)."""
    nearest = np.zeros(len(points), np.intp)
    least = _squared(points, pivots[0])
    for index in range(1, len(pivots)):
        distance = _squared(points, pivots[index])
        closer = distance < least
        nearest[closer] = index
        least = np.minimum(least, distance)
    return nearest, least


def _squared(points: Points, pivot: Points) -> Points:
    difference = points - pivot
    return np.asarray(np.einsum("ij,ij->i", difference, difference), np.float32)


def _medoids(sample: Points, nearest: NDArray[np.intp], pivots: Points) -> Points:
    """Equation 5: of each cluster the member with the lowest sum of squared distances to the others."""
    moved = pivots.copy()
    for index in range(len(pivots)):
        members = sample[nearest == index]
        if len(members):
            mean = members.mean(axis=0, dtype=np.float64).astype(np.float32)
            moved[index] = members[int(_squared(members, mean).argmin())]
    return moved


def _sample_of(rgb: RgbArray, settings: Settings, rng: np.random.Generator) -> tuple[Points, Points]:
    """Features (n, features) and lightness (n,) of the pixels that pivots are chosen among."""
    seen, size = picture_in(rgb), round(number(settings, "sample"))
    if choice(settings, "feature") in SPATIAL:
        places = _drawn(np.flatnonzero(seen), size, rng)
        features = features_of(rgb, settings)
        return features.reshape(-1, features.shape[2])[places], lab_of(rgb)[..., 0].ravel()[places]
    # drawn from the sorted colours, so that it does not matter where in the picture they are
    red, green, blue = (rgb[..., channel][seen].astype(np.uint32) for channel in range(3))
    codes = _drawn(np.sort(red << 16 | green << 8 | blue), size, rng)
    colours = np.dstack([codes >> 16, codes >> 8 & 255, codes & 255]).astype(np.uint8)
    return features_of(colours, settings)[0], lab_of(colours)[0, :, 0]


def _drawn(items: NDArray[T], size: int, rng: np.random.Generator) -> NDArray[T]:
    """At most so many of the items, in their order."""
    return items if len(items) <= size else items[np.sort(rng.choice(len(items), size, replace=False))]


def _hanging_on(own: Bitmap, squared: Points) -> Bitmap:
    """The pieces of a cluster that hold a pixel nearest to its pivot."""
    if not own.any():
        return own
    _, pieces = cv2.connectedComponents(own.astype(np.uint8), connectivity=4)
    seeds = np.unique(pieces[own & (squared <= squared[own].min())])
    result: Bitmap = np.isin(pieces, seeds[seeds > 0])
    return result
