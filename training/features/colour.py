"""Colour of the pixels under a mask, in three colour spaces."""

import numpy as np
from numpy.typing import NDArray
from skimage.color import rgb2hsv, rgb2lab

CHANNELS = ("red", "green", "blue", "lab_l", "lab_a", "lab_b", "saturation", "value")
MOMENTS = ("mean", "std", "skew")


def colour_features(image: NDArray[np.uint8], mask: NDArray[np.bool_]) -> dict[str, float]:
    """Mean, standard deviation and skewness of each channel, and the hue as mean direction and its strength.

    RGB from 0 to 255, CIE Lab (D65) in its own units, saturation and value from 0 to 1. All 0 for no pixel.
    """
    names = [f"{channel}_{moment}" for channel in CHANNELS for moment in MOMENTS]
    names += ["hue_cos", "hue_sin", "hue_strength"]
    if not mask.any():
        return dict.fromkeys(names, 0.0)
    rgb = image[mask].reshape(-1, 1, 3)
    hsv = rgb2hsv(rgb)[:, 0]
    channels = np.hstack([rgb[:, 0].astype(np.float64), rgb2lab(rgb)[:, 0], hsv[:, 1:]])
    mean, spread = channels.mean(axis=0), channels.std(axis=0)
    skew = np.where(spread > 1e-9, ((channels - mean) ** 3).mean(axis=0) / np.maximum(spread, 1e-9) ** 3, 0.0)
    direction = np.exp(2j * np.pi * hsv[:, 0]).mean()
    values = [*np.stack([mean, spread, skew], axis=1).ravel(), direction.real, direction.imag, abs(direction)]
    return dict(zip(names, (float(value) for value in values), strict=True))
