"""From dyes to a photograph: absorption, lens, lamp, sensor, JPEG."""

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from allviewer.domain.geometry import Region
from training.synthetic.filters import blurred, shifted, through_jpeg
from training.synthetic.spec import SmearSpec
from training.synthetic.stamps import DYE_UNIT

_NOISE_SIDE = 1024
_FILM_SIDE = 512


class NoiseSheets:
    """Large sheets of noise that tiles take pieces of; made once for many cameras.

    Attributes:
        film: unevenness of the protein film, repeats without a seam, standard deviation 1.
        sensor: noise of three channels, standard deviation 1.
    """

    def __init__(self, seed: int) -> None:
        rng = np.random.default_rng((seed, 78))
        self.film = _periodic_noise(rng, _FILM_SIDE, 40)
        noise = blurred(rng.standard_normal((_NOISE_SIDE, _NOISE_SIDE, 3), dtype=np.float32), 0.6)
        self.sensor = noise / noise.std()


class Camera:
    """Photographs tiles of one smear. Everything depends on absolute coordinates, so tiles fit each other.

    `field` is what the lens sees: light and aberration are counted from its middle.
    """

    def __init__(self, spec: SmearSpec, field: Region, sheets: NoiseSheets | None = None) -> None:
        self.spec = spec
        self.field = field
        self.halo_px = math.ceil(3 * self._sigma_px) + 3
        self.sheets = sheets or NoiseSheets(spec.seed)
        stain = spec.stain
        dyes = (stain.haemoglobin, stain.chromatin, stain.basophilia, stain.eosin_granule)
        # natural logarithm per stored unit, negative: what is added to log(light)
        self._absorption = (-math.log(10) * stain.strength / DYE_UNIT * np.array(dyes).T).astype(np.float32)

    @property
    def _sigma_px(self) -> float:
        return self.spec.optics.blur_um / self.spec.mpp

    def photograph(self, dyes: NDArray[np.float32], region: Region) -> NDArray[np.uint8]:
        """Picture of `region`; `dyes` is float32 and reaches `halo_px` beyond it on every side."""
        halo = self.halo_px
        log_light = np.asarray(cv2.transform(dyes, self._absorption), np.float32)
        log_light -= self._film_over(region.expanded(halo))[..., None]
        light = np.asarray(cv2.exp(log_light), np.float32)
        light = self._through_lens(light, region)[halo:-halo, halo:-halo]
        light = light * np.array(self.spec.stain.background, np.float32) * self._lamp(region)[..., None]
        light += self._sensor_noise(region)
        image = np.clip(np.rint(light), 0, 255).astype(np.uint8)
        quality = self.spec.optics.jpeg_quality
        return through_jpeg(image, quality) if quality else image

    def _film_over(self, area: Region) -> NDArray[np.float32]:
        rows = np.arange(area.y, area.bottom) % _FILM_SIDE
        columns = np.arange(area.x, area.right) % _FILM_SIDE
        strength = np.float32(math.log(10) * self.spec.stain.film)
        return self.sheets.film[np.ix_(rows, columns)] * strength

    def _through_lens(self, light: NDArray[np.float32], region: Region) -> NDArray[np.float32]:
        optics = self.spec.optics
        if self._sigma_px > 0.2:
            light = blurred(light, self._sigma_px)
        if optics.sharpening > 0:
            light = light + np.float32(optics.sharpening) * (light - blurred(light, 1.5))
        if optics.aberration_um > 0:
            across = (region.center[0] - self.field.x) / self.field.width * 2 - 1
            down = (region.center[1] - self.field.y) / self.field.height * 2 - 1
            shift = optics.aberration_um / self.spec.mpp / 2
            for channel, sense in ((0, 1), (2, -1)):
                light[..., channel] = shifted(light[..., channel], sense * shift * across, sense * shift * down)
        return light

    def _lamp(self, region: Region) -> NDArray[np.float32]:
        optics, field = self.spec.optics, self.field
        across = (np.arange(region.x, region.right, dtype=np.float32) + 0.5 - field.x) / field.width * 2 - 1
        down = (np.arange(region.y, region.bottom, dtype=np.float32) + 0.5 - field.y) / field.height * 2 - 1
        rows = 1 - optics.vignette / 2 * down**2
        columns = 1 - optics.vignette / 2 * across**2 + optics.tilt / 2 * across
        return np.multiply.outer(rows, columns).astype(np.float32)

    def _sensor_noise(self, region: Region) -> NDArray[np.float32]:
        """A piece of the noise sheet, chosen by place."""
        rng = np.random.default_rng((self.spec.seed, 79, region.x & 0xFFFFFFFF, region.y & 0xFFFFFFFF))
        x, y = rng.integers(0, (_NOISE_SIDE - region.width, _NOISE_SIDE - region.height))
        return self.sheets.sensor[y : y + region.height, x : x + region.width] * np.float32(self.spec.optics.noise)


def _periodic_noise(rng: np.random.Generator, side: int, sigma_px: float) -> NDArray[np.float32]:
    """Smooth noise, standard deviation 1, that repeats without a seam."""
    frequency = np.fft.fftfreq(side)
    falloff = np.exp(-2 * (np.pi * sigma_px) ** 2 * (frequency[:, None] ** 2 + frequency[None, :] ** 2))
    field = np.fft.ifft2(np.fft.fft2(rng.standard_normal((side, side))) * falloff).real
    return (field / field.std()).astype(np.float32)
