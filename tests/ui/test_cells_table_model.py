"""The table of cells: follows its document, sorts, filters, stays quick."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt

from allviewer.domain import edits
from allviewer.domain.annotations import Annotations
from allviewer.domain.labels import ALL_CLASSES
from allviewer.jobs.inline import InlineRunner
from allviewer.session.document import Document
from allviewer.session.journal import Journal
from allviewer.ui.cell_rows import UNSURE_STATE, CellFilter
from allviewer.ui.cells_table_model import CellsTableModel
from tests.session.fakes import Later, ListStore, PlainSource, square


@pytest.fixture
def document(qapp):
    cells = [square(1, 10, 10, 10), square(2, 40, 10, 14, "lymphocyte"), square(3, 70, 10, 12)]
    return Document(1, "a.png", PlainSource(), Annotations(cells), Journal(ListStore, "ada", Later()))


@pytest.fixture
def model(document, qtmodeltester):
    model = CellsTableModel(ALL_CLASSES, InlineRunner())
    model.show(document)
    qtmodeltester.check(model)
    return model


def ids(model):
    return [model.cell_at(row).id for row in range(model.rowCount())]


def test_rows_follow_edits(model, document):
    document.apply(edits.delete([document.annotations.get(2)]))
    assert ids(model) == [1, 3]
    document.undo()
    assert sorted(ids(model)) == [1, 2, 3]
    document.apply(edits.relabel([document.annotations.get(3)], "monocyte", "ada"))
    assert model.cell_at(model.row_of(3)).label == "monocyte"


def test_sorting_by_area_and_back(model):
    model.sort(5, Qt.SortOrder.DescendingOrder)
    assert ids(model) == [2, 3, 1]
    model.sort(0, Qt.SortOrder.AscendingOrder)
    assert ids(model) == [1, 2, 3]


def test_the_filter_is_kept_true_while_cells_change(model, document):
    model.set_filter(CellFilter(label="blast"))
    assert ids(model) == [1, 3]
    document.apply(edits.relabel([document.annotations.get(1)], "lymphocyte", "ada"))
    assert ids(model) == [3]
    model.set_filter(CellFilter(state="corrected"))
    assert ids(model) == [1]


def test_many_changes_at_once(model, document):
    many = edits.Edit("Add many", tuple(edits.Change(None, square(i, i, 40)) for i in range(10, 1500)))
    document.apply(many)
    assert model.rowCount() == 3 + 1490
    document.undo()
    assert model.rowCount() == 3


def test_cells_that_the_classifier_doubts_are_marked_and_can_be_listed_alone(model, document):
    doubted = replace(square(2, 40, 10, 14), probabilities=(("blast", 0.6), ("lymphocyte", 0.4)), uncertainty=0.7)
    document.apply(edits.Edit("Doubt", (edits.Change(document.annotations.get(2), doubted),)))
    model.set_filter(CellFilter(state=UNSURE_STATE))
    assert ids(model) == [2]
    assert model.index(0, 1).data().endswith("?")
    document.apply(edits.accept([doubted], "ada"))
    assert ids(model) == []
