"""Qt objects are destroyed on the thread that they belong to, whoever makes the garbage."""

import gc
import threading

from PySide6.QtCore import QObject

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
