"""The pixels of a large image from top to bottom, a band at a time, in little memory. Runs in the child process."""

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from allviewer.domain.slide import PixelSource, RgbArray
from allviewer.errors import ImageError
from allviewer.imaging.coarser_levels import halved
from allviewer.imaging.colouring import FULL_8_BIT, Samples
from allviewer.imaging.failures import naming
from allviewer.imaging.intensity import ValueRange, camera_range, cmyk_to_rgb, grey_to_rgb, over_white, to_uint8

if TYPE_CHECKING:
    from pyvips import Image as VipsImage

_BAND_PX = 128
_BAND_BYTES = 32 << 20
_GREY_WITH_ALPHA = 2
_STRIDE_PX = 2048
_SPARSE_PX = 40_000_000
_SPARSE_WIDTH_PX = 1024
_FEWEST_STRIPS = 200
REDUCED_WHILE_DECODING = ("JPEG", "MPO")
_LOADERS = {"JPEG": "jpegload", "MPO": "jpegload", "PNG": "pngload", "WEBP": "webpload", "GIF": "gifload"}


def can_stream(kind: str) -> bool:
    """Whether files of a kind (as Pillow names it) are read by `streamed`."""
    return kind in _LOADERS


def streamed(path: Path, kind: str, shrink: int = 1) -> Iterator[RgbArray]:
    """Bands of a plain image as stored (not turned upright), decoded by libvips while the file is read.

    Args:
        path: the file.
        kind: its format; a loader is named outright, so that libvips never guesses another one.
        shrink: 1, 2, 4 or 8, for JPEG only: reduced while decoding, three times as fast as in full.

    Raises:
        ImageError: damaged or cut off; bands that came before are sound.
    """
    with naming(path), _vips_errors(path):
        span = FULL_8_BIT
        with _opened(path, kind, shrink) as image:
            if image.format == "ushort" and image.bands <= _GREY_WITH_ALPHA:
                span = camera_range(np.array([_largest(image)], dtype=np.uint16))
        with _opened(path, kind, shrink) as image:
            for values in _rows(image):
                yield _rgb(values, span, image.interpretation == "cmyk")


@contextmanager
def _vips_errors(path: Path) -> Iterator[None]:
    """The first line of an error of libvips names only its own function; the reason stands below."""
    import pyvips

    try:
        yield
    except pyvips.Error as error:
        reason = " ".join(error.detail.strip().splitlines()[:1]) or "its pixels do not decode"
        raise ImageError(f"{path.name} is cut off or damaged: {reason}.") from error


@contextmanager
def _opened(path: Path, kind: str, shrink: int) -> Iterator["VipsImage"]:
    os.environ.setdefault("VIPS_CONCURRENCY", "1")
    import pyvips

    pyvips.cache_set_max(0)
    with path.open("rb") as stream:
        # read, not mapped: a mapped file counts as memory of the process
        source = pyvips.SourceCustom()
        source.on_read(stream.read)
        source.on_seek(stream.seek)
        options = {"shrink": shrink} if shrink > 1 else {}
        loader = getattr(pyvips.Image, f"{_LOADERS[kind]}_source")
        yield loader(source, access="sequential", fail_on="truncated", **options)
        del source  # until here: libvips calls it, and does not keep it alive


def _rows(image: "VipsImage") -> Iterator[Samples]:
    dtype = {"uchar": np.uint8, "ushort": np.uint16}[image.format]
    row_bytes = image.width * image.bands * np.dtype(dtype).itemsize
    band_px = max(1, min(_BAND_PX, _BAND_BYTES // row_bytes))
    for top in range(0, image.height, band_px):
        height = min(band_px, image.height - top)
        # a region that stays and is moved down would keep twice the memory and take twice the time
        values = np.frombuffer(image.crop(0, top, image.width, height).write_to_memory(), dtype)
        yield values.reshape(height, image.width, image.bands)


def _largest(image: "VipsImage") -> int:
    return max(int(values[:, :, 0].max()) for values in _rows(image))


def _rgb(values: Samples, span: ValueRange, is_inks: bool) -> RgbArray:
    if values.dtype == np.uint16 and values.shape[2] > _GREY_WITH_ALPHA:
        values = (values >> 8).astype(np.uint8)
    elif values.dtype == np.uint16:
        alpha = (values[:, :, 1:] >> 8).astype(np.uint8)
        values = np.concatenate([to_uint8(values[:, :, :1], span), alpha], axis=2)
    if is_inks:
        return cmyk_to_rgb(values)
    if values.shape[2] <= _GREY_WITH_ALPHA:
        rgb = grey_to_rgb(values[:, :, 0])
        return rgb if values.shape[2] == 1 else over_white(np.concatenate([rgb, values[:, :, 1:]], axis=2))
    return over_white(values) if values.shape[2] == 4 else values


def bands_of(source: PixelSource, level: int, band_px: int, threads: int, halvings: int = 0) -> Iterator[RgbArray]:
    """Bands of a level of an image whose reader takes rectangles in any order.

    Args:
        source: the image.
        level: of the source.
        band_px: rows of a band; whole rows of the file's tiles, so that none is decoded twice.
        threads: so many rectangles are read at one time.
        halvings: how often they are halved at once, so that no band of full width is ever held; 2 to the power of it
            divides `band_px`.
    """
    extent = source.info.levels[level]
    columns = range(0, extent.width, _STRIDE_PX)
    with ThreadPoolExecutor(threads) as pool:
        for top in range(0, extent.height, band_px):
            height = min(band_px, extent.height - top)
            band = np.empty((-(-height // (1 << halvings)), -(-extent.width // (1 << halvings)), 3), dtype=np.uint8)

            def read(left: int, top: int = top, height: int = height, band: RgbArray = band) -> None:
                pixels = source.read(level, left, top, min(_STRIDE_PX, extent.width - left), height)
                for _ in range(halvings):
                    pixels = halved(pixels)
                place = left >> halvings
                band[:, place : place + pixels.shape[1]] = pixels

            list(pool.map(read, columns))
            yield band


def sparse_look(
    source: PixelSource, level: int, segment_px: tuple[int, int], most_px: int = _SPARSE_PX
) -> RgbArray | None:
    """A very coarse look at the whole level within about half a second: some tiles or rows, spread evenly.

    Args:
        source: the image.
        level: of the source.
        segment_px: width and height of what its file decodes in one piece.
        most_px: so many pixels are decoded.

    Returns:
        (rows, columns, 3): of an image in tiles the mean colour of each tile looked at, of one in thin strips some
        rows of it; None if so few could be looked at that they would tell nothing.
    """
    import cv2

    extent, (wide, tall) = source.info.levels[level], segment_px
    columns, rows = -(-extent.width // wide), -(-extent.height // tall)
    affordable = most_px // (wide * tall)
    if columns == 1:
        count = min(rows, affordable)
        if count < _FEWEST_STRIPS:
            return None
        chosen = np.linspace(0, rows - 1, count).astype(int) * tall
        lines = [source.read(level, 0, int(top), extent.width, 1) for top in chosen]
        size = (min(extent.width, _SPARSE_WIDTH_PX), 1)
        return np.concatenate([np.asarray(cv2.resize(line, size, interpolation=cv2.INTER_AREA)) for line in lines])
    side = (affordable / (columns * rows)) ** 0.5
    xs = np.linspace(0, columns - 1, max(2, min(columns, int(columns * side)))).astype(int) * wide
    ys = np.linspace(0, rows - 1, max(2, min(rows, int(rows * side)))).astype(int) * tall
    means = np.empty((len(ys), len(xs), 3), dtype=np.uint8)
    for row, y in enumerate(ys):
        for column, x in enumerate(xs):
            tile = source.read(
                level, int(x), int(y), min(wide, extent.width - int(x)), min(tall, extent.height - int(y))
            )
            means[row, column] = tile.mean(axis=(0, 1)) + 0.5
    return means
