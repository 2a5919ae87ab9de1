"""ICC profiles: from the colours of a scanner or camera to sRGB, with Little CMS through Pillow."""

import io
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from allviewer.domain.slide import RgbArray

if TYPE_CHECKING:
    from PIL.ImageCms import ImageCmsProfile, ImageCmsTransform

Mode = Literal["RGB", "L", "CMYK"]
"""What a picture's values are, in Pillow's words; a profile is for one of them."""

_SPACES = {"RGB": "RGB", "GRAY": "L", "CMYK": "CMYK"}
_MAX_PROFILE_BYTES = 16 << 20
_LONGEST_NAME = 80
_UNSEEN = 2
"""Largest difference in any colour up to which a profile counts as sRGB, and nothing need be done."""


class ColourProfile:
    """The profile of one image. Its transform is made once; applying it is safe between threads.

    Attributes:
        name: as the profile gives it; says so where it could not be used.
    """

    def __init__(self, name: str, mode: Mode, transform: "ImageCmsTransform | None") -> None:
        self.name = name
        self._mode = mode
        self._transform = transform
        greys = np.arange(256, dtype=np.uint8)[None, :]
        self._greys = _applied(transform, greys, mode)[0] if transform is not None and mode == "L" else None

    @property
    def changes_colours(self) -> bool:
        """False for sRGB itself, for what is as good as sRGB, and for a profile that cannot be used."""
        return self._transform is not None

    def to_srgb(self, pixels: NDArray[np.uint8]) -> RgbArray:
        """Colours as stored, (height, width, 3) or inks (height, width, 4), as sRGB (height, width, 3)."""
        if self._greys is not None:
            return np.asarray(self._greys[pixels[:, :, 0]])
        return pixels if self._transform is None else _applied(self._transform, pixels, self._mode)


def load_profile(data: bytes | None, mode: Mode) -> ColourProfile | None:
    """The profile in a file, for a picture of this mode; None where there is none.

    A profile that is damaged or made for other values is kept by name only: the pixels are worth more than it.
    """
    if not data:
        return None
    from PIL import ImageCms

    try:
        if len(data) > _MAX_PROFILE_BYTES:
            raise ValueError("larger than any profile")
        profile = ImageCms.ImageCmsProfile(io.BytesIO(data))
        name = ImageCms.getProfileDescription(profile).strip()[:_LONGEST_NAME] or "unnamed"
        if _SPACES.get(profile.profile.xcolor_space.strip()) != mode:
            return ColourProfile(f"{name} (not for these colours, not applied)", mode, None)
        return ColourProfile(name, mode, _transform(profile, mode))
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return ColourProfile("damaged (not applied)", mode, None)


def _transform(profile: "ImageCmsProfile", mode: Mode) -> "ImageCmsTransform | None":
    from PIL import ImageCms

    srgb = ImageCms.createProfile("sRGB")
    intent = ImageCms.Intent(ImageCms.getDefaultIntent(profile))
    transform = ImageCms.buildTransform(profile, srgb, mode, "RGB", renderingIntent=intent)
    if mode == "CMYK":
        return transform
    steps = np.linspace(0, 255, 9 if mode == "RGB" else 256).round().astype(np.uint8)
    colours = np.stack(np.meshgrid(*[steps] * 3), axis=-1).reshape(1, -1, 3) if mode == "RGB" else steps[None, :]
    seen = _applied(transform, colours, mode).astype(int)
    unchanged = np.abs(seen - (colours if mode == "RGB" else colours[:, :, None])).max() <= _UNSEEN
    return None if unchanged else transform


def _applied(transform: "ImageCmsTransform", pixels: NDArray[np.uint8], mode: Mode) -> RgbArray:
    from PIL import Image

    return np.asarray(transform.apply(Image.fromarray(pixels, mode)))
