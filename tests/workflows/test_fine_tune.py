"""The child process that learns: what it is told, and what is made of what it says."""

import sys
from pathlib import Path

import pytest

from allviewer.errors import DatasetError
from allviewer.exchange.training_events import Done, Failed, Progress, Stopped, encode_event
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
    """A request whose process runs given lines while its folder is watched over."""

    @property
    def arguments(self):
        return ["-c", BEGIN.format(folder=str(self.folder)) + self.name]


BEGIN = """
import sys, threading
from pathlib import Path
from allviewer.progress import CancelToken
from training.control import RunControl
cancel = CancelToken()
control = RunControl(Path({folder!r}), cancel)
say = lambda line: print(line, flush=True)
"""


def scripted(tmp_path, code):
    plain = request(tmp_path / "runs" / "one", out=tmp_path / "runs" / "one" / "run")
    return Scripted(plain.task, plain.pack_folder, plain.data, plain.out, 2, code, plain.version)


@pytest.fixture
def notices():
    return Notices()


@pytest.fixture
def tune(qapp, notices, tmp_path, monkeypatch):
    monkeypatch.setattr(fine_tune, "can_train_here", lambda: True)
    made = FineTune(notices, tmp_path / "runs")
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
    news = Progress(0.5, "half", 1, 2, 0.3, {"Dice": 0.9}, ("a.png",))
    lines = [encode_event(news), "chatter of a library", encode_event(Done(str(pack)))]
    heard = []
    tune.progressed.connect(heard.append)
    with qtbot.waitSignal(tune.finished, timeout=30_000) as told:
        tune.start(scripted(tmp_path, f"say({chr(10).join(lines)!r})"))
    assert told.args == [pack]
    assert heard == [news]
    assert not tune.is_running


def test_a_failure_is_told_in_the_words_of_the_training(tune, notices, tmp_path, qtbot):
    line = encode_event(Failed("There is nothing to learn from.", "Correct some cells."))
    with qtbot.waitSignal(tune.stopped, timeout=30_000):
        tune.start(scripted(tmp_path, f"say({line!r})"))
    assert notices.warned == ["There is nothing to learn from. Correct some cells."]


def test_a_crash_is_told_with_its_last_line(tune, notices, tmp_path, qtbot):
    with qtbot.waitSignal(tune.stopped, timeout=30_000):
        tune.start(scripted(tmp_path, "raise MemoryError('no room')"))
    assert len(notices.warned) == 1
    assert "no room" in notices.warned[0]


WAITING = """
say({started!r})
control.wait_while_paused(lambda: say({paused!r}))
while not cancel.cancelled:
    control.wait_while_paused(lambda: say({paused!r}))
    cancel._event.wait(0.1)
say({stopped!r})
"""


def waiting(tmp_path):
    events = {
        "started": Progress(0.1, "begun"),
        "paused": Progress(0.1, "paused", paused=True),
        "stopped": Stopped("gone on with later"),
    }
    return scripted(tmp_path, WAITING.format(**{name: encode_event(event) for name, event in events.items()}))


def test_pause_go_on_and_stop(tune, notices, tmp_path, qtbot):
    with qtbot.waitSignal(tune.progressed, timeout=30_000):
        tune.start(waiting(tmp_path))
    with pytest.raises(DatasetError, match="already"):
        tune.start(waiting(tmp_path))
    with qtbot.waitSignal(tune.progressed, timeout=30_000) as told:
        tune.pause()
    assert told.args[0].paused
    assert tune.is_paused
    tune.go_on()
    with qtbot.waitSignal(tune.stopped, timeout=30_000):
        tune.cancel()
    assert "can be gone on with" in notices.told[-1]


def test_a_training_outlives_its_window_and_the_next_one_takes_it_up(tune, notices, tmp_path, qtbot):
    (tmp_path / "runs" / "one" / "run").mkdir(parents=True)
    with qtbot.waitSignal(tune.progressed, timeout=30_000):
        tune.start(waiting(tmp_path))
    tune.end()
    after = FineTune(notices, tmp_path / "runs")
    assert after.take_up()
    assert after.is_running
    assert next(news.message for news in after.so_far()) == "begun"  # the curves of the whole run are there again
    with qtbot.waitSignal(after.stopped, timeout=30_000):
        after.cancel()
    assert not after.take_up()
    assert after.interrupted() == [tmp_path / "runs" / "one"]


def test_what_ended_while_no_window_was_open_is_taken_once(tune, notices, tmp_path):
    pack = tmp_path / "runs" / "one" / "run" / "pack"
    pack.mkdir(parents=True)
    (pack / "card.json").write_text("{}")
    made = []
    for _ in range(2):
        after = FineTune(notices, tmp_path / "runs")
        after.finished.connect(made.append)
        assert not after.take_up()
    assert made == [pack]


def test_a_killed_training_is_told_and_offered_again(tune, notices, tmp_path, qtbot):
    (tmp_path / "runs" / "one" / "run").mkdir(parents=True)
    code = "import os, signal; say('{}'); os.kill(os.getpid(), signal.SIGKILL)"
    with qtbot.waitSignal(tune.stopped, timeout=30_000):
        tune.start(scripted(tmp_path, code))
    assert "can be gone on with" in notices.warned[0]
    assert tune.interrupted() == [tmp_path / "runs" / "one"]


def test_what_is_chosen_reaches_the_command(tmp_path):
    made = request(tmp_path, watch=(tmp_path / "w",), locked=(tmp_path / "l",), layers="head", synthetic=False, batch=4)
    assert made.settings == {"batch": 4, "synthetic_fields": 0}
    for flag in ("--watch", "--locked", "--layers", "--config", "--control"):
        assert flag in made.arguments
    assert "--resume" not in made.arguments


def test_where_training_is_missing_the_command_is_given(qapp, notices, tmp_path, monkeypatch):
    monkeypatch.setattr(fine_tune, "can_train_here", lambda: False)
    with pytest.raises(DatasetError, match="python -m training fit"):
        FineTune(notices, Path(tmp_path)).start(request(tmp_path))


def test_a_frozen_build_cannot_train(monkeypatch):
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    assert not fine_tune.can_train_here()
