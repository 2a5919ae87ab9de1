"""Progress and cancellation for long work, without Qt.

Long work is a plain function of ``(inputs, cancel, report)``: it calls ``cancel.check()`` between steps and
``report(fraction, message)`` when there is news. Neither knows who listens.
"""

import threading
from collections.abc import Callable

Report = Callable[[float, str], None]


class Cancelled(Exception):  # noqa: N818 - not an error: the user asked for it
    """Raised inside work that was cancelled."""


class CancelToken:
    """A flag that the requester sets and the worker looks at; safe between threads."""

    def __init__(self) -> None:
        self._event = threading.Event()

    def cancel(self) -> None:
        self._event.set()

    @property
    def cancelled(self) -> bool:
        return self._event.is_set()

    def check(self) -> None:
        """Raise `Cancelled` if the work is no longer wanted."""
        if self._event.is_set():
            raise Cancelled


def no_report(fraction: float, message: str) -> None:
    """A `Report` that nobody listens to."""


def part_of(report: Report, start: float, end: float) -> Report:
    """A `Report` whose 0..1 fills ``start..end`` of another one."""

    def scaled(fraction: float, message: str) -> None:
        report(start + (end - start) * fraction, message)

    return scaled
