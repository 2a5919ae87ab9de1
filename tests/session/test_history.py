"""A history without end in memory that has one."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from allviewer.domain.annotations import Annotations
from allviewer.domain.edits import Change, Edit
from allviewer.errors import CaseError
from allviewer.session.document import Document
from allviewer.session.history import History, Step
from tests.session.fakes import PlainSource, square


def relabelled(number, cell=None):
    """A step of 100 cells of which something else is said."""
    cells = [cell or square(i, 12 * i, 0) for i in range(1, 101)]
    return Edit(f"Step {number}", [Change(c, replace(c, uncertainty=number / 1000)) for c in cells])


def full_history(steps, budget_bytes):
    history = History([], 0, budget_bytes)
    for number in range(1, steps + 1):
        step = Step(f"Step {number}", "ada", datetime.now(UTC), relabelled(number))
        history.add(step)
        history.written(step, number)
    return history


def held(history):
    return [step.seq for step in history.steps if step.edit is not None]


def test_only_the_newest_steps_stay_in_memory():
    one = relabelled(1).footprint.nbytes
    assert held(full_history(40, 12 * one)) == list(range(29, 41))
    assert held(full_history(40, 0)) == list(range(33, 41)), "the last ones stay, however large they are"


def test_what_is_not_on_disk_is_never_let_go_of():
    history = History([], 0, 0)
    steps = [Step(f"Step {n}", "ada", datetime.now(UTC), relabelled(n)) for n in range(20)]
    for step in steps:
        history.add(step)
    assert all(step.edit is not None for step in steps)
    for number, step in enumerate(steps, start=1):
        history.written(step, number)
    assert held(history) == list(range(13, 21))


def test_steps_are_read_again_from_where_memory_ends():
    history = full_history(40, 0)
    history.position = 32
    assert [step.seq for step in history.wanted(backwards=True)] == list(range(32, 24, -1))
    assert history.wanted(backwards=False) == []
    missing = history.wanted(backwards=True)
    history.take(missing, [relabelled(step.seq) for step in missing[:3]])
    assert held(history)[:3] == [30, 31, 32]
    history.add(Step("another", "ada", datetime.now(UTC), relabelled(99)))
    assert len(history.steps) == 33
    history.take([missing[0]], [relabelled(1)])


def test_long_walks_through_what_memory_has_let_go_of(journal, later):
    """Everything is taken back and done again, read in parts from the journal."""
    written = {}
    cell = square(1, 10, 10)
    cells = [replace(cell, uncertainty=n / 100) for n in range(31)]
    steps = []
    for n in range(1, 31):
        written[n] = Edit(f"Step {n}", [Change(cells[n - 1], cells[n])])
        steps.append(Step(f"Step {n}", "ada", datetime.now(UTC), seq=n))
    asked = []

    def fetch(wanted, got, failed):
        asked.append(wanted.seqs)
        got([written[seq] for seq in wanted.seqs[:5]])

    document = Document(1, "a.png", PlainSource(), annotations_of(cells[30]), journal, steps, 30, fetch)
    document.go_to(0)
    assert document.annotations.get(1) == cells[0]
    document.go_to(17)
    assert document.annotations.get(1) == cells[17]
    assert asked[0] == tuple(range(30, 22, -1))
    later.run()


def test_a_step_that_cannot_be_read_leaves_the_document_where_it_is(journal):
    steps = [Step("Step 1", "ada", datetime.now(UTC), seq=1)]
    document = Document(1, "a.png", PlainSource(), annotations_of(square(1, 0, 0)), journal, steps, 1)
    with pytest.raises(CaseError, match="cannot be read"):
        document.undo()
    assert document.position == 1
    document = Document(
        1,
        "a.png",
        PlainSource(),
        annotations_of(square(1, 0, 0)),
        journal,
        steps,
        1,
        lambda wanted, got, failed: failed(),
    )
    document.undo()
    assert document.position == 1
    assert document.can_undo


def annotations_of(*cells):
    return Annotations(cells)
