"""Figures with known answers, and intervals over groups."""

import math

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from training.evaluation.intervals import equal_groups, gap, measure
from training.evaluation.metrics import area_under_roc, classification_figures
from training.evaluation.predictions import Predictions


def _run(truth: list[int], p_blast: list[float], groups: list[str], **more: object) -> Predictions:
    p = np.array(p_blast, np.float32)
    return Predictions(
        names=tuple(f"cell {i}" for i in range(len(truth))),
        groups=tuple(groups),
        folds=np.zeros(len(truth), np.int64),
        protocol="by_subject",
        classes=("normal", "blast"),
        truth=np.array(truth),
        probabilities=np.column_stack([1 - p, p]),
        **more,  # type: ignore[arg-type]
    )


def test_figures_known_by_hand() -> None:
    """3 normal, 5 blasts; one normal is called blast, one blast normal."""
    truth = np.array([0, 0, 0, 1, 1, 1, 1, 1])
    p = np.array([0.1, 0.2, 0.7, 0.4, 0.6, 0.8, 0.9, 0.95])
    found = classification_figures(truth, np.column_stack([1 - p, p]), ("normal", "blast"))
    assert found["accuracy"] == 6 / 8
    assert found["balanced_accuracy"] == pytest.approx((2 / 3 + 4 / 5) / 2)
    assert found["precision_blast"] == found["recall_blast"] == pytest.approx(4 / 5)
    assert found["f1_normal"] == pytest.approx(2 / 3)
    assert found["f1_macro"] == pytest.approx((2 / 3 + 4 / 5) / 2)
    assert found["f1_weighted"] == pytest.approx((3 * 2 / 3 + 5 * 4 / 5) / 8)
    assert found["recall_weighted"] == found["accuracy"]
    assert found["auc"] == pytest.approx(13 / 15)


def test_auc_of_three_classes_is_the_mean_of_each_against_the_rest() -> None:
    truth = np.array([0, 1, 2])
    right = classification_figures(truth, np.eye(3), "abc")
    wrong = classification_figures(truth, np.eye(3)[[1, 2, 0]], "abc")
    assert (right["auc"], right["accuracy"]) == (1, 1)
    assert (wrong["auc"], wrong["accuracy"]) == (0.25, 0)


def test_auc_is_what_scikit_learn_says() -> None:
    rng = np.random.default_rng(1)
    truth, p = rng.integers(0, 2, 300), rng.random(300).round(2)
    assert area_under_roc(truth, np.column_stack([1 - p, p])) == pytest.approx(roc_auc_score(truth, p))


def test_folds_whose_answers_lie_at_different_heights_are_not_compared() -> None:
    """Each fold is right; the one with most blasts answers lower, which pooled looks like the opposite of the truth."""
    truth = np.array([0, 1, 1, 1, 1, 0, 0, 0, 0, 1])
    p = np.array([0.1, 0.2, 0.2, 0.2, 0.2, 0.6, 0.6, 0.6, 0.6, 0.7])
    both = np.column_stack([1 - p, p])
    assert area_under_roc(truth, both) < 0.5
    assert area_under_roc(truth, both, np.repeat([0, 1], 5)) == 1


def test_a_missing_class_gives_no_figure_that_needs_it() -> None:
    found = classification_figures(np.array([1, 1]), np.array([[0.2, 0.8], [0.6, 0.4]]), ("normal", "blast"))
    assert math.isnan(found["auc"])
    assert math.isnan(found["f1_normal"])
    assert math.isnan(found["balanced_accuracy"])
    assert found["accuracy"] == 0.5


def test_calibration_error_of_a_sure_and_often_wrong_answer() -> None:
    """Ten answers of 0.9 of which six are right: the error is 0.3."""
    found = classification_figures(np.array([1] * 6 + [0] * 4), np.array([[0.1, 0.9]] * 10), ("normal", "blast"))
    assert found["calibration_error"] == pytest.approx(0.3, abs=1e-6)


def test_two_subjects_give_a_wider_interval_than_twenty() -> None:
    truth, p = [1] * 40, [0.9, 0.1] * 20
    few = measure(_run(truth, p, ["odd", "even"] * 20), rounds=200).interval("accuracy")
    many = measure(_run(truth, p, [f"s{i}" for i in range(40)]), rounds=200).interval("accuracy")
    assert few == (0.0, 1.0)
    assert 0.3 < many[0] < many[1] < 0.7


def test_the_gap_of_a_run_with_itself_is_zero_and_of_a_better_one_sure() -> None:
    rng = np.random.default_rng(0)
    truth = rng.integers(0, 2, 200).tolist()
    groups = [f"s{i // 10}" for i in range(200)]
    good = [0.9 if t else 0.1 for t in truth]
    poor = [g if rng.random() < 0.7 else 1 - g for g in good]
    a, b = (measure(_run(truth, p, groups), rounds=200) for p in (good, poor))
    same, better = gap(a, a, "accuracy"), gap(a, b, "accuracy")
    assert (same.value, same.low, same.high, same.is_sure) == (0, 0, 0, False)
    assert better.is_sure
    assert better.low <= better.value <= better.high


def test_a_figure_says_how_many_subjects_stand_behind_it_and_what_leaks() -> None:
    run = _run([0, 1, 1], [0.1, 0.9, 0.2], ["a", "b", "b"], leaks="Rotated copies of test pictures were learnt.")
    accuracy = measure(run, rounds=10).figures("cnmc2019")[0]
    assert (accuracy.metric, accuracy.groups, accuracy.items) == ("accuracy", 2, 3)
    assert "Rotated copies" in accuracy.protocol


def test_two_large_subjects_among_many_small_ones_are_worth_about_two() -> None:
    assert equal_groups(["a"] * 399 + ["b"] * 385 + list("cdefghijklmnopqr")) == pytest.approx(2.08, abs=0.02)
    assert equal_groups(["a", "b", "c"]) == 3
