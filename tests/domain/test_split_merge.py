"""Splitting loses no pixel, merging adds none, and each is one step that can be undone."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from allviewer.domain import split_merge
from allviewer.domain.annotations import Annotations
from allviewer.domain.cell import Cell, CellState, Origin
from allviewer.domain.edits import Edit
from allviewer.domain.geometry import Region
from allviewer.domain.mask import Mask
from tests.domain.strategies import cell_lists, cells, pixels
from tests.domain.test_reshape import cell_of, disk

TWO_CELLS = disk(20, 0, 0) | disk(15, 28, 0)
points = st.tuples(st.floats(-30, 30), st.floats(-30, 30))


def after(edit: Edit) -> list[Cell]:
    return [change.after for change in edit.changes if change.after is not None]


@given(cells(), st.lists(points, min_size=2, max_size=4), st.lists(points, max_size=4))
def test_pieces_are_the_cell(cell, path, seeds):
    for edit in (
        split_merge.split_by_line(cell, path, 7, "ann"),
        split_merge.split_by_seeds(cell, seeds, 7, "ann"),
    ):
        document = Annotations([cell])
        document.apply(edit)
        pieces = list(document)
        assert sum(piece.area_px for piece in pieces) == cell.area_px
        assert set().union(*(pixels(piece.mask) for piece in pieces)) == pixels(cell.mask)
        assert set().union(*(pixels(piece.nucleus) for piece in pieces)) == pixels(cell.nucleus)
        document.apply(edit.inverse())
        assert list(document) == [cell]


def test_line_through_the_neck_parts_two_touching_cells():
    nuclei = disk(10, 0, 0) | disk(8, 30, 0)
    edit = split_merge.split_by_line(cell_of(TWO_CELLS, nuclei), [(17, -40), (17, 40)], 5, "ann")
    large, small = after(edit)
    assert (large.id, small.id) == (1, 5)
    assert large.nucleus == disk(10, 0, 0)
    assert small.nucleus == disk(8, 30, 0)
    assert large.mask.iou(disk(20, 0, 0)) > 0.9
    assert {large.state, small.state} == {CellState.CORRECTED}
    assert edit.text == "Split cell 1 in 2"


def test_line_that_only_grazes_or_ends_inside_splits_nothing():
    cell = cell_of(disk(20))
    assert split_merge.split_by_line(cell, [(0, 0), (0, 40)], 5, "ann").is_empty
    assert split_merge.split_by_line(cell, [(-30, 19), (30, 19)], 5, "ann").is_empty


def test_seeds_part_touching_cells_at_the_neck():
    large, small = after(split_merge.split_by_seeds(cell_of(TWO_CELLS), [(0, 0), (30, 0), (99, 99)], 5, "ann"))
    assert large.mask.iou(disk(20, 0, 0)) > 0.9
    assert small.mask.iou(disk(15, 28, 0)) > 0.85
    assert split_merge.split_by_seeds(cell_of(TWO_CELLS), [(0, 0)], 5, "ann").is_empty


@given(cell_lists())
def test_merged_cell_is_the_union(present):
    edit = split_merge.merge(present, "ann")
    document = Annotations(present)
    document.apply(edit)
    if len(present) < 2:
        assert edit.is_empty
        return
    (whole,) = document
    assert pixels(whole.mask) == set().union(*(pixels(cell.mask) for cell in present))
    assert pixels(whole.nucleus) == set().union(*(pixels(cell.nucleus) for cell in present))
    largest = max(cell.area_px for cell in present)
    assert next(cell for cell in present if cell.id == whole.id).area_px == largest
    document.apply(edit.inverse())
    assert sorted(document, key=lambda cell: cell.id) == present


def test_copies_stay_inside_the_image_and_are_a_persons():
    cell = Cell(3, disk(5, 10, 10), disk(2, 10, 10), "blast", Origin.model("net"))
    (copied,) = after(split_merge.copy([cell], 9, "ann", Region(0, 0, 20, 20), dx=5))
    assert copied.id == 9
    assert copied.mask.region.right == 20
    assert copied.origin.name == "ann"
    assert split_merge.copy([cell], 9, "ann", Region(50, 50, 20, 20)).changes == ()
    assert np.array_equal(copied.nucleus.bitmap, cell.nucleus.bitmap)


@pytest.mark.parametrize(
    ("large", "small", "seeds"),
    [
        ((50, 60, 50), (140, 60, 48), [(30.5, 70.5), (160.5, 40.5)]),
        ((60, 60, 55), (136, 60, 30), [(20.5, 60.5), (150.5, 65.5)]),
        ((50, 60, 50), (140, 60, 48), [(80.5, 60.5), (110.5, 60.5)]),
    ],
)
def test_seeds_need_not_be_in_the_middle(large, small, seeds):
    ys, xs = np.mgrid[:120, :200]
    discs = [(xs - x) ** 2 + (ys - y) ** 2 < r**2 for x, y, r in (large, small)]
    cell = Cell(1, Mask(discs[0] | discs[1]), Mask.empty(), "blast", Origin.model("net"))
    pieces = [change.after.mask for change in split_merge.split_by_seeds(cell, seeds, 2, "ann").changes]
    assert len(pieces) == 2
    for seed, disc in zip(seeds, discs, strict=True):
        piece = next(piece for piece in pieces if piece.contains_point(*seed))
        assert piece.iou(Mask(disc)) > 0.93
