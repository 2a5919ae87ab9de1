"""Edits of very many cells: made elsewhere, in order, and never lost."""

import pytest

from allviewer.domain import edits
from allviewer.domain.annotations import Annotations
from allviewer.errors import CaseError
from allviewer.session.document import Document
from allviewer.session.journal import Journal
from allviewer.session.large_edits import LargeEdits
from tests.session.fakes import Later, ListStore, PlainSource, square

MANY = 100_000


@pytest.fixture
def store():
    return ListStore()


@pytest.fixture
def disk():
    return Later()


@pytest.fixture
def journal(qapp, store, disk):
    return Journal(lambda: store, "ada", disk)


@pytest.fixture
def document(journal):
    cells = [square(1, 10, 10, 10), square(2, 40, 10, 14, "lymphocyte")]
    return Document(1, "a.png", PlainSource(), Annotations(cells), journal)


@pytest.fixture
def worker():
    return Later()


@pytest.fixture
def refused():
    return []


@pytest.fixture
def large(worker, refused):
    return LargeEdits(worker, refused.append)


def relabelled(document):
    return edits.relabel(list(document.annotations), "monocyte", "ada")


def labels(document):
    return [cell.label for cell in document.annotations]


def test_a_small_edit_is_there_at_once(document, large, worker):
    large.apply(document, 2, lambda: relabelled(document))
    assert labels(document) == ["monocyte", "monocyte"]
    assert not worker.waiting


def test_a_large_edit_comes_when_it_is_made(document, large, worker):
    told = []
    large.apply(document, MANY, lambda: relabelled(document), told.append)
    assert labels(document) == ["blast", "lymphocyte"]
    assert not document.saved, "nobody may close the case now"
    worker.run()
    assert labels(document) == ["monocyte", "monocyte"]
    assert [edit.text for edit in told] == ["Label as monocyte, 2 cells"]


def test_nothing_else_changes_meanwhile(document, large, worker, refused):
    document.apply(edits.delete([document.annotations.get(2)]))
    large.apply(document, MANY, lambda: relabelled(document))
    assert not document.can_undo
    with pytest.raises(CaseError, match="wait a moment"):
        document.apply(edits.delete([document.annotations.get(1)]))
    large.apply(document, 1, lambda: relabelled(document))
    assert len(refused) == 1
    worker.run()
    document.undo()
    document.undo()
    assert labels(document) == ["blast", "lymphocyte"]


def test_what_closes_the_case_waits_for_it(document, journal, large, worker, disk, store):
    closed = []
    large.apply(document, MANY, lambda: relabelled(document))
    journal.when_idle(lambda: closed.append(list(store.lines)))
    assert not closed
    worker.run()
    assert not closed
    disk.run()
    assert closed == [[("commit", 1, "Label as monocyte, 2 cells")]]


def test_one_that_fails_changes_nothing_and_says_so(document, worker, refused):
    def fail(name, work, done, failed):
        failed(ValueError("no"))

    LargeEdits(fail, refused.append).apply(document, MANY, lambda: relabelled(document))
    assert "not made" in str(refused[0])
    assert labels(document) == ["blast", "lymphocyte"]
    assert document.saved
    document.apply(relabelled(document))
    assert labels(document) == ["monocyte", "monocyte"]
