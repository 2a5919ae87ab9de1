"""A case gives back what was put in, through edits, undo, redo and reopening."""

from dataclasses import replace

import pytest

from allviewer.domain import edits
from allviewer.domain.mask import Mask
from allviewer.errors import CaseError
from allviewer.storage.case_file import CaseFile


def test_cells_survive_reopening(case, image_record, make_cell):
    image = case.add_image(image_record)
    cells = tuple(make_cell(i, x=30 * i) for i in range(1, 6))
    case.commit(image.id, edits.take_model_run([], cells, 1, "smear-net"), "ann")
    case.close()
    with CaseFile.open(case.path) as again:
        stored = again.load(image.id)
        assert stored.cells == cells
        assert stored.next_id == 6
        assert [entry.text for entry in stored.history] == ["Run smear-net: 5 cells"]
        assert stored.position == 1
        assert again.notices == ()


def test_tags_survive_reopening_and_are_undone(case, image_record, make_cell):
    cell = make_cell(1)
    image = case.add_image(image_record)
    case.commit(image.id, edits.add(cell), "ann")
    case.commit(image.id, edits.tag([cell], "L2", True, "ann"), "ann")
    case.close()
    with CaseFile.open(case.path) as again:
        assert [stored.tags for stored in again.load(image.id).cells] == [("L2",)]
        assert again.check().is_sound
        again.undo(image.id, "ann")
        assert [stored.tags for stored in again.load(image.id).cells] == [()]


def test_undo_and_redo_survive_reopening(case, image_record, make_cell):
    image = case.add_image(image_record)
    cell = make_cell(1)
    case.commit(image.id, edits.add(cell), "ann")
    erased = edits.erase(cell, Mask([[1] * 8] * 8, 0, 0), "cytoplasm", "ann")
    case.commit(image.id, erased, "ann")
    step = case.undo(image.id, "bob")
    assert step is not None
    assert (step.text, step.author, step.undone) == ("Erase cytoplasm, cell 1", "ann", True)
    case.close()
    with CaseFile.open(case.path) as again:
        stored = again.load(image.id)
        assert stored.cells == (cell,)
        assert [(entry.text, entry.undone) for entry in stored.history] == [
            ("Add cell 1", False),
            ("Erase cytoplasm, cell 1", True),
        ]
        assert stored.position == 1
        assert again.edit_at(stored.history[1].seq) == erased
        again.redo(image.id, "ann")
        assert again.load(image.id).cells == (erased.changes[0].after,)
        assert again.redo(image.id, "ann") is None
        assert again.check().is_sound


def test_a_new_edit_ends_what_was_undone(case, image_record, make_cell):
    image = case.add_image(image_record)
    case.commit(image.id, edits.add(make_cell(1)), "ann")
    case.commit(image.id, edits.add(make_cell(2, x=50)), "ann")
    case.undo(image.id, "ann")
    case.commit(image.id, edits.add(make_cell(3, x=90)), "ann")
    stored = case.load(image.id)
    assert [entry.text for entry in stored.history] == ["Add cell 1", "Add cell 3"]
    assert case.redo(image.id, "ann") is None
    assert case.check().is_sound


def test_ids_are_never_used_again(case, image_record, make_cell):
    image = case.add_image(image_record)
    case.commit(image.id, edits.add(make_cell(9)), "ann")
    case.undo(image.id, "ann")
    assert case.load(image.id).next_id == 10
    with pytest.raises(CaseError, match="cell 9 was used before"):
        case.commit(image.id, edits.add(make_cell(9)), "ann")
    assert case.load(image.id).cells == ()


def test_an_edit_of_something_else_changes_nothing(case, image_record, make_cell):
    image = case.add_image(image_record)
    cell = make_cell(1)
    case.commit(image.id, edits.add(cell), "ann")
    stranger = replace(cell, label="monocyte")
    with pytest.raises(CaseError, match="not stored as the edit expects"):
        case.commit(image.id, edits.relabel([stranger], "blast", "ann"), "ann")
    assert case.load(image.id).cells == (cell,)
    assert case.check().entries == 1


def test_nothing_to_undo(case, image_record):
    image = case.add_image(image_record)
    assert case.undo(image.id, "ann") is None
    assert case.redo(image.id, "ann") is None
