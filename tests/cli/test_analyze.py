"""`allviewer analyze` and `allviewer models` as scripts see them: files, lines, exit codes."""

import csv
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import tifffile
from PIL import Image

from allviewer.cli import main
from tests.inference.networks import classification_pack, segmentation_network, segmentation_pack, write_pack
from tests.inference.pictures import draw_cells

ROOT = Path(__file__).resolve().parents[2]
ENDINGS = (".cells.csv", ".boxes.csv", ".others.csv", ".cells.tif", ".nuclei.tif", ".overlay.png")


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("ALLVIEWER_HOME", str(tmp_path / "home"))


@pytest.fixture
def packs(tmp_path):
    return [
        "--segmentation",
        str(segmentation_pack(tmp_path).folder),
        "--classifier",
        str(classification_pack(tmp_path).folder),
    ]


@pytest.fixture
def fields(tmp_path):
    folder = tmp_path / "fields"
    folder.mkdir()
    for number in range(3):
        discs = [(60 + 10 * number, 60, 20), (150, 100, 22), (40, 150, 18)]
        Image.fromarray(draw_cells(200, 240, discs)).save(folder / f"field{number}.png")
    return folder


def rows(path):
    with path.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def analyze(*arguments):
    return main(["analyze", *(str(argument) for argument in arguments)])


def test_every_file_of_the_contract_is_written(fields, packs, tmp_path, capsys):
    out = tmp_path / "out"
    assert analyze(fields, "--out", out, *packs, "--mpp", 0.25) == 0
    names = {path.name for path in out.iterdir()}
    assert names == {f"field{n}{ending}" for n in range(3) for ending in ENDINGS} | {"summary.csv", "run.json"}
    cells = rows(out / "field0.cells.csv")
    assert len(cells) == 3
    assert {
        "cell_id",
        "x_px",
        "area_px",
        "nc_ratio",
        "class",
        "p_blast",
        "p_lymphocyte",
        "uncertainty",
        "area_um2",
    } <= set(cells[0])
    labels, nuclei = (tifffile.imread(out / f"field0.{part}.tif") for part in ("cells", "nuclei"))
    assert labels.shape == (200, 240)
    for cell in cells:
        assert np.count_nonzero(labels == int(cell["cell_id"])) == int(cell["area_px"])
        assert set(np.unique(labels[nuclei == int(cell["cell_id"])])) == {int(cell["cell_id"])}
    record = json.loads((out / "run.json").read_text())
    assert {pack["task"] for pack in record["packs"]} == {"segmentation", "classification", "detection"}
    assert record["device"] == "cpu"
    assert record["images"][0]["mpp_source"] == "given"
    assert len(capsys.readouterr().out.splitlines()) == 4


def test_bad_files_are_named_and_the_others_go_on(fields, packs, tmp_path, capsys):
    (fields / "broken.png").write_bytes((fields / "field0.png").read_bytes()[:300])
    (fields / "empty.jpg").touch()
    missing = tmp_path / "missing.png"
    assert analyze(fields, missing, "--out", tmp_path / "out", *packs) == 3
    said = capsys.readouterr()
    for name in ("broken.png", "empty.jpg", "missing.png"):
        assert sum(name in line for line in said.err.splitlines()) == 1
        assert name not in said.out
    summary = {row["name"]: row["status"] for row in rows(tmp_path / "out" / "summary.csv")}
    assert summary == {
        "broken": "failed",
        "empty": "failed",
        "missing": "failed",
        **{f"field{n}": "done" for n in range(3)},
    }


def test_json_lines_are_events(fields, packs, tmp_path, capsys):
    (fields / "empty.jpg").touch()
    assert analyze(fields, "--out", tmp_path / "out", *packs, "--json") == 3
    events = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [event["event"] for event in events] == ["image"] * 4 + ["done"]
    assert {event["status"] for event in events[:4]} == {"done", "failed"}
    assert events[-1]["images"] == 3


def test_same_stems_of_two_folders_do_not_meet(fields, packs, tmp_path):
    other = tmp_path / "monday"
    other.mkdir()
    Image.open(fields / "field0.png").save(other / "field0.png")
    assert analyze(fields / "field0.png", other, "--out", tmp_path / "out", *packs) == 0
    assert (tmp_path / "out" / "monday_field0.cells.csv").exists()
    assert (tmp_path / "out" / "fields_field0.cells.csv").exists()


def test_resume_passes_by_what_is_done_and_unchanged(fields, packs, tmp_path):
    out = tmp_path / "out"
    analyze(fields, "--out", out, *packs)
    before = {path.name: path.stat().st_mtime_ns for path in out.iterdir()}
    Image.fromarray(draw_cells(200, 240, [(100, 100, 20)])).save(fields / "field1.png")
    (out / "field2.overlay.png").unlink()
    assert analyze(fields, "--out", out, *packs, "--resume") == 0
    after = {path.name: path.stat().st_mtime_ns for path in out.iterdir()}
    assert after["field0.cells.csv"] == before["field0.cells.csv"]
    assert after["field1.cells.csv"] != before["field1.cells.csv"]
    assert len(rows(out / "field1.cells.csv")) == 1
    assert "field2.overlay.png" in after
    assert [image["status"] for image in json.loads((out / "run.json").read_text())["images"]] == ["done"] * 3


def test_resume_with_other_networks_starts_anew(fields, packs, tmp_path):
    out = tmp_path / "out"
    analyze(fields, "--out", out, *packs)
    before = (out / "field0.cells.csv").stat().st_mtime_ns
    analyze(fields, "--out", out, *packs[:2], "--classifier", "none", "--resume")
    assert (out / "field0.cells.csv").stat().st_mtime_ns != before
    assert rows(out / "field0.cells.csv")[0]["class"] == "unclassified"


def test_several_processes_give_the_same_files(fields, packs, tmp_path):
    (fields / "empty.jpg").touch()
    assert analyze(fields, "--out", tmp_path / "one", *packs) == 3
    assert analyze(fields, "--out", tmp_path / "two", *packs, "--jobs", 2) == 3
    for path in (tmp_path / "one").glob("field*"):
        assert path.read_bytes() == (tmp_path / "two" / path.name).read_bytes(), path.name


def test_usage_errors_and_missing_packs_have_their_codes(fields, tmp_path, capsys, monkeypatch):
    for wrong in ([fields], [fields, "--out", tmp_path, "--mpp", "-1"], [fields, "--out", tmp_path, "--jobs", "0"]):
        with pytest.raises(SystemExit) as stopped:
            analyze(*wrong)
        assert stopped.value.code == 2
    capsys.readouterr()
    assert analyze(fields, "--out", tmp_path / "out", "--segmentation", "nothing") == 1
    assert "no pack named 'nothing'" in capsys.readouterr().err
    assert analyze(fields, "--out", tmp_path / "out", "--device", "gpu") == 1
    assert "no device named 'gpu'" in capsys.readouterr().err


def test_folder_that_cannot_be_written_is_told_before_any_work(fields, packs, tmp_path, capsys):
    (tmp_path / "file").touch()
    assert analyze(fields, "--out", tmp_path / "file" / "out", *packs) == 1
    assert "file" in capsys.readouterr().err


@pytest.mark.skipif(sys.platform == "win32", reason="signals of a terminal are sent differently there")
@pytest.mark.parametrize("jobs", ["1", "2"])
def test_interrupt_ends_in_good_order(tmp_path, jobs):
    """Ctrl-C during the second image: the first stays, the record says what was cancelled, the code is 130."""
    slow = segmentation_pack(tmp_path, model=segmentation_network(repeats=150))
    folder = tmp_path / "fields"
    folder.mkdir()
    for number in range(6):
        Image.fromarray(draw_cells(500, 600, [(100, 100, 20)])).save(folder / f"f{number}.png")
    out = tmp_path / "out"
    command = [sys.executable, "-m", "allviewer", "analyze", folder, "--out", out, "--mpp", "0.25", "--jobs", jobs]
    command += ["--segmentation", slow.folder, "--classifier", "none"]
    process = subprocess.Popen(
        [str(part) for part in command],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": "."},
        start_new_session=True,
    )
    assert process.stdout is not None
    assert "1/6" in process.stdout.readline()
    os.killpg(process.pid, signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "Traceback" not in errors
    statuses = [image["status"] for image in json.loads((out / "run.json").read_text())["images"]]
    assert "done" in statuses
    assert statuses.count("done") < 6


def test_models_are_installed_listed_verified_and_removed(tmp_path, capsys):
    folder = write_pack(tmp_path / "new")
    assert main(["models", "install", str(folder)]) == 0
    assert main(["models", "list"]) == 0
    assert "colours 1.0.0" in capsys.readouterr().out
    assert main(["models", "show", "colours"]) == 0
    assert json.loads(capsys.readouterr().out)["research_use_only"] is True
    assert main(["models", "verify", "colours"]) == 0
    assert main(["models", "remove", "colours"]) == 0
    assert main(["models", "remove", "colours"]) == 1
    assert "no pack named" in capsys.readouterr().err
    (folder / "network.onnx").write_bytes(b"")
    assert main(["models", "install", str(folder)]) == 1
    assert "wrong checksum" in capsys.readouterr().err


def test_version(capsys):
    assert main(["--version"]) == 0
    assert capsys.readouterr().out.startswith("allviewer ")


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has file names that are no text")
def test_a_file_name_that_is_no_text_does_not_lose_the_run(fields, packs, tmp_path, capsys):
    odd = os.fsencode(fields) + b"/bad\xff.png"
    (fields / "field0.png").rename(os.fsdecode(odd))
    out = tmp_path / "out"
    assert analyze(fields, "--out", out, *packs, "--mpp", 0.25, "--json") == 0
    assert all(json.loads(line) for line in capsys.readouterr().out.splitlines())
    assert len(json.loads((out / "run.json").read_text(encoding="utf-8"))["images"]) == 3
    assert (out / "bad_.cells.csv").exists()
    assert analyze(fields, "--out", out, *packs, "--mpp", 0.25, "--resume") == 0


@pytest.mark.parametrize("mpp", [1000, 1e-9])
def test_a_scale_of_no_microscope_is_refused_before_any_work(fields, packs, tmp_path, capsys, mpp):
    assert analyze(fields, "--out", tmp_path / "out", *packs, "--mpp", mpp) == 1
    assert "micrometres per pixel" in capsys.readouterr().err


def test_a_pack_for_another_task_is_refused_before_any_work(fields, tmp_path, capsys):
    classifier = str(classification_pack(tmp_path).folder)
    assert analyze(fields, "--out", tmp_path / "out", "--segmentation", classifier) == 1
    assert "cannot segment" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()
