"""Any rectangle of any level is the crop of that level; outside the image is white."""

import threading

import numpy as np
import pytest
import tifffile
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from allviewer.imaging.coarser_levels import halved
from allviewer.imaging.openers import open_image

WIDTH, HEIGHT = 2200, 731


@pytest.fixture(scope="module")
def sources(tmp_path_factory, picture):
    """The same picture in several kinds of file, with the pixels of every level."""
    folder = tmp_path_factory.mktemp("regions")
    pixels = picture(WIDTH, HEIGHT)
    levels = [pixels, halved(pixels), halved(halved(pixels))]
    Image.fromarray(pixels).save(folder / "plain.png")
    tifffile.imwrite(folder / "strips.tif", pixels, photometric="rgb", rowsperstrip=33, compression="lzw")
    tifffile.imwrite(folder / "tiles.tif", pixels, photometric="rgb", tile=(128, 240), compression="deflate")
    with tifffile.TiffWriter(folder / "pyramid.ome.tif") as writer:
        writer.write(pixels, photometric="rgb", tile=(256, 256), subifds=1)
        writer.write(levels[1], photometric="rgb", tile=(256, 256), subfiletype=1)
    return {path.name: open_image(path) for path in sorted(folder.iterdir())}, levels


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.integers(0, 2),
    st.integers(-300, 1300),
    st.integers(-300, 900),
    st.integers(1, 700),
    st.integers(1, 700),
)
def test_any_region_of_any_level(sources, crop_of, level, x, y, width, height):
    opened, levels = sources
    assert len(opened) == 4
    expected = crop_of(levels[level], x, y, width, height)
    for name, source in opened.items():
        found = source.read(level, x, y, width, height)
        assert found.dtype == np.uint8, name
        assert np.array_equal(found, expected), name


def test_what_is_read_belongs_to_the_reader(sources):
    opened, levels = sources
    for source in opened.values():
        source.read(0, 10, 10, 20, 20)[:] = 7
        assert np.array_equal(source.read(0, 10, 10, 20, 20), levels[0][10:30, 10:30])
        source.read(2, 10, 10, 20, 20)[:] = 7
        assert np.array_equal(source.read(2, 10, 10, 20, 20), levels[2][10:30, 10:30])


def test_an_empty_rectangle_is_a_mistake(sources):
    with pytest.raises(ValueError, match="nothing to read"):
        sources[0]["plain.png"].read(0, 5, 5, 0, 10)


def test_many_threads_read_the_same_file(sources):
    opened, levels = sources
    wrong = []

    def work(seed):
        rng = np.random.default_rng(seed)
        for _ in range(40):
            level = int(rng.integers(0, 3))
            tall, wide = levels[level].shape[:2]
            x, y = int(rng.integers(0, wide - 50)), int(rng.integers(0, tall - 50))
            for name, source in opened.items():
                if not np.array_equal(source.read(level, x, y, 50, 50), levels[level][y : y + 50, x : x + 50]):
                    wrong.append((name, level, x, y))

    threads = [threading.Thread(target=work, args=(seed,)) for seed in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


@pytest.mark.parametrize(("width", "height"), [(1, 1), (1, 7), (8, 6), (9, 5), (2, 1)])
def test_halving_is_the_mean_of_the_pixels_there_are(picture, width, height):
    pixels = picture(width, height).astype(float)
    expected = [
        [pixels[2 * y : 2 * y + 2, 2 * x : 2 * x + 2].mean(axis=(0, 1)) for x in range((width + 1) // 2)]
        for y in range((height + 1) // 2)
    ]
    assert np.abs(halved(pixels.astype(np.uint8)) - np.array(expected)).max() <= 0.5
