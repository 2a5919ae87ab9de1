"""Files damaged at random: each opens and reads, or is refused in one sentence that names it; none crashes or hangs."""

import io
import logging
import time

import numpy as np
import pytest
import tifffile
from PIL import Image

from allviewer.errors import ImageError
from allviewer.imaging.openers import open_image

MUTANTS = 110
LONGEST_S = 10.0


def _pillow(kind, **options):
    def make(pixels):
        buffer = io.BytesIO()
        Image.fromarray(pixels).save(buffer, kind, **options)
        return buffer.getvalue()

    return make


def _tiff(**options):
    def make(pixels):
        buffer = io.BytesIO()
        tifffile.imwrite(buffer, pixels, photometric="rgb", **options)
        return buffer.getvalue()

    return make


def _pyramid(pixels):
    buffer = io.BytesIO()
    with tifffile.TiffWriter(buffer, ome=True) as writer:
        writer.write(pixels, photometric="rgb", tile=(32, 32), subifds=1, compression="jpeg")
        writer.write(pixels[::2, ::2], photometric="rgb", tile=(32, 32), subfiletype=1, compression="jpeg")
    return buffer.getvalue()


MAKERS = {
    "png": _pillow("PNG"),
    "jpg": _pillow("JPEG"),
    "bmp": _pillow("BMP"),
    "webp": _pillow("WEBP"),
    "gif": _pillow("GIF"),
    "jp2": _pillow("JPEG2000"),
    "strips.tif": _tiff(rowsperstrip=9),
    "lzw.tif": _tiff(rowsperstrip=9, compression="lzw", predictor=True),
    "deflate.tif": _tiff(tile=(32, 32), compression="deflate"),
    "zstd.tif": _tiff(tile=(32, 32), compression="zstd"),
    "jpeg.tif": _tiff(tile=(32, 32), compression="jpeg"),
    "jpeg2000.tif": _tiff(tile=(32, 32), compression="jpeg2000"),
    "big.tif": _tiff(tile=(32, 32), bigtiff=True),
    "pyramid.ome.tif": _pyramid,
}


def mutated(data, seed):
    """The bytes with a few flipped, a piece cut out, the end cut off, or numbers of the header replaced."""
    rng = np.random.default_rng(seed)
    out = bytearray(data)
    kind = seed % 4
    if kind == 0:
        for position in rng.integers(0, len(out), 1 + seed % 20):
            out[position] = int(rng.integers(0, 256))
    elif kind == 1:
        del out[int(rng.integers(1, len(out))) :]
    elif kind == 2:
        start = int(rng.integers(0, len(out)))
        del out[start : start + int(rng.integers(1, 200))]
    else:
        for position in rng.integers(0, min(len(out), 400), 3):
            out[position : position + 4] = rng.choice([b"\xff\xff\xff\xff", b"\x00\x00\x00\x00", b"\x7f\xff\xff\xff"])
    return bytes(out)


def check(path):
    """Open and read everything that is small; what fails must fail as an `ImageError` about this file."""
    started = time.monotonic()
    try:
        source = open_image(path)
        for index, level in enumerate(source.info.levels):
            pixels = source.read(index, 0, 0, min(level.width, 300), min(level.height, 300))
            assert pixels.dtype == np.uint8
        source.close()
    except ImageError as error:
        refused = str(error)
    else:
        refused = path.name
    assert path.name in refused
    assert time.monotonic() - started < LONGEST_S, path


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", MAKERS)
def test_mutants_of_made_files(tmp_path, picture, name, caplog):
    caplog.set_level(logging.CRITICAL)
    data = MAKERS[name](picture(100, 75))
    for seed in range(MUTANTS):
        path = tmp_path / f"mutant{seed}.{name}"
        path.write_bytes(mutated(data, seed))
        check(path)
        path.unlink()


@pytest.mark.real_data
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(
    "name", ["slides/CMU-1-Small-Region.svs", "slides/small.svs", "tiff/multi-channel-z-series.ome.tif"]
)
def test_mutants_of_real_slides(data_dir, tmp_path, name, caplog):
    caplog.set_level(logging.CRITICAL)
    original = data_dir / "viewer_samples" / name
    data = original.read_bytes()
    for seed in range(MUTANTS):
        path = tmp_path / f"mutant{seed}{original.suffix}"
        path.write_bytes(mutated(data, seed))
        check(path)
        path.unlink()
