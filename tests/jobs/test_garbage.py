"""Qt objects are destroyed on the thread that they belong to, whoever makes the garbage."""

import gc
import threading

import pytest
from PySide6.QtCore import QObject

from allviewer.jobs import garbage
from allviewer.jobs.lanes import Lane
from allviewer.jobs.runner import JobRunner


def test_objects_in_cycles_are_never_destroyed_by_a_worker(qapp, qtbot):
    runner, destroyed_on = JobRunner(), []

    class Cycle(QObject):
        def __init__(self):
            super().__init__()
            self.me = self

        def __del__(self):
            destroyed_on.append(threading.current_thread())

    def work(cancel, report):
        return sum(len([[] for _ in range(2000)]) for _ in range(50))

    for _ in range(3000):
        Cycle()
    got = []
    for _ in range(10):
        runner.submit(Lane.TILES, "make garbage", work, got.append)
    qtbot.waitUntil(lambda: len(got) == 10)
    assert destroyed_on == []
    qtbot.waitUntil(lambda: len(destroyed_on) == 3000)
    assert set(destroyed_on) == {threading.main_thread()}
    runner.shutdown()
    assert gc.isenabled()


@pytest.fixture
def looking_often(monkeypatch):
    """Looks every few milliseconds; nothing counts as busy."""
    monkeypatch.setattr(garbage, "_LOOK_MS", 5)
    monkeypatch.setattr(garbage, "_IDLE_SHARE", 1000.0)
    return monkeypatch


def seen_at_once():
    """How many objects each collection from now on may look at."""
    seen = []
    gc.callbacks.append(lambda phase, info: phase == "start" and seen.append(len(gc.get_objects())))
    return seen


def test_cells_of_a_case_are_never_looked_at_while_somebody_works(qapp, qtbot, looking_often):
    looking_often.setattr(garbage, "_IDLE_SHARE", -1.0)  # somebody always works
    runner, seen = JobRunner(), seen_at_once()
    cells = [[number] for number in range(200_000)]
    for _ in range(20):
        more = [[] for _ in range(5_000)]
        qtbot.wait(15)
        cells.append(more)
    assert seen
    assert max(seen) < 100_000
    runner.shutdown()
    gc.callbacks.pop()


def test_garbage_among_them_is_found_when_nothing_is_going_on(qapp, qtbot, looking_often):
    runner, gone = JobRunner(), []

    class Cycle(QObject):
        def __init__(self):
            super().__init__()
            self.me = self

        def __del__(self):
            gone.append(threading.current_thread())

    Cycle()
    cells = [[number] for number in range(200_000)]
    qtbot.waitUntil(lambda: len(gone) == 1)
    assert gone == [threading.main_thread()]
    assert len(cells) == 200_000
    runner.shutdown()
