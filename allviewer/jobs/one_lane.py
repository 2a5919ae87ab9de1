"""A lane as the session wants it: plain work in, one call back."""

from collections.abc import Callable

from allviewer.jobs.job import Job
from allviewer.jobs.lanes import Lane
from allviewer.jobs.runner import JobRunner


class OneLane:
    """Submits work to one lane: `Lane.CASE` is the one on which case files are touched."""

    def __init__(self, runner: JobRunner, lane: Lane) -> None:
        self._runner = runner
        self._lane = lane

    def __call__(
        self,
        name: str,
        work: Callable[[], object],
        done: Callable[[object], None],
        failed: Callable[[Exception], None],
    ) -> Job:
        return self._runner.submit(self._lane, name, lambda cancel, report: work(), done, failed)
