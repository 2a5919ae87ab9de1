"""`fit --model`: any network on any data set, from the command line, through kills, full disks and bad numbers."""

import json
import os
import resource
import signal
import subprocess
import sys
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import numpy as np
import pytest
import torch

from allviewer.exchange.training_events import Failed, decode_event
from allviewer.inference.catalogue import Catalogue
from tests.training.datasets.layouts import WRITERS, field, save
from training.__main__ import main
from training.evaluation import intervals
from training.experiments.trained import read_trained
from training.networks.export import load_network
from training.packs import read_card, run_onnx

ROOT = Path(__file__).resolve().parents[3]
QUICK = ("--device", "cpu", "--threads", "1", "--size", "32", "--batch", "4")


@pytest.fixture
def cnmc(tmp_path: Path) -> Path:
    return WRITERS["cnmc2019"](tmp_path / "cnmc")


def fit(data: Path, out: Path, *more: str, model: str = "five-layer-cnn") -> int:
    return main(["fit", "--model", model, "--data", str(data), "--out", str(out), *QUICK, *more])


def failure(capsys) -> Failed:
    event = decode_event(capsys.readouterr().out.splitlines()[-1])
    assert isinstance(event, Failed)
    return event


def test_a_classifier_is_trained_and_becomes_a_pack_that_answers_the_same(cnmc, tmp_path):
    out = tmp_path / "out"
    assert fit(cnmc, out, "--epochs", "2", "--optimizer", "rmsprop", "--name", "mine") == 0
    card = read_card(out / "pack")
    assert (card.name, card.spec.classes, card.spec.crop_px) == ("mine", ("lymphocyte", "blast"), 32)
    network, _ = load_network(out / "pack")
    picture = field(1, 32, cut_out=True)
    with torch.inference_mode():
        given = network.eval()(torch.from_numpy(picture.transpose(2, 0, 1)[None].copy()).float() / 255).softmax(1)
    assert np.allclose(run_onnx(out / "pack" / card.network.file, picture[None]), given.numpy(), atol=1e-4)
    record = read_trained(out)
    assert record.experiment.optimiser.name == "rmsprop"
    assert record.experiment.optimiser.learning_rate == 1e-4
    assert (record.pictures, record.groups, len(record.epochs)) == (14, 6, 2)
    assert list((out / "tensorboard").rglob("events*"))
    assert (out / "history.csv").read_text().count("\n") == 3


def test_a_segmentation_network_with_a_papers_settings(tmp_path):
    data = WRITERS["segmentation_wbc"](tmp_path / "wbc")
    out = tmp_path / "out"
    command = ["fit", "--model", "unet-plr", "--data", str(data), "--out", str(out), *QUICK, "--epochs", "1"]
    assert main([*command, "--target", "cell", "--size", "32"]) == 0
    assert Catalogue(tmp_path / "none", tmp_path / "user").install(out / "pack").card.spec.channels == (
        "background",
        "cell",
    )


def test_an_experiment_by_name_is_a_preset_that_flags_change(cnmc, tmp_path):
    out = tmp_path / "out"
    command = ["fit", "--experiment", "003-cnn-128-rgb-4x", "--data", str(cnmc), "--out", str(out), *QUICK]
    assert main([*command, "--epochs", "1"]) == 0
    record = read_trained(out).experiment
    assert record.augmentation.quarter_turn_copies
    assert (record.preparation.size_px, record.epochs, record.optimiser.name) == (32, 1, "rmsprop")


def test_mixed_precision_and_a_network_in_grey(cnmc, tmp_path):
    assert fit(cnmc, tmp_path / "out", "--epochs", "1", "--precision", "bf16-mixed", "--grey", model="elu-cnn") == 0
    assert read_trained(tmp_path / "out").experiment.preparation.grey
    assert (tmp_path / "out" / "pack" / "card.json").is_file()


def test_a_settings_file_lies_between(cnmc, tmp_path):
    config = tmp_path / "c.toml"
    config.write_text("epochs = 1\n[augmentation]\ncutout = 0.5\nstain_jitter = 0.1\nrotate_degrees = 30\ncrop = 0.8\n")
    assert fit(cnmc, tmp_path / "out", "--config", str(config), model="elu-cnn+plr") == 0
    record = read_trained(tmp_path / "out").experiment
    assert record.augmentation.cutout == 0.5
    assert record.model.plr


def test_an_8_bit_pack_beside_it_tells_its_loss(cnmc, tmp_path):
    out = tmp_path / "out"
    assert fit(cnmc, out, "--epochs", "1", "--int8") == 0
    card = Catalogue(tmp_path / "none", tmp_path / "user").install(out / "pack-int8").card
    assert [f.metric for f in card.figures] == ["accuracy with 32-bit numbers", "accuracy with 8-bit numbers"]
    assert card.training.parent == read_card(out / "pack").identity
    assert "8 bits: accuracy on cnmc2019" in card.limits


def test_fields_get_no_pack_and_it_says_why(tmp_path):
    data = WRITERS["taleqani_all"](tmp_path / "t")
    assert fit(data, tmp_path / "out", "--epochs", "1") == 0
    assert "none of the classes is a blast" in read_trained(tmp_path / "out").why_no_pack
    assert not (tmp_path / "out" / "pack").exists()
    assert (tmp_path / "out" / "weights.pt").is_file()


def test_crossval_measures_by_folds(cnmc, tmp_path, monkeypatch):
    monkeypatch.setattr(intervals, "measure", partial(intervals.measure, rounds=20))
    command = ["crossval", "--model", "five-layer-cnn", "--data", str(cnmc), "--out", str(tmp_path / "out"), *QUICK]
    assert main([*command, "--epochs", "1", "--folds", "3"]) == 0
    report = json.loads((tmp_path / "out" / "crossval.json").read_text())
    assert report["leak"] == ""
    assert {"accuracy", "auc"} <= {figure["metric"] for figure in report["figures"]}
    assert all(figure["groups"] == 6 for figure in report["figures"])


def test_numbers_that_are_no_numbers_end_it_in_words(cnmc, tmp_path, capsys):
    assert fit(cnmc, tmp_path / "out", "--epochs", "9", "--learning-rate", "1e30", "--json") == 1
    event = failure(capsys)
    assert "no longer a number" in event.sentence
    assert "learning rate" in event.hint
    assert not (tmp_path / "out" / "pack").exists()
    assert not (tmp_path / "out" / "weights.pt").exists()


@contextmanager
def full_disk(free_bytes: int):
    """No file may grow beyond so many bytes."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (free_bytes, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_full_disk_ends_it_in_words_and_the_run_goes_on_when_there_is_room(cnmc, tmp_path, capsys):
    out = tmp_path / "out"
    with full_disk(100_000):
        assert fit(cnmc, out, "--epochs", "2", "--json") == 1
    assert "could not be" in failure(capsys).sentence
    assert not (out / "pack").exists()
    assert fit(cnmc, out, "--epochs", "2", "--resume") == 0
    assert len(read_trained(out).epochs) == 2
    assert (out / "pack" / "card.json").is_file()


def begun(cnmc: Path, out: Path, *more: str) -> subprocess.Popen[str]:
    """A training in a process of its own that would take minutes."""
    command = [sys.executable, "-m", "training", "fit", "--model", "five-layer-cnn", "--data", str(cnmc)]
    command += ["--out", str(out), *QUICK, "--epochs", "5000", "--patience", "5000", "--json", *more]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)


def events_until(process: subprocess.Popen[str], step: int) -> list[dict[str, object]]:
    """What it says up to an epoch."""
    assert process.stdout is not None
    events = []
    for line in process.stdout:
        events.append(json.loads(line))
        if events[-1].get("step", 0) >= step:
            break
    return events


@pytest.mark.slow
def test_a_run_that_was_stopped_and_then_killed_goes_on_from_its_last_whole_epoch(cnmc, tmp_path, capsys):
    out = tmp_path / "out"
    with begun(cnmc, out) as stopped:
        events_until(stopped, 2)
        stopped.send_signal(signal.SIGTERM)
        rest = [json.loads(line) for line in stopped.stdout]
    assert stopped.returncode == 130
    assert rest[-1]["event"] == "stopped"
    done = len((out / "history.csv").read_text().splitlines()) - 1
    with begun(cnmc, out, "--resume") as killed:
        events = events_until(killed, done + 2)
        killed.kill()
    assert next(event["step"] for event in events if "step" in event) == done + 1
    newest = sorted((out / "checkpoints").glob("*.ckpt"))[-1]
    newest.write_bytes(newest.read_bytes()[:1000])  # as if the kill had come while it was written
    before = (out / "history.csv").read_text().splitlines()
    epochs = str(len(before) + 3)
    assert fit(cnmc, out, "--epochs", epochs, "--patience", "5000", "--resume", "--json") == 0
    steps = [json.loads(line).get("step") for line in capsys.readouterr().out.splitlines()]
    assert next(step for step in steps if step is not None) > done, "it did not begin anew"
    after = (out / "history.csv").read_text().splitlines()
    assert after[: done + 1] == before[: done + 1]
    assert len(after) == int(epochs) + 1


def test_another_training_is_not_gone_on_with(cnmc, tmp_path, capsys):
    assert fit(cnmc, tmp_path / "out", "--epochs", "1") == 0
    assert fit(cnmc, tmp_path / "out", "--epochs", "1", "--resume", "--json", model="elu-cnn") == 1
    assert "other settings" in failure(capsys).sentence


@pytest.mark.slow
def test_two_processes_share_the_work_and_end_with_one_network(cnmc, tmp_path):
    out = tmp_path / "out"
    command = [sys.executable, "-m", "torch.distributed.run", "--nproc_per_node", "2", "--master_port", "29611"]
    command += ["-m", "training", "fit", "--model", "five-layer-cnn", "--data", str(cnmc), "--out", str(out), *QUICK]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    ended = subprocess.run(
        [*command, "--devices", "2", "--epochs", "2"], cwd=ROOT, env=environment, capture_output=True, text=True
    )
    assert ended.returncode == 0, ended.stderr[-2000:]
    checkpoint = torch.load(sorted((out / "checkpoints").glob("*.ckpt"))[-1], weights_only=True)
    alone = tmp_path / "alone"
    assert fit(cnmc, alone, "--epochs", "2") == 0
    by_one = torch.load(sorted((alone / "checkpoints").glob("*.ckpt"))[-1], weights_only=True)
    steps, alone_steps = checkpoint["global_step"], by_one["global_step"]
    assert alone_steps / 2 <= steps < alone_steps, "each process took its half"
    assert (out / "pack" / "card.json").is_file()
    assert ended.stdout.count("Done.") == 1


@pytest.mark.parametrize(
    ("more", "says"),
    [
        (("--model", "resnet99"), "no network 'resnet99'"),
        (("--experiment", "003-none"), "no experiment named"),
        (("--model", "unet-plr", "--size", "36"), "in steps of 8"),
        (("--model", "five-layer-cnn", "--optimizer", "lion"), "no optimiser"),
        (("--model", "five-layer-cnn", "--epochs", "0"), "epochs"),
        (("--model", "five-layer-cnn", "--region", "magic"), "magic"),
        (("--model", "five-layer-cnn", "--precision", "8"), "precision"),
        (("--model", "five-layer-cnn", "--weights", "none.pt"), "none.pt"),
        (("--model", "unet", "--target", "soul"), "target"),
        (("--model", "unet", "--experiment", "003-cnn-128-rgb-1x"), "segmentation"),
    ],
)
def test_flags_that_cannot_be_are_answered_in_a_sentence(more, says, cnmc, tmp_path, capsys):
    assert main(["fit", "--data", str(cnmc), "--out", str(tmp_path / "out"), "--threads", "1", "--json", *more]) == 1
    assert says in str(failure(capsys))


def test_data_that_cannot_teach_is_said(tmp_path, capsys):
    bare = WRITERS["bccd"](tmp_path / "bccd")
    assert fit(bare, tmp_path / "out", "--json") == 1
    assert "pictures with a class" in failure(capsys).sentence
    healthy = tmp_path / "healthy" / "hem"
    for number in range(4):
        save(healthy / f"UID_H{number}_1_1_hem.bmp", field(number, cut_out=True))
    assert fit(tmp_path / "healthy", tmp_path / "out", "--json") == 1
    assert "one class only" in failure(capsys).sentence
    WRITERS["cnmc2019"](tmp_path / "two" / "a")
    WRITERS["all_idb2"](tmp_path / "two" / "b")
    assert fit(tmp_path / "two", tmp_path / "out", "--json") == 1
    assert "several data sets" in failure(capsys).sentence


def test_by_subject_a_class_of_one_subject_is_refused(tmp_path, capsys):
    folder = tmp_path / "data"
    for number in range(6):
        save(folder / "all" / f"UID_{number}_1_1_all.bmp", field(number, cut_out=True))
        save(folder / "hem" / f"UID_H1_{number}_1_hem.bmp", field(50 + number, cut_out=True))
    command = ["crossval", "--model", "five-layer-cnn", "--data", str(folder), "--out", str(tmp_path / "o"), *QUICK]
    assert main([*command, "--epochs", "1", "--folds", "2", "--json"]) == 1
    assert "class hem come from one subject" in failure(capsys).sentence
    assert not (tmp_path / "o" / "predictions.json").exists()
