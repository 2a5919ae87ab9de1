"""The case lane as `session.journal` wants it: plain work in, one call back."""

from collections.abc import Callable

from allviewer.jobs.job import Job
from allviewer.jobs.lanes import Lane
from allviewer.jobs.runner import JobRunner


class CaseLane:
    """Submits work to the one lane on which case files are touched."""

    def __init__(self, runner: JobRunner) -> None:
        self._runner = runner

    def __call__(
        self,
        name: str,
        work: Callable[[], object],
        done: Callable[[object], None],
        failed: Callable[[Exception], None],
    ) -> Job:
        return self._runner.submit(Lane.CASE, name, lambda cancel, report: work(), done, failed)
