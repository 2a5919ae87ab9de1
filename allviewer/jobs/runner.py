"""Runs work off the UI thread and delivers its results on it.

Workers put what they have to say into an inbox and wake the UI thread with one signal, owned by the runner: signals
owned by short-lived objects lose their results when these objects die first.
"""

import contextlib
import itertools
import logging
import os
import sys
import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal, Slot

from allviewer.errors import UserError
from allviewer.jobs.garbage import GarbageOnUiThread
from allviewer.jobs.job import Done, Failed, Job, JobState, T, Work
from allviewer.jobs.lanes import Lane
from allviewer.progress import Cancelled

log = logging.getLogger(__name__)

_DRAIN_BUDGET_S = 0.006
"""How long deliveries may keep the UI thread before it gets to paint and listen again."""
_TURN_S = 0.001
"""How long a worker may compute in Python before the UI thread gets its turn; it asks several times in a picture."""


class JobRunner(QObject):
    """Threads by lane. Made, used and shut down on the UI thread.

    Signals:
        started, progressed, ended: with the `Job`; not for lanes that are not announced.
    """

    started = Signal(object)
    progressed = Signal(object)
    ended = Signal(object)
    _woken = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pools: dict[Lane, ThreadPoolExecutor] = {}
        self._ids = itertools.count(1)
        self._jobs: dict[int, Job] = {}
        self._inbox: deque[Callable[[], None]] = deque()
        self._is_awake = threading.Event()
        self._is_shut_down = False
        self._garbage = GarbageOnUiThread(self, self._is_in_bulk)
        self._usual_turn_s = sys.getswitchinterval()
        sys.setswitchinterval(_TURN_S)
        self._woken.connect(self._drain, Qt.ConnectionType.QueuedConnection)

    @property
    def is_shut_down(self) -> bool:
        """Whether nothing more may be submitted."""
        return self._is_shut_down

    @property
    def jobs(self) -> list[Job]:
        """Jobs that wait or run, in the order of their submission."""
        return list(self._jobs.values())

    def submit(
        self, lane: Lane, name: str, work: Work[T], done: Done[T] | None = None, failed: Failed | None = None
    ) -> Job:
        """Queue work. On the UI thread, later, `done(result)` or `failed(error)` is called, unless it was cancelled.

        An error that is not a `UserError` is logged whole before it goes to `failed`. After `shutdown` nothing begins
        any more: the job comes back cancelled.

        Raises:
            RuntimeError: after `shutdown`, for a lane whose work must not be lost.
        """
        job = Job(next(self._ids), lane, name)
        if self._is_shut_down:
            if lane.is_flushed:
                raise RuntimeError(f"'{name}' was submitted after the runner had been shut down")
            job.cancel()
            job.state = JobState.CANCELLED
            return job
        self._jobs[job.id] = job
        self._begin(job, lambda: self._run(job, work, done, failed))
        return job

    def cancel_all(self, lane: Lane) -> None:
        """Cancel every job of a lane."""
        for job in self.jobs:
            if job.lane is lane:
                job.cancel()

    def shutdown(self) -> None:
        """Cancel what can be cancelled, wait for all, deliver the results of flushed lanes. May be called twice."""
        if self._is_shut_down:
            return
        self._is_shut_down = True
        for job in self.jobs:
            if not job.lane.is_flushed:
                job.cancel()
        for pool in self._pools.values():
            pool.shutdown(wait=True)
        self._garbage.stop()
        sys.setswitchinterval(self._usual_turn_s)
        while self._inbox:
            self._inbox.popleft()()

    def _is_in_bulk(self) -> bool:
        return any(job.lane.is_bulky for job in self._jobs.values())

    def _begin(self, job: Job, run: Callable[[], None]) -> None:
        if job.lane not in self._pools:
            self._pools[job.lane] = ThreadPoolExecutor(
                job.lane.threads, thread_name_prefix=job.lane, initializer=_give_way, initargs=(job.lane,)
            )
        job.future = self._pools[job.lane].submit(run)
        job.future.add_done_callback(lambda future: self._note_unstarted(job, future))

    def _note_unstarted(self, job: Job, future: "Future[None]") -> None:
        if future.cancelled():
            self._post(lambda: self._end(job, JobState.CANCELLED))

    def _run(self, job: Job, work: Work[T], done: Done[T] | None, failed: Failed | None) -> None:
        """On the worker: do the work, whatever happens post an ending."""
        if job.token.cancelled:
            self._post(lambda: self._end(job, JobState.CANCELLED))
            return
        job.started_s = time.monotonic()
        if job.lane.is_announced:
            self._post(lambda: self._note_start(job))
        try:
            result = work(job.token, self._reporter(job))
        except Cancelled:
            self._post(lambda: self._end(job, JobState.CANCELLED))
        except Exception as error:  # any failure of a job is taken up here, and told
            caught = error
            if not isinstance(error, UserError) and not job.token.cancelled:
                log.exception("job '%s' failed", job.name)
            self._post(lambda: self._end(job, JobState.FAILED, lambda: self._tell(job, caught, failed)))
        else:
            self._post(lambda: self._end(job, JobState.DONE, done and (lambda: done(result))))

    def _reporter(self, job: Job) -> Callable[[float, str], None]:
        waiting = threading.Event()

        def announce() -> None:
            waiting.clear()
            if not job.state.is_over:
                self.progressed.emit(job)

        def report(fraction: float, message: str) -> None:
            job.fraction, job.message = min(1.0, max(0.0, fraction)), message
            if job.lane.is_announced and not waiting.is_set():
                waiting.set()
                self._post(announce)

        return report

    def _post(self, delivery: Callable[[], None]) -> None:
        self._inbox.append(delivery)
        self._wake()

    def _wake(self) -> None:
        if not self._is_awake.is_set():
            self._is_awake.set()
            self._woken.emit()

    @Slot()
    def _drain(self) -> None:
        self._is_awake.clear()
        until = time.perf_counter() + _DRAIN_BUDGET_S
        try:
            while self._inbox and time.perf_counter() < until:
                self._inbox.popleft()()
        finally:
            if self._inbox:
                self._wake()

    def _note_start(self, job: Job) -> None:
        if job.state is JobState.WAITING:
            job.state = JobState.RUNNING
            self.started.emit(job)

    def _end(self, job: Job, state: JobState, deliver: Callable[[], Any] | None = None) -> None:
        """On the UI thread: the last news of a job. What comes after a cancel is dropped."""
        if self._jobs.pop(job.id, None) is None:
            return
        job.state = JobState.CANCELLED if job.token.cancelled else state
        try:
            if deliver is not None and not job.token.cancelled:
                deliver()
        finally:
            if job.lane.is_announced:
                self.ended.emit(job)

    def _tell(self, job: Job, error: Exception, failed: Failed | None) -> None:
        job.error = error
        if failed is not None:
            failed(error)
        elif isinstance(error, UserError):
            log.warning("job '%s' failed: %s", job.name, error)


def _give_way(lane: Lane) -> None:
    """Let the UI thread go first: networks keep every core busy, and their threads inherit this priority."""
    if lane is Lane.INFERENCE and sys.platform == "linux":  # elsewhere a thread has no priority of its own to set
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), 5)
