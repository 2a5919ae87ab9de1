"""Fixtures of the view's tests."""

import pytest

from allviewer.jobs.runner import JobRunner
from tests.ui.canvas.view_bench import Bench


@pytest.fixture
def runner(qapp):
    made = JobRunner()
    yield made
    made.shutdown()
    assert made.jobs == []


@pytest.fixture
def bench(qtbot, runner):
    return Bench(qtbot, runner)
