"""Changes of colour, focus and compression: other stains, microscopes and cameras. The masks stay as they are."""

import cv2
import numpy as np
from numpy.typing import NDArray

from training.segmentation.config import Augmentation

Rgb = NDArray[np.uint8]

_DENSITY = -np.log((np.arange(256, dtype=np.float32) + 1) / 256)


def vary_colours(image: Rgb, settings: Augmentation, rng: np.random.Generator) -> Rgb:
    """A copy of a crop as another laboratory might have taken it; what is black (0, 0, 0) stays black."""
    black = (image[..., 0] | image[..., 1] | image[..., 2]) == 0
    image = _vary_stain(image, settings.stain * rng.uniform(0.2, 1.2), rng)
    if rng.random() < settings.blur:
        image = np.asarray(cv2.GaussianBlur(image, (0, 0), rng.uniform(0.4, 1.7)), np.uint8)
    if rng.random() < settings.noise:
        noise = rng.normal(0, rng.uniform(1, 7), image.shape)
        image = np.clip(image + noise, 0, 255).astype(np.uint8)
    if rng.random() < settings.jpeg:
        image = _compress(image, int(rng.integers(35, 95)))
    if black.any():
        image = np.where(black[..., None], 0, image).astype(np.uint8)
    return image


def _vary_stain(image: Rgb, spread: float, rng: np.random.Generator) -> Rgb:
    """Mix and scale the optical densities, then colour the light that falls through."""
    if spread == 0:
        return image
    mixing = np.eye(3) + rng.normal(0, 0.07 * spread, (3, 3))
    mixing *= np.exp(rng.normal(0, 0.18 * spread))
    density = _DENSITY[image] @ mixing.astype(np.float32)
    light = np.exp(rng.normal(0, 0.06 * spread, 3)) * np.exp(rng.normal(0, 0.08 * spread))
    if rng.random() < 0.12 * spread:  # strongly coloured light, as from a phone at the eyepiece
        light = light * np.array([1.0, rng.uniform(0.8, 1.05), rng.uniform(0.45, 1.0)])
    varied = 256 * np.exp(-density) * light.astype(np.float32) - 1
    if rng.random() < 0.5:  # more or less colour
        grey = varied @ np.full((3, 1), 1 / 3, np.float32)
        varied = grey + (varied - grey) * np.exp(rng.normal(0, 0.25 * spread))
    return np.clip(varied, 0, 255).astype(np.uint8)


def _compress(image: Rgb, quality: int) -> Rgb:
    done, data = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), np.uint8) if done else image
