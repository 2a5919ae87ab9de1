"""The whole comparison on a toy set: runs, tables, pages, what a stop leaves, what bad input says."""

import csv
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from allviewer.errors import UserError
from allviewer.exchange.training_events import Progress
from allviewer.progress import Cancelled, CancelToken
from training.__main__ import main
from training.experiments.scale import Scale
from training.reproduce.command import Wanted, chosen_experiments, reproduce

NAME = "003-cnn-128-rgb-4x"
TINY = Scale(name="tiny", size_px=32, epochs=1, tested_by_picture=1)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Blasts and normal precursors cut out on black, as C-NMC: told apart by size, six subjects of each."""
    folder = tmp_path_factory.mktemp("data") / "cnmc2019"
    folder.mkdir()
    rows = ["file,label,subject,group"]
    rng = np.random.default_rng(5)
    for number in range(72):
        blast, subject = number % 2, number // 2 % 6
        image = np.zeros((40, 40, 3), np.uint8)
        cv2.circle(image, (20, 20), 15 if blast else 9, (150, 90, 170), -1)
        image = np.where(image > 0, rng.integers(60, 200, image.shape), 0).astype(np.uint8)
        Image.fromarray(image).save(folder / f"{number}.png")
        name = f"{'' if blast else 'H'}{subject}"
        rows.append(f"{number}.png,{blast},{name},{name}")
    (folder / "labels.csv").write_text("\n".join(rows) + "\n")
    return folder.parent


class _Heard:
    """What is told; stops everything once a word was heard so many times."""

    def __init__(self, word: str = "", times: int = 0) -> None:
        self.cancel, self.messages = CancelToken(), list[str]()
        self._word, self._left = word, times

    def __call__(self, event: Progress) -> None:
        self.messages.append(event.message)
        if self._word and self._word in event.message:
            self._left -= 1
            if not self._left:
                self.cancel.cancel()

    def count(self, word: str) -> int:
        return sum(word in message for message in self.messages)


def _reproduce(data: Path, out: Path, heard: _Heard, **more: object) -> Path:
    command = "python -m training reproduce 003"
    wanted = Wanted("003", data, out, TINY, (NAME,), rounds=20, command=command, **more)  # type: ignore[arg-type]
    return reproduce(wanted, heard.cancel, heard)


@pytest.fixture(scope="module")
def done(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A comparison that was stopped once and then done."""
    tmp_path = tmp_path_factory.mktemp("papers")
    stopped = _Heard("Epoch 1 of 1", times=3)
    with pytest.raises(Cancelled):
        _reproduce(data, tmp_path, stopped)

    tables_so_far = _reproduce(data, tmp_path, _Heard(), just_tables=True)
    assert "1 of 3 runs done" in tables_so_far.read_text(encoding="utf-8")
    assert "it was not done when the tables were written." in tables_so_far.read_text(encoding="utf-8")

    resumed = _Heard()
    _reproduce(data, tmp_path, resumed)
    assert resumed.count("Epoch") <= 5, "one fold by picture and at least one by subject are done already"
    return tmp_path


def test_a_stopped_comparison_goes_on_and_ends_in_tables_and_a_page(done: Path) -> None:
    text = (done / "tables" / "003" / "README.md").read_text(encoding="utf-8")
    assert "3 of 3 runs done" in text
    assert "hem: 36 pictures of 6 subjects" in text
    assert "python -m training reproduce 003" in text
    assert str(done) not in text

    with (done / "tables" / "003" / "table-4.csv").open(encoding="utf-8") as file:
        (row,) = csv.DictReader(file)
    assert (row["published"], row["group_is"], row["data"]) == ("0.9390", "subject", "cnmc2019")
    assert float(row["by_picture_low"]) <= float(row["by_picture"]) <= float(row["by_picture_high"])
    assert float(row["by_subject"]) > 0
    protocols = (done / "tables" / "003" / "table-protocols.md").read_text(encoding="utf-8")
    assert "Turned copies of the test pictures were in the training set" in protocols
    page = (done / "pages" / f"{NAME}.html").read_text(encoding="utf-8")
    assert "by picture (leaks)" in page
    assert "Grad-CAM" in page


def test_what_is_done_is_not_trained_again(data: Path, done: Path) -> None:
    again = _Heard()
    _reproduce(data, done, again)
    assert again.count("Epoch") == 0


def test_a_run_can_be_asked_where_its_network_looks(data: Path, done: Path, tmp_path: Path) -> None:
    run = done / "runs" / NAME / "cnmc2019" / "by_subject"
    pictures = [str(data / "cnmc2019" / f"{number}.png") for number in range(3)]
    out = tmp_path / "heat.png"
    assert main(["explain", "--run", str(run), "--out", str(out), "--of", "all", *pictures]) == 0
    with Image.open(out) as drawn:
        assert drawn.width > 300


def test_an_unknown_class_is_named(data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "--run", str(tmp_path), "--out", str(tmp_path / "x.png"), str(data / "none.png")]) == 1
    assert "none.png" in capsys.readouterr().out


def test_data_that_are_not_there_stand_in_the_table(tmp_path: Path) -> None:
    with pytest.raises(UserError):
        _reproduce(tmp_path, tmp_path / "out", _Heard())


def test_one_subject_of_a_class_is_a_sentence_in_the_table_not_a_figure(data: Path, tmp_path: Path) -> None:
    small = tmp_path / "data" / "cnmc2019"
    small.mkdir(parents=True)
    rows = ["file,label,subject,group"]
    for number in range(24):
        image = (data / "cnmc2019" / f"{number}.png").read_bytes()
        (small / f"{number}.png").write_bytes(image)
        name = f"{number % 6}" if number % 2 else "H1"
        rows.append(f"{number}.png,{number % 2},{name},{name}")
    (small / "labels.csv").write_text("\n".join(rows) + "\n")
    summary = _reproduce(small.parent, tmp_path / "out", _Heard())
    assert "All pictures of class hem come from one subject" in summary.read_text(encoding="utf-8")


def test_an_unknown_paper_or_experiment_is_refused() -> None:
    with pytest.raises(UserError, match="There is no paper '007'"):
        chosen_experiments("007")
    with pytest.raises(UserError, match="There is no experiment 'cnn' here"):
        chosen_experiments("003", ["cnn"])
