"""One piece of work off the UI thread, as the UI thread sees it."""

import enum
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import TypeVar

from allviewer.jobs.lanes import Lane
from allviewer.progress import CancelToken, Report

T = TypeVar("T")

Work = Callable[[CancelToken, Report], T]
"""A plain function: it captures what it needs, looks at the token between steps and touches no widget."""

Done = Callable[[T], None]
Failed = Callable[[Exception], None]


class JobState(enum.StrEnum):
    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def is_over(self) -> bool:
        return self in (JobState.DONE, JobState.FAILED, JobState.CANCELLED)


@dataclass(eq=False, slots=True)
class Job:
    """Handle of submitted work; read and cancelled on the UI thread.

    Attributes:
        id: unique within its runner, rising.
        name: for people ("Find cells in smear 3").
        fraction: 0 to 1, as last reported.
        message: what is being done, as last reported.
        started_s: `time.monotonic()` when the work began, or None while it waits.
        error: what ended it, when it failed.
    """

    id: int
    lane: Lane
    name: str
    token: CancelToken = field(default_factory=CancelToken, repr=False)
    state: JobState = JobState.WAITING
    fraction: float = 0.0
    message: str = ""
    started_s: float | None = None
    error: Exception | None = None
    future: "Future[None] | None" = field(default=None, repr=False)

    @property
    def running_s(self) -> float:
        """Seconds since the work began; 0 while it waits."""
        return 0.0 if self.started_s is None else time.monotonic() - self.started_s

    def cancel(self) -> None:
        """Ask the work to stop. Its result, should one still come, is dropped; neither callback is called."""
        self.token.cancel()
        if self.future is not None:
            self.future.cancel()
