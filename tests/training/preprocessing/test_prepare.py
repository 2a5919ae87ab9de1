"""Pictures are brought to one size, stain and region the same way every time; cut-outs stay cut out."""

import cv2
import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from tests.training.datasets.layouts import field
from training.datasets.sample import BACKGROUND, CYTOPLASM, NUCLEUS, SOME_CELL, UNKNOWN
from training.errors import TrainingError
from training.experiments.learner import PicturewiseNorm
from training.preprocessing.prepare import mask_to_square, prepare_picture, to_square
from training.preprocessing.settings import Preparation
from training.preprocessing.stain import normalise_stain
from training.preprocessing.targets import IGNORED, target_map


@pytest.mark.parametrize("side", [64, 128, 224, 256])
def test_the_papers_sizes(side):
    assert prepare_picture(field(1, 90), Preparation(size_px=side)).shape == (side, side, 3)
    assert prepare_picture(field(1, 90), Preparation(size_px=side, grey=True)).shape == (side, side, 1)


@given(st.integers(20, 90), st.integers(20, 90))
def test_shape_is_kept_by_padding_and_mask_and_picture_stay_together(height, width):
    image = np.full((height, width, 3), 200, np.uint8)
    mask = np.zeros((height, width), np.uint8)
    cv2.circle(image, (width // 2, height // 2), 8, (90, 30, 150), -1)
    cv2.circle(mask, (width // 2, height // 2), 8, 1, -1)
    square, moved = to_square(image, 96, True), mask_to_square(mask, 96, True)
    rows, columns = np.nonzero(moved)
    assert abs(np.ptp(rows) - np.ptp(columns)) <= 3, "a circle stays one"
    dark = square[..., 1] < 120
    assert (dark & (moved > 0)).sum() > 0.8 * max(dark.sum(), (moved > 0).sum())
    squeezed = to_square(image, 96, False)
    assert squeezed.shape == (96, 96, 3)


@pytest.mark.parametrize("method", ["macenko", "reinhard"])
def test_two_stains_of_one_smear_come_nearer(method):
    smear = field(3, 120)
    density = -np.log((smear.astype(float) + 1) / 256)
    pale = np.clip(256 * np.exp(-0.6 * density) - 1, 0, 255).astype(np.uint8)
    before = np.abs(smear.astype(int) - pale).mean()
    after = np.abs(normalise_stain(smear, method).astype(int) - normalise_stain(pale, method)).mean()
    assert after < 0.6 * before


@pytest.mark.parametrize("method", ["none", "macenko", "reinhard"])
def test_black_surroundings_stay_black_and_empty_pictures_stay(method):
    cell = field(4, 80, cut_out=True)
    changed = normalise_stain(cell, method)
    assert not changed[cell.max(axis=2) == 0].any()
    assert changed[cell.max(axis=2) > 0].any()
    for level in (0, 255):
        empty = np.full((40, 40, 3), level, np.uint8)
        assert np.array_equal(normalise_stain(empty, method), empty)


@pytest.mark.parametrize("method", ["pgs", "grey-clusters", "hsv-threshold"])
def test_only_the_region_of_a_method_is_left(method):
    smear = field(5, 120)
    left = prepare_picture(smear, Preparation(size_px=120, region=method))
    gone = left.max(axis=2) == 0
    nucleus = smear[..., 1] < 60
    assert gone.mean() > 0.5
    assert gone[nucleus].mean() < 0.3


def test_contrast_and_edges_change_the_cell_and_not_the_black_around_it():
    cell = field(6, 96, cut_out=True)
    plain = prepare_picture(cell, Preparation(size_px=96))
    for how in (Preparation(size_px=96, contrast=True), Preparation(size_px=96, edges=True)):
        changed = prepare_picture(cell, how)
        assert not changed[plain.max(axis=2) == 0].any()
        assert np.abs(changed.astype(int) - plain)[plain.max(axis=2) > 0].mean() > 1


def test_each_picture_by_its_own_mean_and_spread():
    pictures = torch.rand(3, 3, 16, 16) * torch.tensor([1.0, 0.2, 0.5])[:, None, None, None] + 0.1
    normed = PicturewiseNorm()(pictures)
    assert torch.allclose(normed.mean(dim=(1, 2, 3)), torch.zeros(3), atol=1e-5)
    assert torch.allclose(normed.std(dim=(1, 2, 3)), torch.ones(3), atol=1e-2)
    assert torch.isfinite(PicturewiseNorm()(torch.zeros(1, 3, 8, 8))).all()


def test_targets_say_nothing_where_the_truth_says_nothing():
    parts = np.array([[BACKGROUND, CYTOPLASM, NUCLEUS, SOME_CELL, UNKNOWN]], np.uint8)
    assert target_map(parts, "cell").tolist() == [[0, 1, 1, 1, IGNORED]]
    assert target_map(parts, "nucleus").tolist() == [[0, 0, 1, IGNORED, IGNORED]]
    assert target_map(parts, "parts").tolist() == [[0, 1, 2, IGNORED, IGNORED]]
    with pytest.raises(TrainingError, match="soul"):
        target_map(parts, "soul")
