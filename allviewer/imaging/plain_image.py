"""Photographs and other plain images (PNG, JPEG, BMP, WebP, GIF, JPEG 2000) through Pillow, decoded whole."""

import struct
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from allviewer.domain.slide import Level, PixelSource, RgbArray, SlideInfo
from allviewer.errors import ImageError
from allviewer.imaging import colouring
from allviewer.imaging.array_source import ArraySource, DecodedSource
from allviewer.imaging.colour_profile import ColourProfile, Mode, load_profile
from allviewer.imaging.colouring import Colouring
from allviewer.imaging.failures import naming
from allviewer.imaging.intensity import camera_range, to_uint8
from allviewer.imaging.jpeg_pixels import decode_rgb, is_complete
from allviewer.imaging.limits import LARGE_PX, MAX_DECODED_BYTES, MAX_STREAMED_PX, check_decoded, child_bytes
from allviewer.imaging.orientation import UPRIGHT, upright
from allviewer.imaging.pixel_size import mpp_from_dpi
from allviewer.imaging.raw_rows import RowsSource, rows_of
from allviewer.imaging.stored_image import StoredImage
from allviewer.memory.byte_budget import ByteBudget

if TYPE_CHECKING:
    from PIL.Image import Image as PillowImage

_FORMATS = {
    b"\x89PNG": "PNG",
    b"\xff\xd8\xff": "JPEG",
    b"BM": "BMP",
    b"RIFF": "WEBP",
    b"GIF8": "GIF",
    b"\0\0\0\x0cjP": "JPEG2000",
    b"\xff\x4f\xff\x51": "JPEG2000",
    b"P5": "PPM",
    b"P6": "PPM",
}
"""Pillow's names by first bytes. Asked for any other, it would load all of its readers first."""
MAGIC = tuple(_FORMATS)
_STREAMED = ("JPEG", "MPO", "PNG", "WEBP", "GIF")
_WHOLE = ("JPEG2000", "BMP")
"""Decoded whole in the child process: all of JPEG 2000, and of BMP what does not lie in rows."""
_WHOLE_BAND_PX = 512
_COEFFICIENT_BYTES = 2
_PNG_RATIO = 1032
"""Deflate cannot make bytes fewer than this many times."""
_OPENJPEG_BYTES, _PILLOW_BYTES = 4, 4
_ORIENTATION_TAG = 0x0112
_TURNED = 5
"""From this orientation on width and height are exchanged."""
_SHOWN_EXIF = {0x010F: "Make", 0x0110: "Model", 0x0131: "Software", 0x0132: "DateTime", 0x013B: "Artist"}
_SHOWN_TEXTS = ("comment", "Description", "Title", "Author", "Software", "Creation Time")
_LONGEST_TEXT = 500
_BROKEN_EXIF = (OSError, ValueError, TypeError, KeyError, IndexError, SyntaxError, struct.error)
"""What Pillow raises on damaged EXIF. Beside sound pixels it is left out: the picture is worth more."""


def open_plain(path: Path, budget: ByteBudget | None = None) -> PixelSource:
    """Decode an image file (of an animation the first picture), upright, transparency on white.

    Args:
        path: the file.
        budget: where the memory comes from; the file is decoded again if that was wanted elsewhere. None: it is kept.

    Raises:
        ImageError: damaged, cut off, too large, or not of these formats.
    """
    with naming(path), _opened(path) as image:
        if image.width * image.height > LARGE_PX and rows_of(image) is not None:
            return _in_rows(path, image)
        pixels, colours = _decoded(path, image)
        profile = load_profile(image.info.get("icc_profile"), colours.mode)
        info = _info(image, f"Pillow ({image.format})", profile)
    if budget is None:
        return ArraySource(pixels, info, colours, profile)
    return DecodedSource(pixels, info, colours, profile, partial(_decoded_again, path), budget)


def open_stored_plain(path: Path) -> PixelSource:
    """The same in the child process, which may take more memory.

    Raises:
        ImageError: as `open_plain`.
    """
    with naming(path), _opened(path) as image:
        if rows_of(image) is not None:
            return _in_rows(path, image)
        most_bytes = child_bytes(path.stat().st_size, image.width, image.height)
        check_decoded(path.name, image.width, image.height, _peak_bytes(image), most_bytes)
        pixels, colours = _decoded(path, image, most_bytes)
        return ArraySource(pixels, _info(image, "", None), colours)


def reduced_look(path: Path, halvings: int) -> RgbArray:
    """A JPEG 2000 decoded to a part of its size, which takes a small part of the time.

    Raises:
        ImageError: damaged.
    """
    with naming(path), _opened(path) as image:
        image.reduce = halvings  # type: ignore[assignment]  # Pillow's way to ask for it
        values, colours = _stored(image)
        return colours.to_rgb(upright(values, _orientation(image)), None)


def _in_rows(path: Path, image: "PillowImage") -> PixelSource:
    check_decoded(path.name, image.width, image.height, most_bytes=3 * MAX_STREAMED_PX)
    profile = load_profile(image.info.get("icc_profile"), "L" if image.mode == "L" else "RGB")
    return RowsSource(path, image, _info(image, f"Pillow ({image.format}), row by row", profile), profile)


@contextmanager
def _opened(path: Path) -> Iterator["PillowImage"]:
    from PIL import Image

    # Ours is checked before a pixel is decoded, and it is larger: Pillow's would refuse honest scans.
    Image.MAX_IMAGE_PIXELS = None
    with Image.open(path, formats=_formats_of(path)) as image:
        yield image


def _decoded(
    path: Path, image: "PillowImage", most_bytes: int = MAX_DECODED_BYTES
) -> tuple[NDArray[np.uint8], Colouring]:
    """Values (height, width, samples), upright, and what they mean."""
    check_decoded(path.name, image.width, image.height, _decoding_bytes(image), most_bytes)
    stored, colours = _stored_jpeg(path, image.mode) if _is_usual_jpeg(image) else _stored(image)
    return upright(stored, _orientation(image)), colours


def _decoded_again(path: Path) -> NDArray[np.uint8]:
    with naming(path), _opened(path) as image:
        return _decoded(path, image)[0]


def open_streamable(path: Path) -> StoredImage | None:
    """A large image that the child process decodes: from top to bottom in little memory through libvips, or whole
    where its format demands that; None if it is another, or not large.

    Raises:
        ImageError: damaged at its beginning, too large, or not of these formats.
    """
    with naming(path), _opened(path) as image:
        kind = image.format or ""
        if image.width * image.height <= LARGE_PX or kind not in _STREAMED + _WHOLE or rows_of(image) is not None:
            return None
        _check_streamable(path.name, path.stat().st_size, image)
        mode: Mode = "L" if image.mode in ("1", "L", "LA", "I;16") else "RGB"
        # inks are kept as colours, to which their profile no longer applies
        profile = None if image.mode == "CMYK" else load_profile(image.info.get("icc_profile"), mode)
        if kind in _WHOLE:
            info = _info(image, f"Pillow ({kind})", profile)
            side = (_WHOLE_BAND_PX, _WHOLE_BAND_PX)
            return StoredImage(path, info, (info.width, info.height), kind, segment_px=side, profile=profile)
        info = _info(image, f"libvips ({kind})", profile)
        return StoredImage(
            path, info, (image.width, image.height), kind, orientation=_orientation(image), profile=profile
        )


def _formats_of(path: Path) -> list[str]:
    with path.open("rb") as stream:
        head = stream.read(max(map(len, MAGIC)))
    return [name for magic, name in _FORMATS.items() if head.startswith(magic)]


def _check_streamable(name: str, size_bytes: int, image: "PillowImage") -> None:
    """A header's claim must fit the file; some kinds are only to be had whole, and must fit into memory."""
    check_decoded(name, image.width, image.height, most_bytes=3 * MAX_STREAMED_PX)
    if image.format == "PNG" and image.width * image.height * _least_bits(image) > 8 * _PNG_RATIO * size_bytes:
        raise ImageError(f"{name} is damaged: it cannot hold the {image.width} x {image.height} pixels that it claims.")
    most_bytes = child_bytes(size_bytes, image.width, image.height)
    if image.info.get("progressive"):
        check_decoded(name, image.width, image.height, _COEFFICIENT_BYTES * len(image.getbands()), most_bytes)
    elif image.info.get("interlace") or image.format in ("WEBP", "GIF"):
        check_decoded(name, image.width, image.height, 4, most_bytes)
    elif image.format in _WHOLE:
        check_decoded(name, image.width, image.height, _peak_bytes(image), most_bytes)


def _least_bits(image: "PillowImage") -> int:
    """For a pixel of a PNG, as stored: a palette may have two colours."""
    return 1 if image.mode in ("1", "L", "P") else 8 * len(image.getbands())


def _info(image: "PillowImage", reader: str, profile: ColourProfile | None) -> SlideInfo:
    width, height = image.size if _orientation(image) < _TURNED else image.size[::-1]
    return SlideInfo(
        levels=(Level(width, height, 1.0),),
        mpp=_scale(image),
        reader=reader,
        properties=tuple(_properties(image)),
        profile=profile.name if profile else "",
    )


def _stored(image: "PillowImage") -> tuple[NDArray[np.uint8], Colouring]:
    """The values (height, width, samples) as far as possible as stored, and what they mean."""
    if image.mode.startswith("I") or image.mode == "F":
        values = np.asarray(image)
        if values.dtype == np.int32 and values.min() >= 0:
            values = values.astype(np.uint32)
        return to_uint8(values, camera_range(values))[:, :, None], colouring.grey()
    if image.has_transparency_data:
        return np.asarray(image.convert("RGBA")), colouring.rgb_over_white()
    if image.mode == "CMYK":
        return np.asarray(image), colouring.inks()
    if image.mode in ("1", "L"):
        return np.asarray(image.convert("L"))[:, :, None], colouring.grey()
    return np.asarray(image if image.mode == "RGB" else image.convert("RGB")), colouring.rgb()


def _decoding_bytes(image: "PillowImage") -> int:
    """For a pixel; OpenJPEG holds every sample in four bytes beside the picture."""
    return len(image.getbands()) + (_OPENJPEG_BYTES if image.format == "JPEG2000" else 0)


def _peak_bytes(image: "PillowImage") -> int:
    """For a pixel, with all that is held at one time: OpenJPEG's samples, Pillow's picture, and ours."""
    for_a_sample = 1 + (_OPENJPEG_BYTES if image.format == "JPEG2000" else 0)
    return for_a_sample * len(image.getbands()) + _PILLOW_BYTES


def _is_usual_jpeg(image: "PillowImage") -> bool:
    return image.format in ("JPEG", "MPO") and image.mode in ("RGB", "L")


def _stored_jpeg(path: Path, mode: str) -> tuple[NDArray[np.uint8], Colouring]:
    encoded = path.read_bytes()
    if not is_complete(encoded):
        raise ImageError(f"{path.name} is cut off: its end is missing.")
    pixels = decode_rgb(encoded)
    return (pixels, colouring.rgb()) if mode == "RGB" else (pixels[:, :, :1].copy(), colouring.grey())


def _orientation(image: "PillowImage") -> int:
    try:
        orientation = int(image.getexif().get(_ORIENTATION_TAG, UPRIGHT))
    except _BROKEN_EXIF:
        return UPRIGHT
    return orientation if orientation in range(1, 9) else UPRIGHT


def _scale(image: "PillowImage") -> float | None:
    try:
        x_dpi, y_dpi = image.info["dpi"]
        return mpp_from_dpi(float(x_dpi), float(y_dpi))
    except (KeyError, TypeError, ValueError, ZeroDivisionError):
        return None  # none given, or nonsense


def _properties(image: "PillowImage") -> Iterator[tuple[str, str]]:
    """What the file says of itself, for people."""
    yield "image.Format", f"{image.format}, {image.mode}"
    for name in _SHOWN_TEXTS:
        text = _text(image.info.get(name))
        if text:
            yield f"image.{name}", text
    try:
        exif = {tag: value for tag, value in image.getexif().items() if tag in _SHOWN_EXIF}
    except _BROKEN_EXIF:
        return
    for tag, value in exif.items():
        if text := _text(value):
            yield f"exif.{_SHOWN_EXIF[tag]}", text


def _text(value: object) -> str:
    if isinstance(value, bytes):
        value = value.decode("utf-8", "replace")
    return value.replace("\0", "").strip()[:_LONGEST_TEXT] if isinstance(value, str) else ""
