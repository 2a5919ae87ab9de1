"""`analyze --scheduler`: two workers give what one process gives, byte for byte, even if one of them is killed."""

import csv
import io
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from allviewer.cli import main
from allviewer.progress import CancelToken
from allviewer.workflows import analyze as analysis
from tests.inference.networks import classification_pack, segmentation_network, segmentation_pack
from tests.inference.pictures import draw_cells

pytest.importorskip("distributed", reason="Dask is not installed here")
pytestmark = pytest.mark.slow
ROOT = Path(__file__).resolve().parents[2]
IMAGES = 8


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("ALLVIEWER_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("PYTHONPATH", str(ROOT))


@pytest.fixture
def fields(tmp_path):
    folder = tmp_path / "fields"
    folder.mkdir()
    for number in range(IMAGES):
        discs = [(60 + 10 * number, 60, 20), (150, 100, 22), (40, 150, 18)]
        Image.fromarray(draw_cells(200, 240, discs)).save(folder / f"field{number}.png")
    return folder


@pytest.fixture
def cluster(tmp_path):
    """(address, worker processes) of a scheduler with two workers."""
    from distributed import Client

    file = tmp_path / "scheduler.json"
    begin = [sys.executable, "-m", "distributed.cli.dask_scheduler", "--port", "0", "--no-dashboard"]
    serve = [sys.executable, "-m", "distributed.cli.dask_worker", "--nthreads", "1", "--no-nanny", "--no-dashboard"]
    shared = ["--scheduler-file", str(file)]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": tmp_path}
    scheduler = subprocess.Popen([*begin, *shared], **quiet)
    workers = [subprocess.Popen([*serve, *shared], **quiet) for _ in range(2)]
    client = Client(scheduler_file=str(file), timeout=120, set_as_default=False)
    client.wait_for_workers(2, timeout=120)
    yield client.scheduler.address, workers
    client.close()
    for process in (*workers, scheduler):
        process.kill()
        process.wait()


def analyze(*arguments):
    return main(["analyze", *(str(argument) for argument in arguments)])


def tables(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.suffix in (".csv", ".tif", ".png")}


def without_seconds(summary):
    rows = list(csv.DictReader(io.StringIO(summary.decode())))
    return [{name: value for name, value in row.items() if name != "seconds"} for row in rows]


def same(one, other):
    assert set(one) == set(other)
    assert without_seconds(one.pop("summary.csv")) == without_seconds(other.pop("summary.csv"))
    assert one == other


def test_two_workers_one_of_them_killed_give_the_same_tables(fields, cluster, tmp_path, monkeypatch):
    slow = segmentation_pack(tmp_path, model=segmentation_network(repeats=12))
    packs = ["--segmentation", slow.folder, "--classifier", classification_pack(tmp_path).folder, "--mpp", 0.25]
    assert analyze(fields, "--out", tmp_path / "alone", *packs) == 0
    address, workers = cluster
    assert analyze(fields, "--out", tmp_path / "both", *packs, "--scheduler", address) == 0
    same(tables(tmp_path / "alone"), tables(tmp_path / "both"))

    real, seen = analysis.analyze, []

    def killing(request, cancel: CancelToken, progress):
        def told(number, total, outcome):
            seen.append(outcome.status)
            if len(seen) == 2:
                workers[0].kill()
            progress(number, total, outcome)

        return real(request, cancel, told)

    monkeypatch.setattr(analysis, "analyze", killing)
    assert analyze(fields, "--out", tmp_path / "one", *packs, "--scheduler", address) == 0
    assert workers[0].wait(30) != 0
    assert seen == ["done"] * IMAGES
    same(tables(tmp_path / "alone"), tables(tmp_path / "one"))


def test_nobody_at_the_address_is_a_sentence(fields, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("allviewer.jobs.cluster.CONNECT_S", 1)
    packs = ["--segmentation", segmentation_pack(tmp_path).folder, "--classifier", "none"]
    assert analyze(fields, "--out", tmp_path / "out", *packs, "--scheduler", "tcp://127.0.0.1:9") == 1
    assert "No Dask scheduler answers" in capsys.readouterr().err
