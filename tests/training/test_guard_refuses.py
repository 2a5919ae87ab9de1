"""What must never be adopted: networks taught nonsense, runs that diverge, and anything that learnt the test set."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import tifffile

from allviewer.inference.catalogue import read_pack
from allviewer.progress import CancelToken, no_report
from allviewer.resources import resources_dir
from allviewer.workflows.judge_pack import TrialRequest, hold_trial
from training.__main__ import main

GOLDEN = resources_dir() / "golden-set"
SHIPPED = resources_dir() / "models"
pytestmark = pytest.mark.slow


@pytest.fixture
def teaching(tmp_path):
    """The golden set as an ordinary set of another laboratory, free to be learnt from here."""
    folder = tmp_path / "teaching"
    shutil.copytree(GOLDEN, folder)
    change_manifest(folder, lambda manifest: manifest.update(locked=False))
    return folder


def change_manifest(folder: Path, change) -> None:
    path = folder / "manifest.json"
    manifest = json.loads(path.read_text())
    change(manifest)
    path.write_text(json.dumps(manifest))


def shift_masks(folder: Path) -> None:
    for path in (*(folder / "cells").iterdir(), *(folder / "nuclei").iterdir()):
        tifffile.imwrite(path, np.roll(tifffile.imread(path), (35, 45), (0, 1)))


def rotate_labels(folder: Path) -> None:
    """Every class is called by the next one's name."""
    names = ["blast", "neutrophil", "lymphocyte", "eosinophil", "monocyte", "basophil"]

    def change(manifest):
        for item in manifest["items"]:
            for cell in item["cells"]:
                if cell["label"] in names:
                    cell["label"] = names[(names.index(cell["label"]) + 1) % len(names)]

    change_manifest(folder, change)


def fit(task, data, out, base, *more):
    config = str(out.parent / f"{out.name}.json")
    named = ["--task", task, "--from", str(base), "--data", str(data), "--out", str(out), "--config", config]
    return main(["fit", *named, *more])


def settings(out, **values):
    (out.parent / f"{out.name}.json").write_text(json.dumps(values))


def trial(candidate, base):
    packs = [read_pack(folder, shipped=False) for folder in (candidate, base)]
    request = TrialRequest(packs[0], (packs[1],), (("the test set", (GOLDEN,)),))
    return hold_trial(request, lambda path: pytest.fail("no image is opened"), CancelToken(), no_report)


def test_a_network_taught_with_shifted_masks_is_refused(teaching, tmp_path):
    shift_masks(teaching)
    out, base = tmp_path / "run", SHIPPED / "segmentation"
    settings(out, steps=60, synthetic_fields=0, batch=4, crop_px=96, fine_tune_learning_rate=2e-3, ema_decay=0.9)
    assert fit("segmentation", teaching, out, base) == 0
    judged = trial(out / "pack", base)
    assert not judged.judgement.passes
    assert any("worse" in sentence and "Dice of whole cells" in sentence for sentence in judged.judgement.objections)
    worst = min(judged.changed, key=lambda cell: cell.change)
    assert worst.change < -0.1
    assert worst.crop.shape[2] == 3
    assert not worst.drawn.is_empty


def test_a_classifier_taught_with_wrong_labels_is_refused(teaching, tmp_path):
    good, bad = tmp_path / "good", tmp_path / "bad"
    for out in (good, bad):
        settings(out, steps=60, learning_rate=2e-3)
    assert fit("classification", teaching, good, SHIPPED / "classification") == 0
    assert trial(good / "pack", SHIPPED / "classification").judgement.passes
    rotate_labels(teaching)
    assert fit("classification", teaching, bad, good / "pack") == 0
    judged = trial(bad / "pack", good / "pack")
    assert any("Balanced accuracy" in sentence for sentence in judged.judgement.objections)


def test_a_run_that_diverges_ends_in_words_and_makes_no_pack(teaching, tmp_path, capsys):
    out = tmp_path / "run"
    settings(out, steps=200, synthetic_fields=0, batch=2, crop_px=48, fine_tune_learning_rate=50.0)
    assert fit("segmentation", teaching, out, SHIPPED / "segmentation") == 1
    told = capsys.readouterr().out
    assert "diverges" in told or "no longer a number" in told
    assert not (out / "pack").exists()


def test_the_locked_test_set_is_never_learnt_from(teaching, tmp_path, capsys):
    out = tmp_path / "run"
    settings(out, steps=1)
    assert fit("segmentation", GOLDEN, out, SHIPPED / "segmentation") == 1
    assert "locked test set" in capsys.readouterr().out
    shutil.copytree(GOLDEN, tmp_path / "locked" / "first")
    assert fit("segmentation", teaching, out, SHIPPED / "segmentation", "--locked", str(tmp_path / "locked")) == 1
    assert "belongs to the locked test set" in capsys.readouterr().out
