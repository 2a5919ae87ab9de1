"""A document over a journal that keeps its lines in a list."""

import pytest

from allviewer.domain.annotations import Annotations
from allviewer.session.document import Document
from allviewer.session.journal import Journal
from tests.session.fakes import Later, ListStore, PlainSource, square


@pytest.fixture
def store():
    return ListStore()


@pytest.fixture
def later():
    return Later()


@pytest.fixture
def journal(qapp, store, later):
    return Journal(lambda: store, "ada", later)


@pytest.fixture
def document(journal):
    return Document(1, "a.png", PlainSource(), Annotations([square(1, 10, 10), square(2, 40, 10)]), journal)
