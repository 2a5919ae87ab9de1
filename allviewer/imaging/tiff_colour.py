"""What the stored values of a TIFF mean as colours."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from allviewer.domain.slide import RgbArray
from allviewer.errors import ImageError
from allviewer.imaging import colouring
from allviewer.imaging.colour_profile import ColourProfile
from allviewer.imaging.colouring import Colouring, Samples, managed
from allviewer.imaging.intensity import Colour, camera_range, ycbcr_to_rgb

_WHITE_IS_ZERO, _BLACK_IS_ZERO, _RGB, _PALETTE, _MASK, _INKS, _YCBCR = 0, 1, 2, 3, 4, 5, 6
_ASSOCIATED, _STRAIGHT = 1, 2
_IMAGE_CODECS = (6, 7, 33003, 33004, 33005, 33007, 34712, 34892, 34927, 34933, 34934, 50001, 50002)
"""Compressions that are image formats of their own and come out of the decoder as RGB."""


def tiff_colouring(frame: Any, name: str, sampled: Samples, colours: Sequence[Colour | None] = ()) -> Colouring:
    """How pages like `frame` become colours.

    Args:
        frame: a `tifffile.TiffPage` that describes all pages.
        name: of the file, for errors.
        sampled: some of the image's values (n, 1, samples) from which its range of values is judged.
        colours: what the file says of its channels, where it has any.

    Raises:
        ImageError: a kind of colour that is not supported.
    """
    samples = sampled.shape[2]
    alpha = _alpha_kind(frame, samples)
    photometric = int(frame.photometric)
    if samples == 1 and photometric == _PALETTE:
        return _palette(frame, name)
    if photometric == _RGB or (photometric == _YCBCR and frame.compression in _IMAGE_CODECS):
        if samples >= 3:
            span = camera_range(sampled[:, :, :3])
            return colouring.rgb_over_white(span, alpha == _ASSOCIATED) if alpha else colouring.rgb(span)
    elif photometric == _YCBCR and samples == 3:
        return _ycbcr(frame, name)
    elif photometric == _INKS and samples == 4:
        return colouring.inks(camera_range(sampled))
    if photometric in (_WHITE_IS_ZERO, _BLACK_IS_ZERO, _MASK, _RGB, _PALETTE):
        if samples == 1 or (samples == 2 and alpha):
            return colouring.grey(camera_range(sampled[:, :, :1]), photometric == _WHITE_IS_ZERO)
        return colouring.channels(sampled, colours)
    raise ImageError(
        f"{name} cannot be shown: its kind of colour (TIFF photometric {photometric}, {samples} samples)"
        " is not supported.",
    )


def _alpha_kind(frame: Any, samples: int) -> int:
    extra = tuple(int(kind) for kind in frame.extrasamples)
    return extra[0] if extra and samples in (2, 4) and extra[0] in (_ASSOCIATED, _STRAIGHT) else 0


def _palette(frame: Any, name: str) -> Colouring:
    table = None if frame.colormap is None else np.asarray(frame.colormap)
    if table is None or table.ndim != 2 or table.shape[0] != 3:
        raise ImageError(f"{name} is damaged: its palette is missing.")
    # 16 bit by the standard, but some writers leave 8-bit values in it
    shift = 8 if table.max(initial=0) > 255 else 0
    colours = (table.T >> shift).astype(np.uint8)

    def convert(values: Samples, profile: ColourProfile | None) -> RgbArray:
        return managed(np.asarray(colours[np.minimum(values[:, :, 0], len(colours) - 1)]), profile)

    return Colouring("RGB", convert)


def _ycbcr(frame: Any, name: str) -> Colouring:
    subsampling = frame.tags.valueof(530, (2, 2))
    if tuple(subsampling) != (1, 1) or frame.dtype != np.uint8:
        raise ImageError(f"{name} cannot be shown: subsampled YCbCr without JPEG is not supported.")
    return Colouring("RGB", lambda values, profile: managed(ycbcr_to_rgb(values), profile))
