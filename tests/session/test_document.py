"""The document: memory at once, disk in order, nothing lost when the disk refuses."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from allviewer.domain import edits
from allviewer.domain.annotations import Annotations
from allviewer.errors import CaseError
from allviewer.session.document import Document
from allviewer.session.history import Step
from tests.session.fakes import PlainSource, square


def test_an_edit_shows_at_once_and_is_saved_a_moment_later(document, later, store, qtbot):
    with qtbot.waitSignal(document.cells_changed) as news:
        document.apply(edits.relabel([document.annotations.get(1)], "lymphocyte", "ada"))
    ids, region = news.args
    assert ids == {1}
    assert (region.x, region.width) == (10, 10)
    assert document.annotations.get(1).label == "lymphocyte"
    assert not document.saved
    later.run()
    assert document.saved
    assert store.lines == [("commit", 1, "Label as lymphocyte, cell 1")]


def test_undo_and_redo_write_journal_lines_in_order(document, later, store):
    document.apply(edits.delete([document.annotations.get(1)]))
    document.undo()
    assert 1 in document.annotations
    document.redo()
    assert 1 not in document.annotations
    later.run()
    assert [line[0] for line in store.lines] == ["commit", "undo", "redo"]


def test_a_new_edit_after_undo_forgets_what_was_undone(document):
    document.apply(edits.delete([document.annotations.get(1)]))
    document.undo()
    document.apply(edits.delete([document.annotations.get(2)]))
    assert [step.text for step in document.history] == ["Delete, cell 2"]
    assert not document.can_redo


def test_nothing_changed_leaves_no_step(document, store, later):
    document.apply(edits.Edit("Nothing", ()))
    later.run()
    assert not document.history
    assert not store.lines


def test_a_full_disk_stops_editing_and_keeps_everything(document, journal, later, store, qtbot):
    store.broken = True
    document.apply(edits.delete([document.annotations.get(1)]))
    document.apply(edits.delete([document.annotations.get(2)]))
    with qtbot.waitSignal(journal.failed):
        later.run()
    assert "disk is full" in document.read_only
    assert not document.can_undo
    with pytest.raises(CaseError):
        document.apply(edits.add(square(3, 70, 10)))
    assert len(document.annotations) == 0

    store.broken = False
    journal.retry()
    later.run()
    assert document.saved
    assert not document.read_only
    assert [line[2] for line in store.lines] == ["Delete, cell 1", "Delete, cell 2"]


def test_edits_made_while_a_batch_is_written_follow_it(document, later, store):
    document.apply(edits.delete([document.annotations.get(1)]))
    document.apply(edits.delete([document.annotations.get(2)]))
    document.undo()
    assert len(later.waiting) == 1
    later.run()
    assert [line[0] for line in store.lines] == ["commit", "commit", "undo"]


def test_closing_can_wait_for_the_last_line(document, journal, later):
    told = []
    journal.when_idle(lambda: told.append("before"))
    document.apply(edits.delete([document.annotations.get(1)]))
    journal.when_idle(lambda: told.append("after"))
    assert told == ["before"]
    later.run()
    assert told == ["before", "after"]


def test_steps_of_an_earlier_session_are_fetched_when_undone(journal):
    cell = square(1, 10, 10)
    old = edits.add(cell)
    asked = []
    document = Document(
        1,
        "a.png",
        PlainSource(),
        Annotations([cell]),
        journal,
        history=[Step(old.text, "ada", cell.origin.created_utc, seq=7)],
        position=1,
        fetch=lambda wanted, got, failed: asked.append((wanted, got)),
    )
    document.undo()
    assert len(document.annotations) == 1
    document.undo()
    wanted, got = asked.pop()
    assert (wanted.seqs, wanted.backwards, dict(wanted.present)) == ((7,), True, {1: cell})
    assert not asked
    got([old])
    assert len(document.annotations) == 0
    assert document.position == 0


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.integers(0, 60), min_size=1, max_size=40))
def test_any_walk_through_the_history_shows_the_same_cells(journal, moves):
    document = Document(1, "a.png", PlainSource(), Annotations(), journal)
    for index in range(6):
        document.apply(edits.add(square(index + 1, 12 * index, 0)))
    for move in moves:
        document.go_to(move)
        assert len(document.annotations) == document.position == min(move, 6)
