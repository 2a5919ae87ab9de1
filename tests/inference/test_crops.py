"""The cut-out cell: place, scale, black surroundings, independence from the background."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from scipy import ndimage

from allviewer.domain.mask import Mask
from allviewer.exchange.model_card import ClassificationSpec
from allviewer.inference.crops import cut_cell, cut_cells

SPEC = ClassificationSpec(mpp=0.16, crop_px=128, classes=("blast", "lymphocyte"))


def disc(radius_px: float, side_px: int, centre: tuple[float, float]) -> np.ndarray:
    ys, xs = np.mgrid[:side_px, :side_px] + 0.5
    return (xs - centre[0]) ** 2 + (ys - centre[1]) ** 2 <= radius_px**2


@settings(max_examples=30, deadline=None)
@given(mpp=st.floats(0.05, 0.5), x=st.integers(-5, 40), y=st.integers(-5, 40), diameter_um=st.floats(6, 16))
def test_size_in_micrometres_is_kept_and_the_cell_is_in_the_middle(mpp, x, y, diameter_um):
    radius_px = diameter_um / mpp / 2
    side = int(2 * radius_px) + 60
    mask = Mask(disc(radius_px, side, (side / 2 + x % 7, side / 2 - y % 7)), 1000 + x, 2000 + y)
    image = np.full((side, side, 3), 120, dtype=np.uint8)
    crop = cut_cell(image, (1000 + x, 2000 + y), mask, mpp, SPEC)
    kept = crop.any(axis=2)
    ys, xs = np.nonzero(kept)
    assert 2 * np.sqrt(kept.sum() / np.pi) * SPEC.mpp == pytest.approx(diameter_um, rel=0.05)
    tolerance_px = 0.75 + 0.75 * mpp / SPEC.mpp
    assert xs.mean() + 0.5 == pytest.approx(64, abs=tolerance_px)
    assert ys.mean() + 0.5 == pytest.approx(64, abs=tolerance_px)
    assert set(np.unique(crop)) <= {0, 120}, "no mixing with the black around"


def test_the_background_does_not_matter():
    rng = np.random.default_rng(3)
    inside = disc(30, 100, (52, 47))
    image = rng.integers(0, 256, (100, 100, 3), dtype=np.uint8)
    on_black = np.where(inside[..., None], image, 0).astype(np.uint8)
    mask = Mask(inside)
    assert np.array_equal(cut_cell(image, (0, 0), mask, 0.1, SPEC), cut_cell(on_black, (0, 0), mask, 0.1, SPEC))


def test_a_cell_at_the_edge_and_a_cell_larger_than_the_frame():
    image = np.full((60, 60, 3), 200, dtype=np.uint8)
    edge = cut_cell(image, (0, 0), Mask(disc(20, 60, (0, 30))), 0.16, SPEC)
    assert edge.any(), "the part inside the image is shown"
    huge = cut_cell(image, (0, 0), Mask(np.ones((60, 60))), 2.0, SPEC)
    assert (huge == 200).all()


def test_outside_and_without_scale_it_refuses():
    image = np.zeros((10, 10, 3), dtype=np.uint8)
    with pytest.raises(ValueError, match="outside"):
        cut_cell(image, (0, 0), Mask(np.ones((3, 3)), 50, 50), 0.1, SPEC)
    with pytest.raises(ValueError, match="positive"):
        cut_cell(image, (0, 0), Mask(np.ones((3, 3))), 0.0, SPEC)
    assert cut_cells(image, (0, 0), [], 0.1, SPEC).shape == (0, 128, 128, 3)


@pytest.mark.real_data
def test_a_cnmc_cell_pasted_into_a_field_gives_the_same_crop(data_dir: Path):
    picture = np.asarray(Image.open(next((data_dir / "cnmc2019" / "all").glob("*.webp"))).convert("RGB"))
    inside = ndimage.binary_fill_holes(picture.max(axis=2) > 0)
    alone = cut_cell(picture, (0, 0), Mask(inside), 0.05, SPEC)
    field = np.random.default_rng(5).integers(150, 240, (900, 1100, 3), dtype=np.uint8)
    field[200:650, 331:781][inside] = picture[inside]
    pasted = cut_cell(field, (0, 0), Mask(inside, 331, 200), 0.05, SPEC)
    assert np.array_equal(alone, pasted)
