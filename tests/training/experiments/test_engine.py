"""An experiment is run fold by fold, stopped, resumed, and never takes what it was tested on."""

import msgspec
import numpy as np
import pytest

from allviewer.progress import Cancelled, CancelToken
from training.errors import TrainingError
from training.evaluation.mask_scores import SegmentationScores
from training.evaluation.predictions import Predictions
from training.experiments.engine import run
from training.experiments.experiment import Model
from training.experiments.protocols import PROTOCOLS, Protocol
from training.experiments.record import read_record
from training.experiments.scale import SCALES
from training.preprocessing.settings import Augmentation

TWO_FOLDS = Protocol(name="two", by="by_subject", folds=2)
FULL, QUICK = SCALES["full"], SCALES["quick"]


def quiet(news):
    pass


def test_large_cells_are_told_from_small_ones_of_subjects_never_seen(make_samples, toy_experiment, here, tmp_path):
    result = run(toy_experiment, make_samples(), TWO_FOLDS, FULL, tmp_path, CancelToken(), quiet, here)
    assert isinstance(result, Predictions)
    assert sorted(result.names) == sorted(make_samples().names)
    assert (result.given == result.truth).mean() > 0.9
    assert result.leak == ""
    assert [len(epochs) for epochs in result.history] == [12, 12]
    assert result.parameters == 106_018
    assert result.seconds_training > 0
    homes = {group: set(result.folds[[g == group for g in result.groups]]) for group in result.groups}
    assert all(len(folds) == 1 for folds in homes.values())


def test_masks_are_learnt_and_scored(make_samples, toy_segmentation, here, tmp_path):
    result = run(toy_segmentation, make_samples(24), TWO_FOLDS, FULL, tmp_path, CancelToken(), quiet, here)
    assert isinstance(result, SegmentationScores)
    assert result.parts == ("nucleus", "cytoplasm", "cell")
    assert np.nanmean(result.dice[:, 2]) > 0.85
    assert result.pixels.sum(axis=2).tolist() == [[32 * 32] * 3] * 24


def test_the_same_seed_gives_the_same_answers(make_samples, toy_experiment, here, tmp_path):
    short = msgspec.structs.replace(toy_experiment, epochs=2)
    first, again = (
        run(short, make_samples(), TWO_FOLDS, FULL, tmp_path / name, CancelToken(), quiet, here) for name in "ab"
    )
    assert np.array_equal(first.probabilities, again.probabilities)


def test_a_stopped_run_goes_on_and_ends_as_if_nothing_had_happened(make_samples, toy_experiment, here, tmp_path):
    short = msgspec.structs.replace(
        toy_experiment, epochs=4, augmentation=Augmentation(flips=0.5, brightness=0.2), model=Model(name="elu-cnn")
    )
    whole = run(short, make_samples(), TWO_FOLDS, FULL, tmp_path / "whole", CancelToken(), quiet, here)
    cancel = CancelToken()

    def stop_in_the_second_fold(news):
        if news.message.startswith("Fold 2: Epoch 2"):
            cancel.cancel()

    with pytest.raises(Cancelled):
        run(short, make_samples(), TWO_FOLDS, FULL, tmp_path / "cut", cancel, stop_in_the_second_fold, here)
    assert not (tmp_path / "cut" / "predictions.json").exists()
    assert not read_record(tmp_path / "cut").finished
    said = []
    rest = run(short, make_samples(), TWO_FOLDS, FULL, tmp_path / "cut", CancelToken(), said.append, here)
    assert [news.message.split(",")[0] for news in said] == ["Fold 2: Epoch 3 of 4", "Fold 2: Epoch 4 of 4"]
    assert np.array_equal(rest.probabilities, whole.probabilities)
    assert rest.history == whole.history
    assert (tmp_path / "cut" / "fold_1" / "history.csv").read_text().count("\n") == 5


def test_a_finished_run_is_read_and_another_one_is_refused(make_samples, toy_experiment, here, tmp_path):
    first = run(toy_experiment, make_samples(), TWO_FOLDS, QUICK, tmp_path, CancelToken(), quiet, here)
    said = []
    again = run(toy_experiment, make_samples(), TWO_FOLDS, QUICK, tmp_path, CancelToken(), said.append, here)
    assert np.array_equal(first.probabilities, again.probabilities)
    assert said == []
    for other in (
        (msgspec.structs.replace(toy_experiment, seed=2), make_samples(), QUICK),
        (toy_experiment, make_samples(40), QUICK),
        (toy_experiment, make_samples(), FULL),
    ):
        with pytest.raises(TrainingError, match="other settings or other pictures"):
            run(other[0], other[1], TWO_FOLDS, other[2], tmp_path, CancelToken(), quiet, here)


def test_a_quick_run_says_what_it_left_out(make_samples, toy_experiment, here, tmp_path):
    run(toy_experiment, make_samples(), TWO_FOLDS, QUICK, tmp_path, CancelToken(), quiet, here)
    record = read_record(tmp_path)
    assert "2 epochs" in record.scale_note
    assert record.experiment.epochs == 2
    assert record.group_kind == "subject"


def test_turned_copies_of_the_test_pictures_are_marked_as_leaking(make_samples, toy_experiment, here, tmp_path):
    copies = msgspec.structs.replace(
        toy_experiment, epochs=1, augmentation=Augmentation(quarter_turn_copies=True), seed=3
    )
    leaky, clean = PROTOCOLS["as_stated_leaky"], PROTOCOLS["as_stated"]
    marked = run(copies, make_samples(), leaky, FULL, tmp_path / "a", CancelToken(), quiet, here)
    assert "Turned copies of the test pictures" in marked.leak
    plain = run(copies, make_samples(), clean, FULL, tmp_path / "b", CancelToken(), quiet, here)
    assert "both sides" in plain.leak
    assert marked.names == plain.names
    assert len(marked.names) == pytest.approx(48 / 5, abs=1)
    with pytest.raises(TrainingError, match="no turned copies"):
        run(toy_experiment, make_samples(), leaky, FULL, tmp_path / "c", CancelToken(), quiet, here)


def test_early_stopping_watches_groups_of_the_training_side_only(make_samples, toy_experiment, here, tmp_path):
    patient = msgspec.structs.replace(toy_experiment, epochs=40, inner_share=0.25, patience=2)
    result = run(patient, make_samples(), TWO_FOLDS, FULL, tmp_path, CancelToken(), quiet, here)
    assert all(len(epochs) < 40 for epochs in result.history)
    assert all(epoch.validation_loss is not None for epochs in result.history for epoch in epochs)
    assert (result.given == result.truth).mean() > 0.9
