"""A session in a process of its own, made to be killed: the program's own document, journal, runner and case file.

What the state bar would call saved is told to the parent, line by line.
"""

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from pathlib import Path

import numpy as np
from PySide6.QtCore import QCoreApplication, QTimer

from allviewer.domain.annotations import Annotations
from allviewer.domain.slide import Level, SlideInfo
from allviewer.jobs.lanes import Lane
from allviewer.jobs.one_lane import OneLane
from allviewer.jobs.runner import JobRunner
from allviewer.session.document import Document
from allviewer.session.journal import Journal, JournalWrite
from allviewer.storage.case_database import raw_connection
from allviewer.storage.case_file import CaseFile
from allviewer.storage.case_records import ImageRecord
from tests.kill.script import SIDE_PX, Script

GESTURES = 150
"""Many more than there is time for."""


class Plain:
    """A white image."""

    shareable = True
    info = SlideInfo((Level(SIDE_PX, SIDE_PX, 1.0),), mpp=0.1)

    def read(self, level, x, y, width, height):
        return np.full((height, width, 3), 255, np.uint8)

    def close(self):
        pass


class Counted(Journal):
    """Counts the lines that were asked for."""

    lines = 0

    def write(self, line: JournalWrite) -> None:
        self.lines += 1
        super().write(line)


def new_case(path: Path) -> None:
    with CaseFile.create(path) as case:
        case.add_image(ImageRecord(path.with_suffix(".png"), "ab" * 32, 1, SIDE_PX, SIDE_PX))


@contextmanager
def _document(make_store: Callable[[], CaseFile], submit) -> Iterator[tuple[Document, Counted]]:
    journal = Counted(make_store, "ada", submit)
    yield Document(1, "smear.png", Plain(), Annotations(), journal), journal


def states_of(seed: int) -> list[dict]:
    """The cells after each line of the journal of a session that nobody kills, in memory alone."""
    states: list[dict] = [{}]
    with _document(lambda: None, lambda *_: None) as (document, journal):
        script = Script(document, seed)
        for _ in range(GESTURES):
            script.gesture()
            if journal.lines == len(states):
                states.append(dict(document.annotations.by_id()))
            assert journal.lines == len(states) - 1, "a gesture is one line"
    return states


def be_killed(path: Path, seed: int, inside: tuple[str, int] | None, told: Connection) -> None:
    """Work until somebody kills this process; `inside`: do it ourselves, in the midst of a write."""
    app = QCoreApplication([])
    runner = JobRunner()
    case = CaseFile.open(path)
    if inside is not None:
        _die_inside_a_write(case, *inside)
    with _document(lambda: case, OneLane(runner, Lane.CASE)) as (document, journal):
        script = Script(document, seed)
        gestures = iter(range(GESTURES))

        def next_gesture() -> None:
            if journal.pending < 8 and next(gestures, None) is not None:
                script.gesture()

        journal.changed.connect(lambda: told.send(journal.lines - journal.pending))
        timer = QTimer(interval=1)
        timer.timeout.connect(next_gesture)
        timer.start()
        told.send(0)
        app.exec()


def _die_inside_a_write(case: CaseFile, what: str, number: int) -> None:
    """End this process at a statement of a transaction, or at an instruction within one."""
    database = raw_connection(case._connection)
    left = [number]

    def count(*_) -> int:
        if database.in_transaction:
            left[0] -= 1
            if left[0] < 0:
                os.kill(os.getpid(), signal.SIGKILL)
        return 0

    if what == "statement":
        database.set_trace_callback(count)
    else:
        database.set_progress_handler(count, 20)
