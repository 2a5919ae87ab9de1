"""Marker-controlled watershed of nucleus and cell (Papaioannou et al., literature review).

Nuclei come from three Otsu classes of green; they, and glass and red cells, are the markers of a flood of the colour
gradient. What the nuclei's floods cover is the cell.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from allviewer.classical.cleaning import BACKGROUND, CYTOPLASM, NUCLEUS, cleaned, filled, px_of
from allviewer.classical.clusters import cluster_tops, histogram_of
from allviewer.classical.colour import component_of, lab_of, picture_in
from allviewer.classical.methods import Fitted, PartMask
from allviewer.domain.mask import Bitmap
from allviewer.domain.slide import RgbArray
from allviewer.exchange.parameters import Settings, number
from allviewer.progress import CancelToken


def fit(rgb: RgbArray, settings: Settings) -> Fitted:
    """Settle the levels of nuclei and of glass."""
    tops = cluster_tops(histogram_of(component_of(rgb, "green")[picture_in(rgb)]), 3, "multi_otsu")
    dark, bright = (tops[0], tops[-2]) if len(tops) > 1 else (-1, -1)

    def segment(picture: RgbArray, um_per_px: float | None, cancel: CancelToken) -> PartMask:
        cancel.check()
        green, seen = component_of(picture, "green"), picture_in(picture)
        nucleus = cleaned((green <= dark) & seen, settings, um_per_px)
        if not nucleus.any():
            return np.zeros(green.shape, np.uint8)
        cell = _flooded(picture, nucleus, (green > bright) | ~seen, settings, um_per_px, cancel)
        return np.where(nucleus, NUCLEUS, np.where(cell & seen, CYTOPLASM, BACKGROUND)).astype(np.uint8)

    return segment


def _flooded(
    rgb: RgbArray, nucleus: Bitmap, glass: Bitmap, settings: Settings, um_per_px: float | None, cancel: CancelToken
) -> Bitmap:
    """The whole cells: floods of the gradient from nuclei and from what is no cell."""
    from skimage.segmentation import watershed

    inset = px_of(number(settings, "marker_inset"), um_per_px)
    inside = cv2.distanceTransform(nucleus.astype(np.uint8), cv2.DIST_L2, 5)
    away = cv2.distanceTransform((~nucleus).astype(np.uint8), cv2.DIST_L2, 5)
    deep_glass = cv2.distanceTransform(glass.astype(np.uint8), cv2.DIST_L2, 5) > inset
    reach = px_of(number(settings, "reach"), um_per_px)
    markers = np.zeros(nucleus.shape, np.int32)
    markers[(deep_glass & (away > inset)) | (away > reach)] = 1
    # a small nucleus keeps its deepest pixels, however far the inset goes
    core = inside > np.minimum(inset, 0.5 * inside.max())
    _, pieces = cv2.connectedComponents(core.astype(np.uint8), connectivity=8)
    markers[core] = pieces[core] + 1
    cancel.check()
    blur = px_of(number(settings, "smoothing"), um_per_px)
    near = away <= reach + 2
    floods = watershed(_gradient(rgb, blur), markers, mask=near)  # type: ignore[no-untyped-call]
    cell: Bitmap = filled((floods > 1) & (away <= reach)) | nucleus
    return cell


def _gradient(rgb: RgbArray, blur_px: float) -> NDArray[np.float32]:
    """Strength of the colour's change, Lab units a pixel."""
    lab = lab_of(rgb)
    if blur_px > 0:
        lab = np.asarray(cv2.GaussianBlur(lab, (0, 0), blur_px), np.float32)
    across, down = (cv2.Sobel(lab, cv2.CV_32F, *axis) for axis in ((1, 0), (0, 1)))
    return np.asarray(np.sqrt((across**2 + down**2).sum(axis=2)), np.float32)
