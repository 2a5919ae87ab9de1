"""Which cells two sides have in common: pairs by overlap, each cell once, whatever the order."""

import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from allviewer.domain.cell import Cell, Origin
from allviewer.domain.mask import Mask
from allviewer.progress import Cancelled, CancelToken
from allviewer.session.comparison import Difference, compare_cells


def box(number, x, y, width=20, height=20, label="blast"):
    return Cell(number, Mask(np.ones((height, width), bool), x, y), Mask.empty(), label, Origin.model("net"))


def kinds(left, right):
    return [cell.kind for cell in compare_cells(left, right).differing]


def test_equal_cells_agree():
    cells = [box(1, 0, 0), box(2, 100, 0)]
    found = compare_cells(cells, cells)
    assert (found.differing, found.agreeing) == ((), 2)
    assert found.sentence == "2 agree; no difference"


def test_each_kind_of_difference():
    left = [box(1, 0, 0), box(2, 100, 0), box(3, 200, 0), box(4, 300, 0)]
    right = [box(1, 0, 0), box(2, 100, 0, label="lymphocyte"), box(3, 210, 0), box(9, 500, 0)]
    found = compare_cells(left, right)
    assert [(c.kind, c.left and c.left.id, c.right and c.right.id) for c in found.differing] == [
        (Difference.OTHER_CLASS, 2, 2),
        (Difference.LOW_OVERLAP, 3, 3),
        (Difference.ONLY_LEFT, 4, None),
        (Difference.ONLY_RIGHT, None, 9),
    ]
    assert found.agreeing == 1
    assert found.sentence == "1 agree; 1 only left, 1 only right, 1 of another class, 1 with low overlap"
    assert found.differing[1].iou == pytest.approx(1 / 3)


def test_touching_cells_are_not_the_same():
    assert kinds([box(1, 0, 0)], [box(1, 18, 0)]) == [Difference.ONLY_LEFT, Difference.ONLY_RIGHT]


def test_a_small_outline_inside_a_large_one_is_of_the_same_cell():
    assert kinds([box(1, 0, 0, 60, 60)], [box(1, 20, 20, 20, 20)]) == [Difference.LOW_OVERLAP]


def test_the_best_pair_goes_first():
    """One large cell against its two halves: the larger part is it, the other is extra."""
    (extra,) = compare_cells([box(1, 0, 0, 20, 30)], [box(1, 0, 0, 20, 22), box(2, 0, 22, 20, 8)]).differing
    assert (extra.kind, extra.right.id) == (Difference.ONLY_RIGHT, 2)


CELLS = st.lists(
    st.tuples(st.integers(0, 60), st.integers(0, 60), st.integers(5, 30), st.sampled_from(["blast", "lymphocyte"])),
    max_size=12,
)


def cells_of(rows):
    return [box(number, x, y, side, side, label) for number, (x, y, side, label) in enumerate(rows, start=1)]


@given(CELLS, CELLS)
def test_every_cell_counts_once(left_rows, right_rows):
    left, right = cells_of(left_rows), cells_of(right_rows)
    found = compare_cells(left, right)
    lefts = [cell.left.id for cell in found.differing if cell.left]
    rights = [cell.right.id for cell in found.differing if cell.right]
    assert len(set(lefts)) == len(lefts)
    assert len(set(rights)) == len(rights)
    assert len(lefts) + found.agreeing == len(left)
    assert len(rights) + found.agreeing == len(right)


@given(CELLS, CELLS)
def test_the_other_way_round_the_sides_are_exchanged(left_rows, right_rows):
    left, right = cells_of(left_rows), cells_of(right_rows)
    there, back = compare_cells(left, right), compare_cells(right, left)
    assert there.agreeing == back.agreeing
    assert there.count(Difference.ONLY_LEFT) == back.count(Difference.ONLY_RIGHT)


@given(CELLS)
def test_order_does_not_matter(rows):
    cells = cells_of(rows)
    shuffled = random.Random(1).sample(cells, len(cells))
    assert compare_cells(cells, shuffled).count(Difference.ONLY_LEFT) == 0


def test_a_cancel_is_heeded():
    cancel = CancelToken()
    cancel.cancel()
    with pytest.raises(Cancelled):
        compare_cells([box(1, 0, 0)], [box(1, 0, 0)], cancel)
