"""A runner that does everything at once on the calling thread: for tests and the command line."""

from collections.abc import Callable

from allviewer.jobs.job import Job
from allviewer.jobs.runner import JobRunner


class InlineRunner(JobRunner):
    """Same interface and order of news as `JobRunner`; when `submit` returns, all of it has been delivered."""

    def _begin(self, job: Job, run: Callable[[], None]) -> None:
        run()

    def _post(self, delivery: Callable[[], None]) -> None:
        delivery()
