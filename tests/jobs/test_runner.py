"""Work leaves the UI thread, its results come back to it, and what is no longer wanted does not."""

import gc
import logging
import threading

import pytest

from allviewer.errors import UserError
from allviewer.jobs.inline import InlineRunner
from allviewer.jobs.job import JobState
from allviewer.jobs.lanes import Lane
from allviewer.jobs.runner import JobRunner


@pytest.fixture
def runner(qapp):
    made = JobRunner()
    yield made
    made.shutdown()


def test_results_come_back_on_the_ui_thread(runner, qtbot):
    seen = []

    def work(cancel, report):
        return threading.current_thread()

    runner.submit(Lane.FILES, "look", work, lambda worker: seen.append((worker, threading.current_thread())))
    qtbot.waitUntil(lambda: bool(seen))
    worker, receiver = seen[0]
    assert receiver is threading.main_thread()
    assert worker is not receiver
    assert runner.jobs == []


def test_no_result_is_lost_when_nobody_keeps_the_jobs(runner, qtbot):
    got = []
    for number in range(500):
        runner.submit(Lane.TILES, "tile", lambda cancel, report, n=number: n, got.append)
    gc.collect()
    qtbot.waitUntil(lambda: len(got) == 500)
    assert sorted(got) == list(range(500))
    assert runner.jobs == []


def test_a_lane_with_one_thread_keeps_the_order(runner, qtbot):
    got = []
    for number in range(100):
        runner.submit(Lane.CASE, "write", lambda cancel, report, n=number: n, got.append)
    qtbot.waitUntil(lambda: len(got) == 100)
    assert got == list(range(100))


def test_a_result_that_comes_after_the_cancel_is_dropped(runner, qtbot):
    begun, go, got, ended = threading.Event(), threading.Event(), [], []

    def work(cancel, report):
        begun.set()
        go.wait(10)
        return "late"

    job = runner.submit(Lane.FILES, "read", work, got.append, got.append)
    runner.ended.connect(ended.append)
    assert begun.wait(10)
    job.cancel()
    go.set()
    qtbot.waitUntil(lambda: bool(ended))
    assert got == []
    assert job.state is JobState.CANCELLED


def test_a_waiting_job_that_is_cancelled_never_begins(runner, qtbot):
    go, ran, ended = threading.Event(), [], []
    runner.ended.connect(ended.append)
    runner.submit(Lane.FILES, "first", lambda cancel, report: go.wait(10))
    second = runner.submit(Lane.FILES, "second", lambda cancel, report: ran.append(1))
    second.cancel()
    go.set()
    qtbot.waitUntil(lambda: len(ended) == 2)
    assert ran == []
    assert second.state is JobState.CANCELLED


def test_work_that_looks_at_its_token_ends_soon(runner, qtbot):
    begun = threading.Event()

    def work(cancel, report):
        begun.set()
        while True:
            cancel.check()

    job = runner.submit(Lane.INFERENCE, "find cells", work)
    assert begun.wait(10)
    with qtbot.waitSignal(runner.ended, timeout=1000):
        job.cancel()
    assert job.state is JobState.CANCELLED


def test_an_expected_error_goes_to_failed_and_not_to_the_log(runner, qtbot, caplog):
    told = []

    def work(cancel, report):
        raise UserError("The file is empty.")

    job = runner.submit(Lane.FILES, "read", work, failed=told.append)
    qtbot.waitUntil(lambda: bool(told))
    assert str(told[0]) == "The file is empty."
    assert job.state is JobState.FAILED
    assert not caplog.records


def test_an_unexpected_error_is_logged_whole(runner, qtbot, caplog):
    told = []
    runner.submit(Lane.FILES, "divide", lambda cancel, report: 1 / 0, failed=told.append)
    with caplog.at_level(logging.ERROR):
        qtbot.waitUntil(lambda: bool(told))
    assert isinstance(told[0], ZeroDivisionError)
    assert "divide" in caplog.text
    assert "ZeroDivisionError" in caplog.text


def test_progress_reaches_listeners_in_step(runner, qtbot):
    seen, got = [], []
    runner.progressed.connect(lambda job: seen.append((job.fraction, job.message)))

    def work(cancel, report):
        for step in range(1000):
            report(step / 1000, f"step {step}")
        report(1.5, "end")

    runner.submit(Lane.INFERENCE, "count", work, got.append)
    qtbot.waitUntil(lambda: bool(got))
    assert seen
    assert len(seen) <= 1001
    assert seen == sorted(seen)
    assert all(0 <= fraction <= 1 for fraction, _ in seen)


def test_a_callback_that_fails_does_not_hold_up_the_next(runner, qtbot):
    got = []
    with qtbot.captureExceptions() as raised:
        runner.submit(Lane.FILES, "first", lambda cancel, report: 0, lambda result: 1 / result)
        runner.submit(Lane.FILES, "second", lambda cancel, report: 2, got.append)
        qtbot.waitUntil(lambda: got == [2])
    assert raised[0][0] is ZeroDivisionError


def test_shutdown_writes_what_waits_for_the_case_and_drops_the_rest(qapp):
    runner = JobRunner()
    go, written, read, told = threading.Event(), [], [], []
    runner.submit(Lane.CASE, "write", lambda cancel, report: go.wait(10))
    for number in range(20):
        runner.submit(Lane.CASE, "write", lambda cancel, report, n=number: written.append(n), told.append)
    runner.submit(Lane.FILES, "read", lambda cancel, report: None, read.append)
    threading.Timer(0.05, go.set).start()
    runner.shutdown()
    runner.shutdown()
    assert written == list(range(20))
    assert len(told) == 20
    assert read == []
    assert runner.jobs == []
    with pytest.raises(RuntimeError, match="shut down"):
        runner.submit(Lane.CASE, "write", lambda cancel, report: None)
    assert runner.submit(Lane.TILES, "tile", lambda cancel, report: read.append(1)).state is JobState.CANCELLED
    assert read == []


def test_the_inline_runner_has_the_same_news(qapp):
    runner, news = InlineRunner(), []
    runner.started.connect(lambda job: news.append("started"))
    runner.progressed.connect(lambda job: news.append(job.fraction))
    runner.ended.connect(lambda job: news.append(job.state))

    def work(cancel, report):
        report(0.5, "half")
        return 7

    runner.submit(Lane.FILES, "seven", work, news.append)
    assert news == ["started", 0.5, 7, JobState.DONE]
    assert runner.jobs == []
