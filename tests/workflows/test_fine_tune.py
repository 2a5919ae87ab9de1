"""The child process that learns: what it is told, and what is made of what it says."""

import sys
from pathlib import Path

import pytest

from allviewer.errors import DatasetError
from allviewer.exchange.training_events import Done, Failed, Progress, encode_event
from allviewer.workflows import fine_tune
from allviewer.workflows.fine_tune import FineTune, TuningRequest, command_line


class Notices:
    def __init__(self):
        self.told, self.warned = [], []

    def tell(self, text):
        self.told.append(text)

    def warn(self, error):
        self.warned.append(str(error))


def request(tmp_path, **changes):
    fields = {
        "task": "segmentation",
        "pack_folder": tmp_path / "pack",
        "data": (tmp_path / "my set",),
        "out": tmp_path / "run",
        "steps": 2,
        "name": "cells",
        "version": "1.1.0",
    }
    return TuningRequest(**(fields | changes))


class Scripted(TuningRequest):
    """A request whose process says given lines."""

    @property
    def arguments(self):
        return ["-c", self.name]


def scripted(tmp_path, code):
    plain = request(tmp_path)
    return Scripted(plain.task, plain.pack_folder, plain.data, plain.out, 2, code, plain.version)


@pytest.fixture
def notices():
    return Notices()


@pytest.fixture
def tune(qapp, notices, tmp_path, monkeypatch):
    monkeypatch.setattr(fine_tune, "can_train_here", lambda: True)
    made = FineTune(notices, tmp_path)
    yield made
    made.end()


def test_the_command_for_another_machine_is_quoted(tmp_path):
    line = command_line(request(tmp_path))
    assert line.startswith("python -m training fit --task segmentation")
    assert "'" in line  # the folder has a space in its name
    assert "--json" not in line


def test_progress_and_the_new_pack_arrive(tune, tmp_path, qtbot):
    pack = tmp_path / "run" / "pack"
    pack.mkdir(parents=True)
    (pack / "card.json").write_text("{}")
    lines = [encode_event(Progress(0.5, "half", loss=0.3)), "chatter of a library", encode_event(Done(str(pack)))]
    heard = []
    tune.progressed.connect(heard.append)
    with qtbot.waitSignal(tune.finished, timeout=10_000) as news:
        tune.start(scripted(tmp_path, f"print({chr(10).join(lines)!r})"))
    assert news.args == [pack]
    assert [event.loss for event in heard] == [0.3]
    assert not tune.is_running


def test_a_failure_is_told_in_the_words_of_the_training(tune, notices, tmp_path, qtbot):
    line = encode_event(Failed("There is nothing to learn from.", "Correct some cells."))
    with qtbot.waitSignal(tune.stopped, timeout=10_000):
        tune.start(scripted(tmp_path, f"print({line!r})"))
    assert notices.warned == ["There is nothing to learn from. Correct some cells."]


def test_a_crash_is_told_with_its_last_line(tune, notices, tmp_path, qtbot):
    with qtbot.waitSignal(tune.stopped, timeout=10_000):
        tune.start(scripted(tmp_path, "raise MemoryError('no room')"))
    assert len(notices.warned) == 1
    assert "no room" in notices.warned[0]


def test_cancel_ends_the_process(tune, notices, tmp_path, qtbot):
    started = encode_event(Progress(0.1, "begun"))
    code = f"import threading; print({started!r}, flush=True); threading.Event().wait(60)"
    with qtbot.waitSignal(tune.progressed, timeout=10_000):
        tune.start(scripted(tmp_path, code))
    with pytest.raises(DatasetError, match="already"):
        tune.start(scripted(tmp_path, code))
    with qtbot.waitSignal(tune.stopped, timeout=10_000):
        tune.cancel()
    assert "cancelled" in notices.told[-1]


def test_where_training_is_missing_the_command_is_given(qapp, notices, tmp_path, monkeypatch):
    monkeypatch.setattr(fine_tune, "can_train_here", lambda: False)
    with pytest.raises(DatasetError, match="python -m training fit"):
        FineTune(notices, Path(tmp_path)).start(request(tmp_path))


def test_a_frozen_build_cannot_train(monkeypatch):
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    assert not fine_tune.can_train_here()
