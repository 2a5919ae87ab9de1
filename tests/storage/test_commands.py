"""`allviewer export` and `allviewer case` as scripts see them."""

import hashlib
import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from allviewer.cli.case import run as run_case
from allviewer.cli.export import run as run_export
from allviewer.domain import edits
from allviewer.exchange.training_set import decode_training_set
from allviewer.storage.case_file import CaseFile
from allviewer.storage.case_records import ImageRecord


@pytest.fixture
def reviewed_case(tmp_path, make_cell):
    """A closed case with one reviewed image of two cells, and one image that is gone."""
    picture = tmp_path / "field 1.png"
    Image.fromarray(np.full((120, 160, 3), 200, dtype=np.uint8)).save(picture)
    content = picture.read_bytes()
    with CaseFile.create(tmp_path / "ward.allcase") as case:
        image = case.add_image(ImageRecord(picture, hashlib.sha256(content).hexdigest(), len(content), 160, 120))
        case.commit(image.id, edits.take_model_run([], [make_cell(1), make_cell(2, x=60)], 1, "net"), "ann")
        case.set_reviewed(image.id, True)
    return case.path


def test_export(reviewed_case, tmp_path, capsys):
    out = tmp_path / "set"
    assert run_export([str(reviewed_case), "--format", "training", "--out", str(out)]) == 0
    printed = capsys.readouterr()
    assert "Exported 2 cells (2 blast) in 1 image (1 part) of 1 patient or slide" in printed.out
    assert printed.err == ""
    (item,) = decode_training_set((out / "manifest.json").read_bytes()).items
    assert np.asarray(Image.open(out / item.image)).shape == (120, 160, 3)


def test_export_for_machines(reviewed_case, tmp_path, capsys):
    assert run_export([str(reviewed_case), "--out", str(tmp_path / "set"), "--json"]) == 0
    events = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [event["event"] for event in events] == ["progress", "progress"]
    assert events[-1]["fraction"] == 1.0


def test_export_names_a_missing_image(reviewed_case, tmp_path, capsys):
    (tmp_path / "field 1.png").unlink()
    assert run_export([str(reviewed_case), "--out", str(tmp_path / "set")]) == 1
    assert "field 1.png" in capsys.readouterr().err
    assert not (tmp_path / "set").exists()


def test_export_of_no_case(tmp_path, capsys):
    assert run_export([str(tmp_path / "no.allcase"), "--out", str(tmp_path / "set")]) == 1
    assert "There is no case file" in capsys.readouterr().err


@pytest.mark.parametrize(("run", "arguments"), [(run_export, ["x.allcase"]), (run_case, []), (run_case, ["check"])])
def test_wrong_arguments(run, arguments, capsys):
    with pytest.raises(SystemExit) as stopped:
        run(arguments)
    assert stopped.value.code == 2
    assert "usage: allviewer" in capsys.readouterr().err


def test_checking_leaves_a_case_alone(reviewed_case):
    before = reviewed_case.read_bytes()
    assert run_case(["check", str(reviewed_case)]) == 0
    assert reviewed_case.read_bytes() == before


def test_which_packs_found_the_cells_is_told(reviewed_case, capsys):
    assert run_case(["packs", str(reviewed_case), "--json"]) == 0
    (origins,) = json.loads(capsys.readouterr().out).values()
    assert list(origins.values()) == [2]
    assert run_case(["packs", str(reviewed_case.with_name("missing.allcase"))]) == 1


def test_generations_are_listed_and_brought_back(reviewed_case, tmp_path, capsys):
    backups = ["--backups", str(tmp_path / "backups")]
    assert run_case(["generations", str(reviewed_case), *backups]) == 1
    CaseFile.open(reviewed_case, backups_dir=tmp_path / "backups").close()
    reviewed_case.unlink()
    capsys.readouterr()
    assert run_case(["generations", str(reviewed_case), *backups]) == 0
    assert capsys.readouterr().out.endswith("1 journal entries\n")
    assert run_case(["generations", str(reviewed_case), *backups, "--restore", "2"]) == 1
    assert run_case(["generations", str(reviewed_case), *backups, "--restore", "1"]) == 0
    restored = capsys.readouterr().out.strip()
    with CaseFile.open(Path(restored)) as case:
        assert len(case.load(1).cells) == 2
