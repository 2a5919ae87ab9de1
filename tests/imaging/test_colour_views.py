"""Parts of the colours: channels, grey, and stains told apart by the light they take away."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from allviewer.domain.colour_view import ColourView
from allviewer.domain.slide import Level, SlideInfo
from allviewer.imaging.array_source import ArraySource
from allviewer.imaging.colour_views import glass_of, part_of_colours, seen_as
from allviewer.imaging.openers import open_image

WHITE = np.full(3, 255, dtype=np.float32)
AZURE = 255 * 10 ** -np.array([0.834750233, 0.513556283, 0.196330403])
EOSIN = 255 * 10 ** -np.array([0.092789, 0.954111, 0.283111])


def source_of(pixels):
    height, width = pixels.shape[:2]
    return ArraySource(pixels, SlideInfo((Level(width, height, 1.0),)))


def patch(colour, side=20):
    return np.tile(np.rint(np.asarray(colour)).astype(np.uint8), (side, side, 1))


@pytest.mark.parametrize(("view", "value"), [(ColourView.RED, 200), (ColourView.GREEN, 100), (ColourView.BLUE, 50)])
def test_a_channel_is_seen_in_grey(view, value):
    assert np.unique(part_of_colours(patch((200, 100, 50)), view, WHITE)).tolist() == [value]


def test_all_colours_are_the_source_itself():
    source = source_of(patch((1, 2, 3)))
    assert seen_as(source, ColourView.ALL) is source


def test_one_stain_keeps_its_own_colour_and_loses_the_other():
    """A pixel of pure azure stays in the azure view and is glass in the view of eosin, and the other way round."""
    azure, eosin = patch(AZURE), patch(EOSIN)
    assert np.abs(part_of_colours(azure, ColourView.AZURE, WHITE).astype(int) - azure).max() <= 2
    assert np.abs(part_of_colours(eosin, ColourView.SMEAR_EOSIN, WHITE).astype(int) - eosin).max() <= 2
    assert part_of_colours(azure, ColourView.SMEAR_EOSIN, WHITE).min() >= 250
    assert part_of_colours(eosin, ColourView.AZURE, WHITE).min() >= 250


def test_glass_is_glass_in_every_stain_whatever_the_lamp():
    """Under a yellowish lamp the empty ground is white in the view of a stain."""
    pixels = patch((235, 225, 190), 60)
    pixels[20:30, 20:30] = np.rint(AZURE * np.array([235, 225, 190]) / 255)
    seen = seen_as(source_of(pixels), ColourView.AZURE).read(0, 0, 0, 60, 60)
    assert seen[0, 0].min() >= 253
    assert np.abs(seen[25, 25].astype(int) - AZURE).max() <= 3


def test_without_glass_white_is_taken():
    assert glass_of(source_of(patch((10, 5, 20)))).tolist() == [255, 255, 255]


@given(
    st.sampled_from(list(ColourView)), st.integers(0, 80), st.integers(0, 60), st.integers(1, 30), st.integers(1, 30)
)
def test_a_part_of_the_view_is_the_view_of_the_part(view, x, y, width, height):
    """Tiles join without a seam: what is read does not depend on how it is cut."""
    pixels = np.random.default_rng(1).integers(0, 256, (64, 96, 3), dtype=np.uint8)
    source = seen_as(source_of(pixels), view)
    whole = source.read(0, 0, 0, 120, 100)
    assert np.array_equal(source.read(0, x, y, width, height), whole[y : y + height, x : x + width])


@pytest.mark.parametrize(
    ("place", "views"),
    [
        ("bccd/images", (ColourView.AZURE, ColourView.SMEAR_EOSIN, ColourView.SMEAR_REST)),
        ("viewer_samples/slides/CMU-1-Small-Region.svs", (ColourView.HAEMATOXYLIN, ColourView.EOSIN, ColourView.REST)),
    ],
)
def test_the_stains_of_a_real_image_together_are_the_image(data_dir, place, views):
    """The light that each stain lets through, multiplied, is what the camera saw, relative to glass."""
    path = data_dir / place
    if path.is_dir():
        path = sorted(path.glob("*.jpg"))[0]
    source = open_image(path)
    box = (0, *(side // 3 for side in (source.info.width, source.info.height)), 200, 150)
    glass = glass_of(source)
    seen = np.minimum(source.read(*box) / glass, 1)
    together = np.prod([seen_as(source, view).read(*box) / 255 for view in views], axis=0)
    off = np.abs(together - seen)
    assert np.median(off) < 0.01
    assert (off > 0.1).mean() < 0.1, "where a stain would have to give light, not take it, it is left out"
    source.close()
