"""Chains of threshold and morphology that the papers review: one colour component, contrast, threshold, cleaning.

- Al-Zubaidi et al., section II: colour space and Otsu, morphology, labelling, watershed (Safuan et al. 2019); contrast,
  Otsu, morphology (Umamaheswari and Geetha 2018); equalised histogram and Zack's threshold (Talaat et al. 2019);
- Zaiter and Zwiggelaar, section 2: Otsu, Canny edges, watershed (Mohammed et al. 2013).
"""

import cv2
import numpy as np

from allviewer.classical.cleaning import NUCLEUS, cleaned
from allviewer.classical.clusters import Counts, cluster_tops, histogram_of
from allviewer.classical.colour import Grey, component_of, picture_in
from allviewer.classical.methods import Fitted, PartMask
from allviewer.classical.preprocessing import edges_of
from allviewer.domain.mask import Bitmap
from allviewer.domain.slide import RgbArray
from allviewer.exchange.parameters import Settings, choice
from allviewer.progress import CancelToken

_CLIPPED = 0.01
"""Share of the pixels that stretching lets go at either end."""
_PASS_SHARE = 0.75
"""The pass between two nuclei is lower than this share of the lower summit."""


def fit(rgb: RgbArray, settings: Settings) -> Fitted:
    """Settle contrast and threshold; both are tables of the 256 levels of the component."""
    counts = histogram_of(component_of(rgb, choice(settings, "component"))[picture_in(rgb)])
    lookup = _contrast_table(counts, choice(settings, "contrast"))
    top = _threshold(np.bincount(lookup, counts, minlength=256).astype(np.float64), choice(settings, "threshold"))

    def segment(picture: RgbArray, um_per_px: float | None, cancel: CancelToken) -> PartMask:
        cancel.check()
        level = lookup[component_of(picture, choice(settings, "component"))]
        dark = (level <= top) & picture_in(picture)
        if choice(settings, "edges") == "yes":
            dark &= edges_of(picture, "canny") == 0
        nucleus = cleaned(dark, settings, um_per_px)
        if choice(settings, "part_touching") == "yes":
            cancel.check()
            nucleus &= ~seams_between(nucleus)
        return np.where(nucleus, NUCLEUS, 0).astype(np.uint8)

    return segment


def _contrast_table(counts: Counts, way: str) -> Grey:
    """The new level of each of the 256 levels."""
    total = counts.sum()
    if way == "none" or not total:
        return np.arange(256, dtype=np.uint8)
    share = counts.cumsum() / total
    if way == "equalise":
        return np.asarray(np.rint(255 * share), np.uint8)
    low, high = np.searchsorted(share, [_CLIPPED, 1 - _CLIPPED])
    stretched = np.clip((np.arange(256) - low) * (255 / max(1, high - low)), 0, 255)
    return np.asarray(np.rint(stretched), np.uint8)


def _threshold(counts: Counts, way: str) -> int:
    """The highest level that is nucleus; -1 where all pixels are alike."""
    if np.count_nonzero(counts) < 2:
        return -1
    if way == "zack":
        return _zack(counts)
    return cluster_tops(counts, 2 if way == "otsu" else 3, "multi_otsu")[0]


def _zack(counts: Counts) -> int:
    """Zack, Rogers and Latt 1977: where the histogram lies furthest below the line from its peak to its dark end."""
    peak = int(counts.argmax())
    first = int(np.flatnonzero(counts)[0])
    if peak == first:
        return first
    levels = np.arange(first, peak + 1)
    below = counts[peak] * (levels - first) / (peak - first) - counts[levels]
    return int(levels[int(below.argmax())])


def seams_between(nuclei: Bitmap) -> Bitmap:
    """Lines between touching nuclei, one pixel wide, by watershed of the distance to the border."""
    from skimage.morphology import local_maxima, reconstruction
    from skimage.segmentation import watershed

    depth = cv2.distanceTransform(nuclei.astype(np.uint8), cv2.DIST_L2, 5)
    if not nuclei.any() or nuclei.all():
        return np.zeros(nuclei.shape, dtype=bool)
    # hills whose pass is too high to part them are levelled to one
    level = reconstruction(depth * _PASS_SHARE, depth)  # type: ignore[no-untyped-call]
    tops = local_maxima(level) & nuclei  # type: ignore[no-untyped-call]
    _, seeds = cv2.connectedComponents(tops.astype(np.uint8), connectivity=8)
    parted = watershed(-depth, seeds, mask=nuclei, watershed_line=True)  # type: ignore[no-untyped-call]
    result: Bitmap = nuclei & (parted == 0)
    return result
