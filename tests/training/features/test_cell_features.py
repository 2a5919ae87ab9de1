"""Features of drawn cells with known answers, and what must not change them."""

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from training.errors import TrainingError
from training.features.cell import cell_features
from training.features.texture import haralick_features

UM_PER_PX = 0.3


def drawn(radius: int = 24, side: int = 80, centre: tuple[int, int] = (40, 40), seed: int = 0):
    """A pale disc with a dark nucleus of half its radius, on pink with noise."""
    rng = np.random.default_rng(seed)
    image = np.full((side, side, 3), (235, 200, 205), np.uint8)
    cell, nucleus = (np.zeros((side, side), np.uint8) for _ in range(2))
    cv2.circle(cell, centre, radius, 1, -1)
    cv2.circle(nucleus, centre, radius // 2, 1, -1)
    image[cell > 0] = (190, 170, 215)
    image[nucleus > 0] = (90, 40, 140)
    noise = rng.integers(-8, 9, image.shape)
    return np.clip(image + noise, 0, 255).astype(np.uint8), cell > 0, nucleus > 0


def test_size_and_form_of_a_disc_in_micrometres():
    image, cell, nucleus = drawn()
    found = cell_features(image, cell, UM_PER_PX)
    assert found["area_um2"] == pytest.approx(np.pi * (24 * UM_PER_PX) ** 2, rel=0.03)
    assert found["equivalent_diameter_um"] == pytest.approx(48 * UM_PER_PX, rel=0.03)
    assert found["circularity"] == pytest.approx(1, abs=0.1)
    assert found["eccentricity"] < 0.1
    assert found["nucleus_to_cell_area"] == pytest.approx(0.25, abs=0.03)
    assert found["nucleus_area_um2"] == pytest.approx(nucleus.sum() * UM_PER_PX**2, rel=0.05)
    assert found["nucleus_red_mean"] == pytest.approx(90, abs=2)
    assert found["nucleus_pieces"] == 1


def test_an_ellipse_is_not_round_and_a_lobed_nucleus_has_pieces():
    image, _, _ = drawn()
    cell = cv2.ellipse(np.zeros((80, 80), np.uint8), (40, 40), (30, 12), 0, 0, 360, 1, -1) > 0
    lobes = np.zeros((80, 80), np.uint8)
    for x in (25, 40, 55):
        cv2.circle(lobes, (x, 40), 5, 1, -1)
    found = cell_features(image, cell, UM_PER_PX, lobes > 0)
    assert found["elongation"] == pytest.approx(0.4, abs=0.03)
    assert found["nucleus_pieces"] == 3


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 255), st.integers(0, 1000))
def test_what_lies_outside_the_cell_has_no_influence(value, seed):
    image, cell, _ = drawn()
    other = np.random.default_rng(seed).integers(0, value + 1, image.shape).astype(np.uint8)
    other[cell] = image[cell]
    mine, theirs = cell_features(image, cell, UM_PER_PX), cell_features(other, cell, UM_PER_PX)
    for name in mine:
        if not name.startswith("lbp"):  # interpolated neighbours: only whole patterns inside count
            assert theirs[name] == pytest.approx(mine[name], abs=1e-9), name
    assert [theirs[n] for n in theirs if n.startswith("lbp")] == [mine[n] for n in mine if n.startswith("lbp")]


def test_place_and_mirroring_change_nothing_that_matters():
    image, cell, _ = drawn(centre=(36, 44))
    mine = cell_features(image, cell, UM_PER_PX)
    flipped = cell_features(np.ascontiguousarray(image[:, ::-1]), np.ascontiguousarray(cell[:, ::-1]), UM_PER_PX)
    moved = cell_features(np.roll(image, (5, -3), (0, 1)), np.roll(cell, (5, -3), (0, 1)), UM_PER_PX)
    for name, value in mine.items():
        assert moved[name] == pytest.approx(value, abs=1e-6), name
        if not name.startswith(("hu_7", "nucleus_hu", "lbp")):  # the seventh moment tells mirrored forms apart
            assert flipped[name] == pytest.approx(value, rel=1e-3, abs=2e-3), name


def test_texture_tells_smooth_from_rough():
    image, cell, _ = drawn()
    smooth = np.full_like(image, 120)
    rough = np.random.default_rng(1).integers(0, 256, image.shape).astype(np.uint8)
    even, uneven = cell_features(smooth, cell, UM_PER_PX), cell_features(rough, cell, UM_PER_PX)
    assert even["glcm_contrast_1px"] == 0
    assert even["glcm_homogeneity_1px"] == pytest.approx(1)
    assert uneven["glcm_contrast_1px"] > 10
    assert uneven["haralick_entropy"] > even["haralick_entropy"]
    assert sum(even[f"lbp_1px_{code}"] for code in range(10)) == pytest.approx(1)


def test_names_are_always_the_same_and_all_values_are_numbers():
    names = None
    for radius in (3, 8, 24):
        image, cell, _ = drawn(radius)
        found = cell_features(image, cell, UM_PER_PX)
        assert names in (None, list(found))
        names = list(found)
        assert np.isfinite(list(found.values())).all()
    assert not any(haralick_features(image[..., 0], np.zeros((80, 80), bool)).values())


def test_masks_that_cannot_be_are_refused_in_words():
    image, cell, _ = drawn()
    with pytest.raises(TrainingError, match="does not fit"):
        cell_features(image, cell[:40], UM_PER_PX)
    with pytest.raises(TrainingError, match="0 pixels"):
        cell_features(image, np.zeros_like(cell), UM_PER_PX)
