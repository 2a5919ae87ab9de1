"""Jobs are done once, go on after a kill, and say why where they cannot be done."""

from pathlib import Path

import numpy as np
import pytest

from allviewer.progress import Cancelled, CancelToken
from training.errors import TrainingError
from training.evaluation.predictions import Predictions
from training.reproduce.jobs import Budget, Job, kept_runs, run_jobs


def _made() -> Predictions:
    return Predictions(
        names=("a", "b"),
        groups=("s1", "s2"),
        folds=np.array([0, 1]),
        protocol="by_subject",
        classes=("normal", "blast"),
        truth=np.array([0, 1]),
        probabilities=np.eye(2, dtype=np.float32),
    )


class _Work:
    def __init__(self, error: Exception | None = None) -> None:
        self.times, self.error = 0, error

    def __call__(self, folder: Path, cancel: CancelToken, tell: object) -> Predictions:
        self.times += 1
        if self.error:
            raise self.error
        return _made()

    def job(self, name: str, settings: bytes = b"one") -> Job:
        return Job(name, "toy", "by_subject", settings, Predictions, self)


def _run(jobs: list[Job], out: Path, minutes: float | None = None) -> list[str]:
    outcomes = run_jobs(jobs, out, Budget(minutes), CancelToken(), lambda _: None)
    return [outcome.why_not or "done" for outcome in outcomes]


def test_what_is_done_is_not_done_again(tmp_path: Path) -> None:
    first, second = _Work(), _Work()
    assert _run([first.job("a")], tmp_path) == ["done"]
    assert _run([first.job("a"), second.job("b")], tmp_path) == ["done", "done"]
    assert (first.times, second.times) == (1, 1)


def test_a_stopped_comparison_goes_on_where_it_stopped(tmp_path: Path) -> None:
    first, stopped = _Work(), _Work(Cancelled())
    with pytest.raises(Cancelled):
        _run([first.job("a"), stopped.job("b")], tmp_path)
    assert [outcome.run is not None for outcome in kept_runs([first.job("a"), stopped.job("b")], tmp_path)] == [
        True,
        False,
    ]
    stopped.error = None
    assert _run([first.job("a"), stopped.job("b")], tmp_path) == ["done", "done"]
    assert (first.times, stopped.times) == (1, 2)


def test_one_that_fails_says_why_and_the_others_go_on(tmp_path: Path) -> None:
    failing, other = _Work(TrainingError("The loss is no longer a number in epoch 1.")), _Work()
    assert _run([failing.job("a"), other.job("b")], tmp_path) == ["The loss is no longer a number in epoch 1.", "done"]


def test_other_settings_are_never_taken_for_the_same(tmp_path: Path) -> None:
    work = _Work()
    _run([work.job("a")], tmp_path)
    with pytest.raises(TrainingError, match="other settings"):
        _run([work.job("a", b"two")], tmp_path)
    assert kept_runs([work.job("a", b"two")], tmp_path)[0].run is None


def test_a_job_that_failed_before_it_left_anything_may_be_tried_with_other_settings(tmp_path: Path) -> None:
    failing = _Work(TrainingError("There is no such variant."))
    _run([failing.job("a")], tmp_path)
    failing.error = None
    assert _run([failing.job("a", b"two")], tmp_path) == ["done"]


def test_nothing_is_begun_when_the_time_is_up(tmp_path: Path) -> None:
    work = _Work()
    assert _run([work.job("a")], tmp_path, minutes=0) == ["The time given was up before its turn."]
    assert work.times == 0
