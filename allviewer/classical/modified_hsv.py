"""Colours modified in HSV, then one set threshold (Al-Zubaidi et al., section II, reviewing Najjar et al. 2023)."""

import numpy as np

from allviewer.classical.cleaning import NUCLEUS, cleaned
from allviewer.classical.colour import hsv_of, picture_in
from allviewer.classical.methods import Fitted, PartMask
from allviewer.classical.preprocessing import modify_hsv
from allviewer.domain.slide import RgbArray
from allviewer.exchange.parameters import Settings, number
from allviewer.progress import CancelToken


def fit(rgb: RgbArray, settings: Settings) -> Fitted:
    """Nothing depends on the pixels: "a set threshold was used to partition the preprocessed pictures"."""

    def segment(picture: RgbArray, um_per_px: float | None, cancel: CancelToken) -> PartMask:
        cancel.check()
        modified = modify_hsv(picture, number(settings, "saturation_gain"), number(settings, "value_gamma"))
        _, saturation, value = np.moveaxis(hsv_of(modified), 2, 0)
        dark = saturation * (1.5 - value) >= number(settings, "threshold")
        nucleus = cleaned(dark & picture_in(picture), settings, um_per_px)
        return np.where(nucleus, NUCLEUS, 0).astype(np.uint8)

    return segment
