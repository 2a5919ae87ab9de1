"""Cross-validation, evaluation and prediction run the viewer's own code on packs that were just trained."""

import json

import numpy as np
import pytest
import tifffile
from PIL import Image

from allviewer.exchange.training_events import Progress, decode_event
from training.__main__ import main

pytestmark = pytest.mark.slow


def test_crossval_measures_every_picture_once_on_a_network_that_never_saw_its_group(tmp_path, toy_set, quick, capsys):
    out = tmp_path / "cv"
    arguments = ["--data", str(toy_set), "--config", str(quick), "--folds", "2", "--steps", "2", "--json"]
    assert main(["crossval", *arguments, "--out", str(out)]) == 0
    events = [decode_event(line) for line in capsys.readouterr().out.splitlines()]
    fractions = [event.fraction for event in events if isinstance(event, Progress)]
    assert all(0 <= fraction <= 1 for fraction in fractions)
    report = json.loads((out / "crossval.json").read_text(encoding="utf-8"))
    for pictures in report["pictures"].values():
        assert sorted(picture["name"] for picture in pictures) == ["toy-0", "toy-1", "toy-2"]
    learnt = []
    for number in range(2):
        card = json.loads((out / f"fold-{number}" / "pack" / "card.json").read_text(encoding="utf-8"))
        learnt.append(card["training"]["data"][0].split("; ")[-1])
    assert sorted(learnt) == ["1 picture in 1 group", "2 pictures in 2 groups"]
    assert len((out / "crossval.csv").read_text(encoding="utf-8").splitlines()) == 1 + 2 * 3
    assert "detection F1" in (out / "crossval.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def pack(tmp_path_factory, toy_set_of):
    folder = tmp_path_factory.mktemp("run")
    data, config = toy_set_of(folder)
    assert main(["fit", "--data", str(data), "--config", str(config), "--out", str(folder), "--steps", "2"]) == 0
    return folder / "pack"


def test_evaluate_writes_figures(pack, tmp_path, toy_set):
    assert main(["evaluate", "--pack", str(pack), "--data", str(toy_set), "--out", str(tmp_path / "e")]) == 0
    report = json.loads((tmp_path / "e" / "evaluation.json").read_text(encoding="utf-8"))
    assert {figure["source"] for figure in report["figures"]} == {"exported"}


def test_predict_writes_label_images_of_the_size_of_the_picture(pack, tmp_path, toy_sample):
    Image.fromarray(toy_sample(3).image[:80]).save(tmp_path / "field.png")
    arguments = ["predict", "--pack", str(pack), "--out", str(tmp_path / "p"), str(tmp_path / "field.png")]
    assert main(arguments) == 0
    for name in ("field.cells.tif", "field.nuclei.tif"):
        labels = tifffile.imread(tmp_path / "p" / name)
        assert labels.shape == (80, 96)
        assert labels.dtype == np.uint16


def test_predict_names_a_picture_that_is_none(pack, tmp_path, capsys):
    (tmp_path / "bad.png").write_bytes(b"no picture")
    assert main(["predict", "--pack", str(pack), "--out", str(tmp_path), str(tmp_path / "bad.png")]) == 1
    assert "bad.png" in capsys.readouterr().out
