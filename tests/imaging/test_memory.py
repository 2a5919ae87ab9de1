"""Decoded images give their memory back when it is wanted elsewhere, and are decoded again."""

import numpy as np
import pytest
from PIL import Image

from allviewer.errors import ImageError
from allviewer.imaging.openers import open_image
from allviewer.memory.byte_budget import ByteBudget
from allviewer.memory.tile_cache import TileCache


def pressed(budget):
    """Something else wants all of the memory."""
    TileCache(budget).put(("all",), None, budget.most_bytes)


@pytest.mark.parametrize("name", ["a.png", "a.jpg", "a.bmp", "grey.png"])
def test_the_same_pixels_as_before(tmp_path, picture, name):
    pixels = picture(90, 70)
    Image.fromarray(pixels[:, :, 0] if name == "grey.png" else pixels).save(tmp_path / name)
    budget = ByteBudget(100_000)
    source = open_image(tmp_path / name, budget=budget)
    before = source.read(0, 5, 6, 40, 30)
    assert budget.held_bytes > 0
    pressed(budget)
    assert np.array_equal(source.read(0, 5, 6, 40, 30), before)
    assert budget.held_bytes <= 100_000
    source.close()
    assert budget.held_bytes == 0


def test_a_file_that_went_meanwhile_is_told(tmp_path, picture):
    path = tmp_path / "a.png"
    Image.fromarray(picture(90, 70)).save(path)
    budget = ByteBudget(100_000)
    source = open_image(path, budget=budget)
    path.unlink()
    source.read(0, 0, 0, 9, 9)
    pressed(budget)
    with pytest.raises(ImageError, match=r"a\.png cannot be read: No such file"):
        source.read(0, 0, 0, 9, 9)
    Image.fromarray(picture(91, 70)).save(path)
    with pytest.raises(ImageError, match="replaced by another"):
        source.read(0, 0, 0, 9, 9)


def test_what_is_larger_than_all_memory_is_still_read(tmp_path, picture):
    pixels = picture(90, 70)
    Image.fromarray(pixels).save(tmp_path / "a.png")
    source = open_image(tmp_path / "a.png", budget=ByteBudget(1000))
    assert np.array_equal(source.read(0, 3, 4, 50, 60), pixels[4:64, 3:53])
