"""Doubt: coverage that holds, doubt that rises, strangeness that tells strangers, and all of it inside the pack."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from allviewer.domain.mask import Mask
from allviewer.domain.slide import Level, SlideInfo
from allviewer.imaging.array_source import ArraySource
from allviewer.inference.classifier import Classifier
from allviewer.inference.clock import Clock
from allviewer.inference.installed_pack import InstalledPack
from allviewer.inference.onnx_session import SessionCache
from allviewer.inference.pack_check import check_pack
from allviewer.progress import CancelToken
from training import packs
from training.classification.cells import types_of
from training.classification.classes import CLASSES, TYPES
from training.classification.doubt import (
    COVERAGE,
    Doubt,
    doubt_of,
    learnt,
    load_doubt,
    p_values,
    reference_of,
    true_classes,
)
from training.classification.doubt_figures import Answered, abstained, coverage, error, error_without_least_certain
from training.classification.network import CellNet
from training.classification.pack import write_classifier, write_draft
from training.classification.task import ClassificationSettings, draft_card
from training.tasks import Request

FEATURES = 8


def drawn(count: int, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Probabilities of an imperfect network for cells of known class, each from one of twenty groups."""
    rng = np.random.default_rng(seed)
    truth = rng.integers(len(CLASSES), size=count)
    logits = rng.normal(0, 1, (count, len(CLASSES)))
    logits[np.arange(count), truth] += rng.normal(1.5, 1.0, count)
    rows = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    return rows.astype(np.float32), truth, rng.integers(20, size=count).astype(str)


def test_the_true_class_is_plausible_as_often_as_promised():
    rows, truth, groups = drawn(4000, seed=1)
    reference = reference_of(rows, np.zeros(len(rows), np.float32), truth, groups)
    fresh, true, _ = drawn(4000, seed=2)
    p = p_values(torch.from_numpy(fresh), torch.tensor(reference.likely)).numpy()
    for index in range(len(CLASSES)):
        kept = p[true == index, index] > 1 - COVERAGE
        assert kept.mean() == pytest.approx(COVERAGE, abs=0.03)


def test_cells_that_are_doubted_are_wrong_more_often():
    rows, truth, groups = drawn(3000, seed=3)
    reference = reference_of(rows, np.zeros(len(rows), np.float32), truth, groups)
    fresh, true, _ = drawn(3000, seed=4)
    p = p_values(torch.from_numpy(fresh), torch.tensor(reference.likely))
    doubts, wrong = doubt_of(p, torch.from_numpy(fresh)).numpy(), fresh.argmax(axis=1) != true
    answers = [Answered(bool(w), float(d), True) for w, d in zip(wrong, doubts, strict=True)]
    assert error_without_least_certain(answers) < error(answers)
    assert 0 < abstained(answers) < 1
    assert coverage(answers) == 1


@given(st.lists(st.floats(0, 1, width=32), min_size=6, max_size=6))
def test_doubt_reaches_a_half_just_when_not_exactly_one_class_is_plausible(values):
    p = torch.tensor([values])
    doubt = float(doubt_of(p, torch.softmax(p, dim=1))[0])
    assert 0 <= doubt <= 1
    assert (doubt >= 0.5) == (int((p > 1 - COVERAGE).sum()) != 1)


def test_a_class_without_reference_is_always_plausible_and_sure_probabilities_stay_plausible():
    rows = np.zeros((10, len(CLASSES)), np.float32)
    rows[:, 0] = 1.0
    reference = reference_of(rows, np.zeros(10, np.float32), np.zeros(10, np.int64), np.array(["a"] * 10))
    p = p_values(torch.from_numpy(rows[:1]), torch.tensor(reference.likely))[0]
    assert p[0] == 1
    assert (p[1:] == 1).all()


def test_what_lies_far_from_all_types_is_strange():
    rng = np.random.default_rng(5)
    middles = rng.normal(0, 5, (len(TYPES), FEATURES))
    types = rng.integers(len(TYPES), size=500)
    features = (middles[types] + rng.normal(0, 1, (500, FEATURES))).astype(np.float32)
    doubt = Doubt(FEATURES)
    doubt.learn(features, types)
    distances = doubt.distance(torch.from_numpy(features)).numpy()
    rows, truth, groups = drawn(500, seed=6)
    doubt.take(reference_of(rows, distances, truth, groups))
    _, usual = doubt(torch.from_numpy(rows), torch.from_numpy(features))
    _, strange = doubt(torch.from_numpy(rows), torch.from_numpy(features + 20))
    assert float(usual.mean()) == pytest.approx(0.5, abs=0.1)
    assert float(strange.min()) > 0.99


def test_known_classes_of_cells():
    blast, kind = np.array([1, 0, -1, -1]), np.array([0, 0, 2, -1])
    assert true_classes(blast, kind).tolist() == [0, 1, CLASSES.index("monocyte"), -1]


def test_the_pack_carries_its_doubt_and_the_viewer_reads_it(table, tmp_path):
    net = CellNet().eval()
    doubt = learnt(net, table.crops(), types_of(table), CancelToken())
    rows, truth, groups = drawn(300, seed=7)
    reference = reference_of(rows, np.linspace(1, 30, 300).astype(np.float32), truth, groups)
    doubt.take(reference)
    request = Request(command="fit", data=(), out=tmp_path)
    write_draft(tmp_path, draft_card(ClassificationSettings(), table, request, None), table, None)
    folder = write_classifier(tmp_path, net, doubt=doubt)
    card = packs.read_card(folder)
    assert getattr(card.spec, "coverage", None) == COVERAGE
    stored = load_doubt(folder)
    assert stored is not None
    for name, values in doubt.state_dict().items():
        torch.testing.assert_close(stored.state_dict()[name], values)

    pack = InstalledPack(card, folder, shipped=False)
    check_pack(pack)
    image = np.full((120, 120, 3), 230, np.uint8)
    image[40:75, 40:75] = (120, 80, 160)
    source = ArraySource(image, SlideInfo((Level(120, 120, 1.0),), reader="memory"))
    inside = np.zeros((120, 120), bool)
    inside[40:75, 40:75] = True
    session = SessionCache().get(pack, "cpu", 1)
    (verdict,) = Classifier(session, CancelToken(), Clock()).verdicts(source, [Mask(inside)], 0.3)
    assert 0 <= verdict.uncertainty <= 1
    assert verdict.strangeness is not None
