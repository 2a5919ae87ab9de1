"""Random changes are the same for the same seed, move masks with pictures, and leave black surroundings black."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.training.datasets.layouts import field
from training.experiments.batches import NO_CHANGE, Material, Pictures, entries_of
from training.preprocessing.augment import Augmenter
from training.preprocessing.settings import Augmentation

SIDE = 48
NOBODY = np.zeros(0, np.intp)
KINDS = {
    "quarter turns": Augmentation(quarter_turns=1.0),
    "rotation": Augmentation(rotate_degrees=40),
    "flips": Augmentation(flips=1.0),
    "crop": Augmentation(crop=0.5),
    "cutout": Augmentation(cutout=1.0),
    "brightness": Augmentation(brightness=0.4),
    "contrast": Augmentation(contrast=0.4),
    "colour": Augmentation(colour=0.4),
    "stain": Augmentation(stain_jitter=0.3),
}


def picture(seed: int, cut_out: bool = False) -> torch.Tensor:
    return torch.from_numpy(field(seed, SIDE, cut_out).transpose(2, 0, 1).copy()).float() / 255


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_changes_pictures_and_stays_in_range(kind):
    augment = Augmenter(KINDS[kind], SIDE, masks=False)
    changed = [augment(picture(1), None, (1, epoch, 0))[0] for epoch in range(4)]
    assert any(not torch.equal(one, picture(1)) for one in changed)
    assert any(not torch.equal(one, changed[0]) for one in changed) or kind == "flips"
    for one in changed:
        assert one.shape == (3, SIDE, SIDE)
        assert one.min() >= 0
        assert one.max() <= 1


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_seed_gives_the_same_change(kind):
    first, again = (Augmenter(KINDS[kind], SIDE, masks=False)(picture(2), None, (7, 3, 5))[0] for _ in range(2))
    assert torch.equal(first, again)


@pytest.mark.parametrize("kind", ["quarter turns", "rotation", "flips", "crop"])
@settings(max_examples=10)
@given(seed=st.integers(0, 1000))
def test_masks_move_with_their_pictures(kind, seed):
    drawn = picture(3)
    mask = (drawn[1] < 0.45).long()
    moved, cut = Augmenter(KINDS[kind], SIDE, masks=True)(drawn, mask, (seed, 0, 0))
    dark = moved[1] < 0.45
    assert cut.dtype == mask.dtype
    assert ((cut > 0) == dark).float().mean() > 0.93
    assert set(cut.unique().tolist()) <= {0, 1}


@pytest.mark.parametrize("kind", ["brightness", "contrast", "colour", "stain"])
def test_black_around_a_cell_stays_black(kind):
    cell = picture(4, cut_out=True)
    changed, _ = Augmenter(KINDS[kind], SIDE, masks=False)(cell, None, (1, 2, 3))
    assert not changed[:, cell.amax(dim=0) == 0].any()


def test_cutout_blacks_out_a_sixteenth():
    changed, _ = Augmenter(KINDS["cutout"], SIDE, masks=False)(picture(5), None, (1, 1, 1))
    assert int((changed.amax(dim=0) == 0).sum()) == (SIDE // 4) ** 2


def test_quarter_turn_copies_are_four_of_each_and_leaked_ones_three():
    entries = entries_of(np.array([4, 7]), True, np.array([9]))
    assert sorted(zip(entries.indices.tolist(), entries.turns.tolist(), strict=True)) == [
        *((4, turn) for turn in range(4)),
        *((7, turn) for turn in range(4)),
        *((9, turn) for turn in range(1, 4)),
    ]


def test_paper_003_counts_add_up_in_both_readings():
    train, test = np.arange(8528), np.arange(8528, 10661)
    assert len(entries_of(train, True, NOBODY)) == 34_112
    assert len(entries_of(train, True, test)) == 40_511


def test_a_batch_holds_the_turned_pictures_with_their_turned_masks():
    pictures = np.stack([field(seed, SIDE) for seed in (1, 2)])
    masks = (pictures[..., 1] < 120).astype(np.uint8)
    batch = Pictures(Material(pictures, masks), entries_of(np.array([1]), True, NOBODY), NO_CHANGE, 1)
    given, targets = batch.__getitems__([0, 1, 2, 3])
    for turn in range(4):
        assert torch.equal(given[turn], torch.rot90(given[0], turn, (1, 2)))
        assert torch.equal(targets[turn], torch.rot90(targets[0], turn, (0, 1)))
    assert torch.allclose(given[0], torch.from_numpy(pictures[1].transpose(2, 0, 1).copy()).float() / 255)


def test_epochs_differ_and_come_again():
    pictures = np.stack([field(seed, SIDE) for seed in range(4)])
    material = Material(pictures, np.arange(4))
    data = Pictures(material, entries_of(np.arange(4), False, NOBODY), Augmentation(brightness=0.3), 1)

    def of(epoch: int) -> torch.Tensor:
        data.epoch = epoch
        return data.__getitems__([0, 1, 2, 3])[0]

    assert not torch.equal(of(0), of(1))
    assert torch.equal(of(0), of(0))
