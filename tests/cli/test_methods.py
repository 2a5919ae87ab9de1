"""`allviewer methods` and `analyze --method`: what is listed, what is recorded, what is refused."""

import json
from pathlib import Path

import pytest
from PIL import Image

from allviewer.classical.methods import METHODS
from allviewer.cli import main
from training.synthetic import SmearSpec, render_smear


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("ALLVIEWER_HOME", str(tmp_path / "home"))


@pytest.fixture
def field(tmp_path) -> Path:
    path = tmp_path / "field.png"
    Image.fromarray(render_smear(SmearSpec(400, 300, 0.2, seed=2, white_cells_per_mm2=2000, variants=8)).image).save(
        path
    )
    return path


def analyze(*arguments: object) -> int:
    return main(["analyze", *(str(argument) for argument in arguments)])


def test_methods_are_listed_and_explained(capsys):
    assert main(["methods"]) == 0
    listed = capsys.readouterr().out
    assert all(method.name in listed for method in METHODS)
    assert main(["methods", "pgs"]) == 0
    told = capsys.readouterr().out
    assert "k=3" in told
    assert "equation 1" in told
    assert main(["methods", "--json"]) == 0
    assert [entry["name"] for entry in json.loads(capsys.readouterr().out)] == [method.name for method in METHODS]
    assert main(["methods", "nothing"]) == 1
    assert "There are: pgs" in capsys.readouterr().err


def test_the_record_of_a_run_names_method_and_settings(field, tmp_path, capsys):
    out = tmp_path / "out"
    options = ("--out", out, "--classifier", "none", "--mpp", 0.2, "--method", "pgs", "--set", "k=4")
    assert analyze(field, *options) == 0
    record = json.loads((out / "run.json").read_text())
    assert (record["method"]["name"], record["method"]["version"]) == ("pgs", "1.0")
    assert record["method"]["settings"]["k"] == 4
    assert record["method"]["settings"]["feature"] == "lab"
    assert [pack["task"] for pack in record["packs"]] == ["detection"]
    assert record["images"][0]["counts"]


def test_resume_does_again_what_other_settings_made(field, tmp_path):
    options = (field, "--out", tmp_path / "out", "--classifier", "none", "--mpp", 0.2, "--resume")
    seconds = []
    for more in (
        ("--method", "pgs"),
        ("--method", "pgs"),
        ("--method", "pgs", "--set", "k=4"),
        ("--method", "grey-clusters"),
    ):
        assert analyze(*options, *more) == 0
        seconds.append(json.loads((tmp_path / "out" / "run.json").read_text())["images"][0]["seconds"])
    assert seconds[0] == seconds[1], "the same settings: passed by"
    assert seconds[1] != seconds[2]
    assert seconds[2] != seconds[3]


def test_several_processes_share_the_work(field, tmp_path):
    folder = tmp_path / "fields"
    folder.mkdir()
    for number in range(2):
        (folder / f"{number}.png").write_bytes(field.read_bytes())
    assert (
        analyze(folder, "--out", tmp_path / "out", "--classifier", "none", "--method", "grey-clusters", "--jobs", 2)
        == 0
    )


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (("--method", "nothing"), "There is no method named 'nothing'"),
        (("--method", "pgs", "--set", "k=99"), "'99' cannot be k. Give a number from 2 to 8."),
        (("--method", "pgs", "--set", "q=1"), "has no parameter 'q'"),
        (("--method", "pgs", "--set", "k"), "'k' is no setting"),
        (("--set", "k=3"), "--set belongs to --method"),
        (("--method", "pgs", "--segmentation", "cells"), "not both"),
    ],
)
def test_what_cannot_be_is_told_before_any_work(field, tmp_path, capsys, options, sentence):
    assert analyze(field, "--out", tmp_path / "out", *options) == 1
    assert sentence in capsys.readouterr().err
    assert not (tmp_path / "out").exists()
