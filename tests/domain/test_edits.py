"""Edits do what they say, can be taken back, and leave alone what a person did."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allviewer.domain import edits
from allviewer.domain.annotations import Annotations
from allviewer.domain.cell import Cell, CellState, Origin
from allviewer.domain.edits import Change, Edit
from allviewer.domain.geometry import Region
from allviewer.domain.mask import Mask
from tests.domain.strategies import cell_lists, cells, masks, pixels, regions

parts = st.sampled_from(edits.PARTS)
SQUARE = Mask([[1] * 10] * 10, 0, 0)


def plain_cell(**changes: object) -> Cell:
    values = {"id": 1, "mask": SQUARE, "nucleus": Mask.empty(), "label": "blast", "origin": Origin.model("net")}
    return Cell(**(values | changes))


def only_after(edit: Edit) -> Cell | None:
    (change,) = edit.changes
    return change.after


@given(cells(), masks, parts, cell_lists())
def test_paint(cell, stroke, part, neighbours):
    protected = set().union(*(pixels(other.mask) for other in neighbours if other.id != cell.id))
    allowed = pixels(stroke) - protected
    after = only_after(edits.paint(cell, stroke, part, "ann", neighbours))
    assert pixels(after.mask) == pixels(cell.mask) | allowed
    if part == "nucleus":
        assert pixels(after.nucleus) == pixels(cell.nucleus) | allowed
    else:
        assert after.nucleus == cell.nucleus


@given(cells(), masks, parts)
def test_erase(cell, stroke, part):
    after = only_after(edits.erase(cell, stroke, part, "ann"))
    if part == "nucleus":
        assert pixels(after.mask) == pixels(cell.mask)
        assert pixels(after.nucleus) == pixels(cell.nucleus) - pixels(stroke)
        return
    left = pixels(cell.mask) - (pixels(stroke) - pixels(cell.nucleus))
    assert (pixels(after.mask) if after else set()) == left
    if after:
        assert after.nucleus == cell.nucleus


@given(cells(), masks, parts)
def test_replace_part(cell, shape, part):
    edit = edits.replace_part(cell, shape, part, "ann")
    if shape.is_empty:
        assert edit.is_empty
        return
    after = only_after(edit)
    if part == "nucleus":
        assert after.nucleus == shape
        assert pixels(after.mask) == pixels(cell.mask) | pixels(shape)
    else:
        assert after.nucleus == cell.nucleus
        assert pixels(after.mask) == pixels(shape) | pixels(cell.nucleus)


@given(cells(), masks, parts, st.sampled_from([edits.paint, edits.erase, edits.replace_part]))
def test_a_stroke_corrects_a_cell_only_if_it_changes_it(cell, stroke, part, tool):
    edit = tool(cell, stroke, part, "ann")
    for change in edit.changes:
        if change.after is None:
            continue
        moved = change.after.mask != cell.mask or change.after.nucleus != cell.nucleus
        assert edit.is_empty == (not moved)
        assert (change.after.state, change.after.edited_by) == (
            (CellState.CORRECTED, "ann") if moved else (cell.state, cell.edited_by)
        )


@given(cell_lists(), st.data())
def test_every_edit_can_be_taken_back(present, data):
    annotations = Annotations(present)
    before = sorted(annotations, key=lambda cell: cell.id)
    some = data.draw(st.lists(st.sampled_from(present), unique_by=lambda c: c.id)) if present else []
    edit = data.draw(
        st.sampled_from(
            [
                edits.delete(some),
                edits.relabel(some, "lymphocyte", "ann"),
                edits.accept(some, "ann"),
                edits.add(replace(plain_cell(), id=annotations.next_id)),
                edits.take_model_run(present, [plain_cell()], annotations.next_id, "net"),
            ]
        )
    )
    annotations.apply(edit)
    after = sorted(annotations, key=lambda cell: cell.id)
    annotations.apply(edit.inverse())
    assert sorted(annotations, key=lambda cell: cell.id) == before
    annotations.apply(edit.inverse().inverse())
    assert sorted(annotations, key=lambda cell: cell.id) == after


@given(cell_lists(), cell_lists())
def test_a_model_never_changes_what_a_person_touched(present, found):
    annotations = Annotations(present)
    edit = edits.take_model_run(present, found, annotations.next_id, "net")
    annotations.apply(edit)
    touched = [cell for cell in present if cell.is_touched]
    assert all(annotations.get(cell.id) == cell for cell in touched)
    new = [cell for cell in annotations if cell not in touched]
    assert all(cell.id > len(present) for cell in new)
    for cell in new:
        assert not any(other.mask.contains_point(*cell.mask.centroid) for other in touched)
        assert all(cell.mask.iou(other.mask) <= 0.3 for other in touched)
    expected = [
        cell
        for cell in found
        if not any(o.mask.contains_point(*cell.mask.centroid) or o.mask.iou(cell.mask) > 0.3 for o in touched)
    ]
    assert [replace(cell, id=1) for cell in new] == [replace(cell, id=1) for cell in expected]


def test_relabelling_with_the_same_class_accepts():
    after = only_after(edits.relabel([plain_cell()], "blast", "ann"))
    assert (after.state, after.edited_by) == (CellState.ACCEPTED, "ann")
    other = only_after(edits.relabel([plain_cell()], "monocyte", "ann"))
    assert (other.state, other.label) == (CellState.CORRECTED, "monocyte")
    assert edits.accept([other], "bob").is_empty


def test_a_tag_is_put_on_in_place_of_its_rivals_and_taken_off():
    first = only_after(edits.tag([plain_cell()], "L1", True, "ann"))
    assert (first.tags, first.state, first.edited_by) == (("L1",), CellState.ACCEPTED, "ann")
    noted = only_after(edits.tag([first], "vacuoles", True, "ann"))
    changed = only_after(edits.tag([noted], "L2", True, "bob", instead_of=("L1", "L3")))
    assert (changed.tags, changed.edited_by) == (("L2", "vacuoles"), "bob")
    assert only_after(edits.tag([changed], "vacuoles", False, "bob")).tags == ("L2",)
    assert edits.tag([changed], "L2", True, "eve").is_empty
    assert edits.tag([plain_cell()], "L2", False, "eve").is_empty


def test_names_of_steps():
    a, b = plain_cell(), plain_cell(id=2)
    assert edits.delete([a]).text == "Delete, cell 1"
    assert edits.relabel([a, b], "blast", "ann").text == "Label as blast, 2 cells"
    assert edits.erase(a, SQUARE, "cytoplasm", "ann").text == "Erase cytoplasm, cell 1"


@given(cell_lists(8), regions)
def test_cells_are_found_by_place(present, region):
    found = Annotations(present).in_region(region)
    assert found == [cell for cell in present if cell.mask.region.intersects(region)]


@given(cell_lists(8), st.floats(-25, 35), st.floats(-25, 35))
def test_the_smallest_cell_under_a_point(present, x, y):
    hits = [cell for cell in present if cell.mask.contains_point(x, y)]
    found = Annotations(present).at(x, y)
    assert (found is None) == (not hits)
    if found is not None:
        assert found in hits
        assert found.area_px == min(cell.area_px for cell in hits)


@pytest.mark.parametrize(
    "changes",
    [
        (Change(plain_cell(label="monocyte"), None),),
        (Change(None, plain_cell()),),
        (Change(plain_cell(id=2), None), Change(plain_cell(), None)),
        (Change(plain_cell(), plain_cell(label="monocyte")), Change(plain_cell(), plain_cell(label="smudge"))),
    ],
)
def test_a_misfit_edit_changes_nothing(changes):
    cell = plain_cell(origin=changes[0].before.origin if changes[0].before else Origin.model("other"))
    annotations = Annotations([cell])
    with pytest.raises(ValueError, match="edit"):
        annotations.apply(Edit("misfit", changes))
    assert list(annotations) == [cell]
    assert annotations.in_region(Region(0, 0, 20, 20)) == [cell]


def test_ids_are_never_handed_out_again():
    annotations = Annotations([plain_cell(id=7)])
    annotations.apply(edits.delete([plain_cell(id=7, origin=annotations.get(7).origin)]))
    assert annotations.next_id == 8
    annotations.reserve_ids(20)
    annotations.reserve_ids(3)
    assert annotations.next_id == 20
    assert len(annotations) == 0
    assert 7 not in annotations


def test_impossible_cells_and_changes_are_refused():
    for changes in ({"id": 0}, {"mask": Mask.empty()}, {"nucleus": SQUARE.moved(1, 0)}):
        with pytest.raises(ValueError, match="cell"):
            plain_cell(**changes)
    with pytest.raises(ValueError, match="before or an after"):
        Change(None, None)
    with pytest.raises(ValueError, match="keeps the cell's id"):
        Change(plain_cell(), plain_cell(id=2))


def test_measures_of_a_cell():
    cell = plain_cell(nucleus=Mask([[1] * 5] * 10, 0, 0), probabilities=(("blast", 0.9),))
    assert (cell.area_px, cell.nucleus_area_px, cell.cytoplasm_area_px, cell.nc_ratio) == (100, 50, 50, 0.5)
    assert cell.p_blast == 0.9
    assert plain_cell().p_blast == 0
