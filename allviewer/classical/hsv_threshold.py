"""Colour threshold in HSV (Reza et al., method and table 2; the Taleqani set's own "segmented" copies are made so).

The paper prints no ranges. Readings: Otsu's threshold of saturation (default), Otsu's threshold of hue among purple
hues, or ranges that a person sets.
"""

import numpy as np

from allviewer.classical.cleaning import NUCLEUS, cleaned
from allviewer.classical.clusters import cluster_tops, histogram_of
from allviewer.classical.colour import Plane, hsv_of, picture_in
from allviewer.classical.methods import Fitted, PartMask
from allviewer.domain.mask import Bitmap
from allviewer.domain.slide import RgbArray
from allviewer.exchange.parameters import Settings, choice, number
from allviewer.progress import CancelToken

_PURPLE_DEG = (200.0, 350.0)
_COLOURLESS = 0.15
"""Hue means nothing below this saturation."""


def fit(rgb: RgbArray, settings: Settings) -> Fitted:
    """Settle the threshold of saturation or hue; set ranges need no pixels."""
    rule = choice(settings, "rule")
    hsv = hsv_of(rgb)[picture_in(rgb)]
    least = _saturation_threshold(hsv) if rule == "saturation" else 0.0
    bluest, reddest = _PURPLE_DEG[0], _hue_threshold(hsv) if rule == "hue" else 0.0

    def segment(picture: RgbArray, um_per_px: float | None, cancel: CancelToken) -> PartMask:
        cancel.check()
        own = hsv_of(picture)
        if rule == "saturation":
            inside: Bitmap = own[..., 1] > least
        elif rule == "hue":
            inside = (own[..., 0] >= bluest) & (own[..., 0] <= reddest) & (own[..., 1] > _COLOURLESS)
        else:
            inside = _in_ranges(own, settings)
        nucleus = cleaned(inside & picture_in(picture), settings, um_per_px)
        return np.where(nucleus, NUCLEUS, 0).astype(np.uint8)

    return segment


def _saturation_threshold(hsv: Plane) -> float:
    """Otsu's level of saturation; above 1 where there is only one."""
    tops = cluster_tops(histogram_of(np.rint(255 * hsv[..., 1]).astype(np.uint8)), 2, "multi_otsu")
    return (tops[0] + 0.5) / 255 if len(tops) == 2 else 2.0


def _hue_threshold(hsv: Plane) -> float:
    """Otsu's level among the purple hues of coloured pixels, in degrees; all purple where there is only one hue.

    Nuclei are what is bluer: red cells are the redder hues.
    """
    hue, saturation = hsv[..., 0], hsv[..., 1]
    low, high = _PURPLE_DEG
    purple = hue[(hue >= low) & (hue <= high) & (saturation > _COLOURLESS)]
    tops = cluster_tops(histogram_of(np.rint((purple - low) / (high - low) * 255).astype(np.uint8)), 2, "multi_otsu")
    return low + (tops[0] + 0.5) / 255 * (high - low) if len(tops) == 2 else high


def _in_ranges(hsv: Plane, settings: Settings) -> Bitmap:
    """A hue range whose start lies above its end goes round through red."""
    low, high = number(settings, "hue_low"), number(settings, "hue_high")
    hue = hsv[..., 0]
    purple = (hue >= low) & (hue <= high) if low <= high else (hue >= low) | (hue <= high)
    inside: Bitmap = (
        purple & (hsv[..., 1] >= number(settings, "saturation_low")) & (hsv[..., 2] <= number(settings, "value_high"))
    )
    return inside
