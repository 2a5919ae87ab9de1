"""Predictions and mask scores: what is kept, what is refused."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from training.errors import TrainingError
from training.evaluation.mask_scores import SegmentationScores, compare_masks
from training.evaluation.predictions import Predictions
from training.evaluation.run import Epoch


def predictions(**changes: object) -> Predictions:
    made = Predictions(
        names=("a", "b", "c", "d"),
        groups=("s1", "s1", "s2", "s2"),
        folds=np.array([0, 0, 1, 1]),
        protocol="by_subject",
        seconds_training=12.5,
        parameters=42,
        history=((Epoch(loss=0.7, validation_accuracy=0.5),), ()),
        classes=("blast", "normal"),
        truth=np.array([0, 0, 1, 1]),
        probabilities=np.array([[0.9, 0.1], [0.4, 0.6], [0.2, 0.8], [0.1, 0.9]], np.float32),
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def test_a_kept_run_comes_back_the_same(tmp_path: Path) -> None:
    made = predictions()
    made.save(tmp_path / "deep" / "run")
    found = Predictions.load(tmp_path / "deep" / "run")
    assert (found.names, found.groups, found.history, found.parameters) == (
        made.names,
        made.groups,
        made.history,
        made.parameters,
    )
    assert np.array_equal(found.probabilities, made.probabilities)
    assert found.given.tolist() == [0, 1, 1, 1]


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"groups": ("s1", "s1", "s2")}, "another length"),
        ({"names": (), "groups": (), "folds": np.array([], int)}, "nothing to measure"),
        ({"truth": np.array([0, 0, 1, 2])}, "none of the classes"),
        ({"probabilities": np.full((4, 2), np.nan, np.float32)}, "no numbers"),
        ({"probabilities": np.full((4, 2), 0.3, np.float32)}, "sum to 1"),
        ({"probabilities": np.full((4, 3), 1 / 3, np.float32)}, "do not fit"),
        ({"folds": np.array([0, 1, 1, 1])}, "s1 was tested in two folds"),
    ],
)
def test_a_run_that_cannot_be_right_is_refused(changes: dict[str, object], sentence: str) -> None:
    with pytest.raises(TrainingError, match=sentence):
        predictions(**changes)


def test_a_split_by_picture_is_always_marked() -> None:
    assert predictions().leak == ""
    assert "both sides" in predictions(protocol="by_picture").leak
    assert predictions(protocol="by_picture", leaks="Rotated copies.").leak == "Rotated copies."


def test_a_damaged_file_is_a_sentence(tmp_path: Path) -> None:
    predictions().save(tmp_path / "run")
    (tmp_path / "run.npz").write_bytes((tmp_path / "run.npz").read_bytes()[:50])
    with pytest.raises(TrainingError, match="holds no predictions"):
        Predictions.load(tmp_path / "run")
    (tmp_path / "run.json").write_text("{")
    with pytest.raises(TrainingError, match="holds no predictions"):
        Predictions.load(tmp_path / "run")
    with pytest.raises(TrainingError, match="holds no predictions"):
        Predictions.load(tmp_path / "none")


def _square(left: int) -> np.ndarray:
    mask = np.zeros((20, 20), bool)
    mask[5:11, left : left + 6] = True
    return mask


def test_masks_with_a_known_answer(tmp_path: Path) -> None:
    pixels, boundary = compare_masks([_square(2), _square(2)], [_square(5), np.zeros((20, 20), bool)])
    assert pixels.tolist() == [[18, 18, 18, 346], [0, 0, 36, 364]]
    assert 0 < boundary[0] <= 3
    assert np.isnan(boundary[1])
    scores = SegmentationScores(
        names=("a",),
        groups=("g",),
        folds=np.array([0]),
        protocol="by_subject",
        parts=("nucleus", "cell"),
        pixels=pixels[None],
        boundary_px=boundary[None],
    )
    scores.save(tmp_path / "run")
    found = SegmentationScores.load(tmp_path / "run")
    assert found.dice.tolist() == [[0.5, 0.0]]
    figures = found.measure(np.array([0]))
    assert figures["nucleus_dice"] == 0.5
    assert figures["nucleus_iou"] == pytest.approx(1 / 3)
    assert figures["nucleus_pixel_accuracy"] == pytest.approx(364 / 400)
    assert figures["cell_pixel_recall"] == 0
    assert np.isnan(figures["cell_pixel_precision"])


def test_the_same_mask_has_no_distance() -> None:
    _, boundary = compare_masks([_square(4)], [_square(4)])
    assert boundary.tolist() == [0.0]


def test_masks_of_different_sizes_are_refused() -> None:
    with pytest.raises(TrainingError, match="the drawn one"):
        compare_masks([_square(2)], [np.zeros((10, 10), bool)])
