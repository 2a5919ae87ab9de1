"""Training crops: truth stays exact through turning, pasting and blacking out; the distance has one summit a cell."""

import itertools

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import ndimage

from training.datasets.sample import BACKGROUND, NUCLEUS, SOME_CELL, UNKNOWN, Sample
from training.errors import TrainingError
from training.segmentation.batches import CropBatches
from training.segmentation.colours import vary_colours
from training.segmentation.config import Augmentation, SegmentationConfig
from training.segmentation.crops import Crop, black_out, draw_crop
from training.segmentation.paste import CellBank
from training.segmentation.targets import distance_map, distance_target

PLAIN = Augmentation(far=0, stain=0, blur=0, noise=0, jpeg=0, plain_edge=0)


@settings(max_examples=12, deadline=None)
@given(st.integers(0, 10_000))
def test_every_level_of_the_distance_is_in_one_piece_for_any_shape(seed):
    rng = np.random.default_rng(seed)
    cells = np.zeros((90, 90), np.uint16)
    points = rng.integers(15, 75, (int(rng.integers(2, 5)), 2))
    for a, b in itertools.pairwise(points):  # a chain of blobs: dumb-bells, kidneys, rings
        cv2.line(cells, [int(v) for v in a], [int(v) for v in b], 1, int(rng.integers(3, 9)))
        cv2.circle(cells, [int(v) for v in b], int(rng.integers(6, 14)), 1, -1)
    distance = distance_map(cells)
    assert distance.max() == 1
    assert (distance[cells == 0] == 0).all()
    for level in (0.5, 0.6, 0.8):
        assert ndimage.label(distance >= level, np.ones((3, 3)))[1] == 1


def test_touching_cells_have_a_summit_each_and_a_valley_between():
    cells = np.zeros((64, 100), np.uint16)
    cv2.circle(cells, (30, 32), 20, 1, -1)
    cv2.circle(cells, (70, 32), 20, 2, -1)
    distance = distance_map(cells)
    assert distance[32, 30] == distance[32, 70] == 1
    assert distance[32, 49:52].max() < 0.2


def test_a_cell_goes_on_beyond_the_edge():
    cells = np.zeros((60, 60), np.uint16)
    cells[20:40, :10] = 1
    distance = distance_map(cells)
    assert distance[30, 0] > 0.5


def test_distance_is_unknown_where_parts_or_outlines_are():
    parts = np.full((32, 32), BACKGROUND, np.uint8)
    parts[:8] = UNKNOWN
    parts[20:28, 4:12] = SOME_CELL
    parts[20:28, 20:28] = SOME_CELL
    cells = np.zeros((32, 32), np.uint16)
    cells[20:28, 20:28] = 1
    target = distance_target(parts, cells)
    assert (target[:8] == -1).all()
    assert (target[20:28, 4:12] == -1).all()
    assert target[20:28, 20:28].max() == 1


def test_an_unturned_crop_is_the_picture(toy_sample):
    sample = toy_sample(4)
    settings_ = Augmentation(smallest=1, largest=1, far=0, plain_edge=0)
    for seed in range(20):
        crop = draw_crop(sample, 64, settings_, np.random.default_rng(seed))
        assert np.array_equal(crop.cells > 0, (crop.parts > BACKGROUND) & (crop.parts != UNKNOWN))
        nucleus = crop.image[crop.parts == NUCLEUS]
        if nucleus.size:
            assert np.median(nucleus[:, 1]) < 90  # dark where the truth says nucleus


def test_a_cell_cut_by_the_edge_is_not_joined_with_its_mirror_image():
    parts = np.zeros((60, 60), np.uint8)
    parts[20:40, :12] = 1
    sample = Sample(np.full((60, 60, 3), 200, np.uint8), parts, parts.astype(np.uint16), "g", "bccd", "n", 0.15)
    for seed in range(30):
        crop = draw_crop(sample, 96, PLAIN, np.random.default_rng(seed), near_cell=1)
        assert ndimage.label(crop.cells)[1] <= 1


def test_pasted_cells_lie_on_top_and_leave_enough_of_what_is_below(toy_sample):
    samples = [toy_sample(seed) for seed in range(6)]
    bank = CellBank(samples)
    assert len(bank) >= 6
    for seed in range(30):
        rng = np.random.default_rng(seed)
        crop = draw_crop(samples[seed % 6], 96, PLAIN, rng)
        before = Crop(crop.image.copy(), crop.parts.copy(), crop.cells.copy())
        bank.paste_into(crop, PLAIN, rng)
        changed = (crop.cells != before.cells) | (crop.parts != before.parts)
        assert np.array_equal(crop.image[~changed & (crop.cells == before.cells)].shape, before.image[~changed].shape)
        assert ((crop.cells > 0) == ((crop.parts > BACKGROUND) & (crop.parts != UNKNOWN))).all()
        for number in np.unique(before.cells[before.cells > 0]):
            left = np.count_nonzero(crop.cells == number) / np.count_nonzero(before.cells == number)
            assert left > 0.4 / 2  # two cells may each cover a part


def test_black_stays_black_and_the_rest_changes(toy_sample):
    image = toy_sample(1).image.copy()
    image[:20] = 0
    strong = Augmentation(stain=1, blur=1, noise=1, jpeg=1)
    varied = vary_colours(image, strong, np.random.default_rng(0))
    assert (varied[:20] == 0).all()
    assert np.abs(varied[20:].astype(int) - image[20:]).mean() > 3


def test_blacking_out_keeps_cells(toy_sample):
    sample = toy_sample(2)
    crop = Crop(sample.image.copy(), sample.parts.copy(), sample.cells.copy())
    black_out(crop, np.random.default_rng(0))
    assert (crop.image[sample.cells > 0] == sample.image[sample.cells > 0]).all()
    assert (crop.image == 0).all(axis=2).mean() > 0.3


def test_batches_are_the_same_for_the_same_step_and_differ_between_steps(toy_sample):
    config = SegmentationConfig(crop_px=64, batch=2)
    batches = CropBatches([toy_sample(seed) for seed in range(3)], config)
    first, again, other = (next(iter(batches(number))) for number in (0, 0, 1))
    assert bool((first.image == again.image).all())
    assert bool((first.distance == again.distance).all())
    assert not bool((first.image == other.image).all())


def test_replay_takes_its_share(toy_sample):
    new, old = [toy_sample(1)], [toy_sample(2, source="bccd")]
    old[0].image[:] = 7
    plain = Augmentation(far=0, stain=0, blur=0, noise=0, jpeg=0, paste=0, blackout=0, plain_edge=0)
    config = SegmentationConfig(crop_px=32, batch=8, replay_share=0.25, augmentation=plain)
    images = [batch.image for batch in itertools.islice(CropBatches(new, config, old)(0), 25)]
    share = np.mean([bool((image == 7).all()) for batch in images for image in batch])
    assert 0.15 < share < 0.35


def test_sources_without_a_share_teach_nothing(toy_sample):
    with pytest.raises(TrainingError, match="nothing to learn from"):
        CropBatches([toy_sample(1, source="elsewhere")], SegmentationConfig())
