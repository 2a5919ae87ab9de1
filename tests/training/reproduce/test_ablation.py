"""What one change is worth is told from runs on the same groups."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from training.evaluation.predictions import Predictions
from training.experiments.catalogue import EXPERIMENTS, PAPERS
from training.networks import registry
from training.reproduce.ablation import changes, write_changes
from training.reproduce.papers import ABLATIONS
from training.reproduce.tables import measured_pair


def _run(share_right: float) -> Predictions:
    truth = np.arange(200) % 2
    p = np.where(np.arange(200) % 20 < round(20 * share_right), truth, 1 - truth) * 0.8 + 0.1
    return Predictions(
        names=tuple(map(str, range(200))),
        groups=tuple(f"s{i // 20}" for i in range(200)),
        folds=np.zeros(200, np.int64),
        protocol="by_subject",
        seconds_training=1.0,
        classes=("hem", "all"),
        truth=truth,
        probabilities=np.column_stack([1 - p, p]).astype(np.float32),
    )


def test_a_change_that_helps_and_one_that_does_nothing(tmp_path: Path) -> None:
    good, poor = _run(0.9), _run(0.6)
    pairs = {
        "001-unet-plr": measured_pair("toy", replace(good, protocol="by_picture"), good, 50, 1),
        "001-unet": measured_pair("toy", replace(good, protocol="by_picture"), poor, 50, 1),
    }
    found = {(change.label, change.metric): change for change in changes("001", PAPERS["001"], pairs)}
    unet = found["PLR for ReLU, U-Net", "accuracy"]
    assert unet.printed is not None
    assert round(unet.printed, 4) == 0.0172
    assert unet.by_picture is not None
    assert unet.by_picture.value == 0
    assert unet.verdict.startswith("Better with it: +30.0 points")
    assert found["PLR for ReLU, CNN", "accuracy"].verdict == "Not run both with and without it."
    text = write_changes("001", list(found.values()), tmp_path).read_text(encoding="utf-8")
    assert "| PLR for ReLU, U-Net | accuracy | +1.7 points | +0.0 points (+0.0 to +0.0) | +30.0 points" in text


def test_no_difference_is_said_to_be_none() -> None:
    same = measured_pair("toy", None, _run(0.8), 50, 1)
    found = changes("001", PAPERS["001"], {"001-unet-plr": same, "001-unet": same})
    unet = next(c for c in found if "U-Net" in c.label and c.metric == "auc")
    assert unet.verdict.startswith("No difference that these data can show")


def test_runs_on_other_groups_are_not_compared() -> None:
    first = measured_pair("toy", None, _run(0.8), 20, 1)
    other = measured_pair("toy", None, replace(_run(0.8), groups=("all in one",) * 200), 20, 1)
    found = changes("001", PAPERS["001"], {"001-unet-plr": first, "001-unet": other})
    assert all(c.by_subject is None for c in found)


def test_every_ablation_names_experiments_that_there_are() -> None:
    names = {experiment.name for own in PAPERS.values() for experiment in own}
    assert {name for pair in ABLATIONS for name in pair} <= names


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_the_network_of_every_experiment_is_in_the_registry_with_its_options(name: str) -> None:
    model = EXPERIMENTS[name].model
    assert set(filter(None, model.variant.split(","))) <= set(registry.spec(model.name).options)
