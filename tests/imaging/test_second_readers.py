"""Every format once more, judged by another library than the one that reads it: any region, to within JPEG rounding."""

import cv2
import numpy as np
import openslide
import pytest
import tifffile
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageOps

from allviewer.imaging.coarser_levels import halved
from allviewer.imaging.openers import open_image

WIDTH, HEIGHT = 1517, 1389
JPEG_ROUNDING = 4


def by_opencv(path):
    pixels = cv2.imdecode(np.fromfile(path, np.uint8), cv2.IMREAD_COLOR)
    return cv2.cvtColor(pixels, cv2.COLOR_BGR2RGB)


def by_pillow(path):
    with Image.open(path) as image:
        return np.asarray(ImageOps.exif_transpose(image).convert("RGB"))


def by_openslide(path):
    with openslide.OpenSlide(path) as slide:
        return np.asarray(slide.read_region((0, 0), 0, slide.dimensions).convert("RGB"))


def _pillow(**options):
    return lambda path, pixels: Image.fromarray(pixels).save(path, **options)


def _tiff(**options):
    return lambda path, pixels: tifffile.imwrite(path, pixels, photometric="rgb", **options)


def _turned(path, pixels):
    exif = Image.Exif()
    exif[0x0112] = 8
    Image.fromarray(pixels).save(path, quality=90, exif=exif)


def _opencv(*options):
    return lambda path, pixels: cv2.imencode(path.suffix, pixels[:, :, ::-1], options)[1].tofile(path)


CASES = {
    "usual.jpg": (_pillow(quality=85), by_opencv, JPEG_ROUNDING),
    "fine.jpg": (_pillow(quality=98, subsampling=0), by_opencv, JPEG_ROUNDING),
    "coarse.jpg": (_pillow(quality=60, subsampling=2), by_opencv, JPEG_ROUNDING),
    "progressive.jpg": (_pillow(quality=85, progressive=True), by_opencv, JPEG_ROUNDING),
    "restarts.jpg": (_pillow(quality=85, restart_marker_rows=1), by_opencv, JPEG_ROUNDING),
    "turned.jpg": (_turned, by_pillow, JPEG_ROUNDING),
    "usual.png": (_pillow(), by_opencv, 0),
    "opencv.png": (_opencv(cv2.IMWRITE_PNG_COMPRESSION, 9), by_opencv, 0),
    "usual.bmp": (_pillow(), by_opencv, 0),
    "lossy.webp": (_pillow(quality=80), by_opencv, JPEG_ROUNDING),
    "exact.webp": (_pillow(lossless=True), by_opencv, 0),
    "exact.jp2": (_pillow(), by_opencv, 0),
    "lossy.jp2": (_pillow(quality_mode="rates", quality_layers=[20], irreversible=True), by_opencv, JPEG_ROUNDING),
    "opencv.jp2": (_opencv(cv2.IMWRITE_JPEG2000_COMPRESSION_X1000, 500), by_opencv, JPEG_ROUNDING),
    "usual.gif": (_pillow(), by_pillow, 0),
    "strips.tif": (_tiff(rowsperstrip=11, compression="lzw"), by_opencv, 0),
    "one strip.tif": (_tiff(rowsperstrip=HEIGHT), by_pillow, 0),
    "tiles.tif": (_tiff(tile=(64, 112), compression="deflate", predictor=True), by_openslide, 0),
    "jpeg tiles.tif": (_tiff(tile=(64, 112), compression="jpeg"), by_openslide, JPEG_ROUNDING),
    "jpeg 420 tiles.tif": (_tiff(tile=(64, 112), compression="jpeg", subsampling=(2, 2)), by_openslide, JPEG_ROUNDING),
    "jpeg strips.tif": (_tiff(rowsperstrip=16, compression="jpeg"), by_pillow, JPEG_ROUNDING),
    "zstd.tif": (_tiff(tile=(64, 64), compression="zstd"), by_pillow, 0),
    "big endian.tif": (_tiff(byteorder=">", compression="packbits"), by_pillow, 0),
    "bigtiff.tif": (_tiff(byteorder=">", bigtiff=True, compression="deflate"), by_opencv, 0),
    "by pillow.tif": (_pillow(compression="tiff_lzw"), by_opencv, 0),
    "jpeg by pillow.tif": (_pillow(compression="jpeg", quality=90), by_opencv, JPEG_ROUNDING),
    "by opencv.tif": (_opencv(), by_pillow, 0),
}


@pytest.fixture(scope="module")
def opened(tmp_path_factory, picture):
    """By name: the open image, and what the second library makes of the file."""
    folder = tmp_path_factory.mktemp("second")
    pixels = picture(WIDTH, HEIGHT)
    found = {}
    for name, (write, reference, _) in CASES.items():
        write(folder / name, pixels)
        found[name] = (open_image(folder / name), reference(folder / name))
    return found


@pytest.mark.parametrize("name", CASES)
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(x=st.integers(-50, 540), y=st.integers(-50, 400), width=st.integers(1, 300), height=st.integers(1, 300))
def test_any_region(opened, crop_of, name, x, y, width, height):
    source, reference = opened[name]
    assert (source.info.height, source.info.width) == reference.shape[:2]
    found = source.read(0, x, y, width, height).astype(int)
    assert np.abs(found - crop_of(reference, x, y, width, height)).max() <= CASES[name][2]


@pytest.mark.parametrize("name", CASES)
def test_the_level_below_is_the_mean_of_the_pixels_above(opened, name):
    source, reference = opened[name]
    found = source.read(1, 0, 0, source.info.levels[1].width, source.info.levels[1].height)
    assert np.abs(found.astype(int) - halved(reference)).max() <= CASES[name][2]


@pytest.mark.real_data
@pytest.mark.parametrize("name", ["CMU-1-Small-Region.svs", "TCGA-CR-7395-01A-01-TS1.svs", "small.svs"])
def test_real_slides_at_every_level(data_dir, name):
    """Level 0 against OpenSlide, the coarser ones against the tiles themselves (see docs/formats.md)."""
    path = data_dir / "viewer_samples" / "slides" / name
    source = open_image(path)
    rng = np.random.default_rng(0)
    with openslide.OpenSlide(path) as slide, tifffile.TiffFile(path) as tif:
        for index in range(slide.level_count):
            width, height = slide.level_dimensions[index]
            stored = tif.series[0].levels[index].asarray()
            for _ in range(25):
                x, y = int(rng.integers(0, width)), int(rng.integers(0, height))
                wide, tall = (
                    int(rng.integers(1, min(400, width - x) + 1)),
                    int(rng.integers(1, min(400, height - y) + 1)),
                )
                found = source.read(index, x, y, wide, tall).astype(int)
                assert np.abs(found - stored[y : y + tall, x : x + wide]).max() <= JPEG_ROUNDING
                if index == 0:
                    second = np.asarray(slide.read_region((x, y), 0, (wide, tall)).convert("RGB"))
                    assert np.abs(found - second).max() <= JPEG_ROUNDING


@pytest.mark.real_data
@pytest.mark.parametrize(
    ("name", "reference"),
    [
        ("tiff/cells.tif", by_opencv),
        ("tiff/grey10kx5k.tif", by_pillow),
        ("tiff/orientation1.tif", by_pillow),
        ("tiff/orientation6.tif", by_pillow),
        ("tiff/boxes.tiff", by_openslide),
        ("jpeg2000/cells-1.jp2", by_opencv),
    ],
)
def test_real_plain_images(data_dir, crop_of, name, reference):
    path = data_dir / "viewer_samples" / name
    source, whole = open_image(path), reference(path)
    assert (source.info.height, source.info.width) == whole.shape[:2]
    rng = np.random.default_rng(0)
    for _ in range(25):
        x, y = int(rng.integers(-20, whole.shape[1])), int(rng.integers(-20, whole.shape[0]))
        found = source.read(0, x, y, 150, 130).astype(int)
        assert np.abs(found - crop_of(whole, x, y, 150, 130)).max() <= JPEG_ROUNDING
