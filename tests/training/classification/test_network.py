"""The network: probabilities, its eight views, what it must not see, and that it can learn."""

import numpy as np
import pytest
import torch

from allviewer.progress import CancelToken
from training.classification.batches import CellBatches, sampling_weights
from training.classification.cells import CellTable
from training.classification.classes import CLASSES, CROP_PX, UNKNOWN
from training.classification.config import ClassificationSettings
from training.classification.fit import cell_loss, fit_network
from training.classification.measures import BLAST, types_given
from training.classification.network import CellNet, Classifier
from training.classification.scoring import logits_of


def quiet(event: object) -> None:
    """Nobody listens."""


@pytest.fixture
def classifier() -> Classifier:
    torch.manual_seed(3)
    return Classifier(CellNet(), 1.7, 1.3).eval()


def probabilities(classifier: Classifier, crops: np.ndarray) -> np.ndarray:
    with torch.no_grad():
        return classifier(torch.from_numpy(np.ascontiguousarray(crops))).numpy()


def test_rows_are_probabilities_of_the_named_classes(classifier, table):
    given = probabilities(classifier, table.crops()[:9])
    assert given.shape == (9, len(CLASSES))
    assert (given >= 0).all()
    np.testing.assert_allclose(given.sum(axis=1), 1, atol=1e-6)


def test_turning_and_mirroring_a_cell_changes_nothing(classifier, table):
    crops = table.crops()[:4]
    upright = probabilities(classifier, crops)
    for other in (np.rot90(crops, 1, (1, 2)), crops[:, ::-1], crops[:, :, ::-1], np.rot90(crops, 2, (1, 2))):
        np.testing.assert_allclose(probabilities(classifier, other), upright, atol=1e-5)


def test_brightness_and_cast_of_the_whole_cell_hardly_matter(classifier, table):
    crop = table.crops()[:6].astype(float)
    inside = crop.any(axis=3, keepdims=True)
    other_lab = np.where(inside, np.clip(crop * 0.6 + np.array([30, 10, 0]), 1, 255), 0)
    difference = probabilities(classifier, other_lab.astype(np.uint8)) - probabilities(
        classifier, crop.astype(np.uint8)
    )
    assert np.abs(difference).max() < 0.05


def test_an_empty_crop_gives_numbers(classifier):
    given = probabilities(classifier, np.zeros((1, CROP_PX, CROP_PX, 3), np.uint8))
    assert np.isfinite(given).all()


def test_it_learns_a_small_batch_by_heart(table):
    settings = ClassificationSettings(batch=32, seed=1, smoothing=0.0, look_penalty=0.0)
    batch = next(iter(CellBatches(table, settings)(0)))
    torch.manual_seed(0)
    net = CellNet(dropout=0.0)
    optimiser = torch.optim.AdamW(net.parameters(), lr=3e-3)
    losses = []
    for _ in range(40):
        loss = cell_loss(net.parts(batch[0]), batch[1], batch[2], settings)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        losses.append(float(loss.detach()))
    assert losses[-1] < 0.1 < losses[0]


@pytest.mark.slow
def test_it_learns_to_tell_drawn_cells_apart(table, tmp_path):
    net = fit_network(table, ClassificationSettings(steps=120, batch=32, seed=1), tmp_path, CancelToken(), quiet)
    given = logits_of(net, table.crops(), CancelToken()).probabilities(1.0, 1.0)
    known = table.blast != UNKNOWN
    assert np.mean((given[known, BLAST] > 0.5) == (table.blast[known] == 1)) > 0.95
    assert np.mean(types_given(given) == table.type_index) > 0.9


def test_no_subject_dominates_a_batch(table):
    blast, kind = sampling_weights(table)
    assert blast.sum() == pytest.approx(1)
    assert kind.sum() == pytest.approx(1)
    assert blast[table.blast == 1].sum() == pytest.approx(0.5)
    assert not kind[table.blast != UNKNOWN].any()
    many = CellTable.join([table.take(table.blast == 1), *[table.take(table.group == "marrow/0-0")] * 16])
    weights, _ = sampling_weights(many)
    largest = weights[many.group == "marrow/0-0"].sum()
    assert largest == pytest.approx(0.5)
    one = table.take((table.blast == 0) & (table.group == "marrow/0-1"))
    both, _ = sampling_weights(CellTable.join([many, one]))
    joined = CellTable.join([many, one]).group
    assert both[joined == "marrow/0-0"].sum() / both[joined == "marrow/0-1"].sum() == pytest.approx(4, rel=0.01)


def test_batches_of_a_round_are_the_same_again(table):
    batches = CellBatches(table, ClassificationSettings(batch=8))
    first, again, other = (next(iter(batches(number))) for number in (3, 3, 4))
    assert torch.equal(first[0], again[0])
    assert not torch.equal(first[0], other[0])
    inside = first[0].amax(dim=1) > 0
    assert 0.05 < inside.float().mean() < 0.9
    assert first[0].max() <= 1
