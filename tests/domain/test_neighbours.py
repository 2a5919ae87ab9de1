"""Paint spares other cells or takes their pixels; it never does anything else to them."""

from hypothesis import given
from hypothesis import strategies as st

from allviewer.domain import edits
from allviewer.domain.annotations import Annotations
from allviewer.domain.mask import Mask
from allviewer.domain.neighbours import spared, taking
from tests.domain.strategies import cell_lists, cells, masks, pixels

parts = st.sampled_from(edits.PARTS)


@given(cells(9), masks, cell_lists())
def test_a_shape_spares_what_others_hold_and_the_cell_does_not(cell, shape, around):
    others = set().union(*(pixels(other.mask) for other in around)) if around else set()
    left = pixels(spared(shape, cell.mask, [cell, *around], cell.id))
    assert left == pixels(shape) - (others - pixels(cell.mask))


@given(cells(9), masks, parts, cell_lists())
def test_taken_pixels_are_lost_by_others_and_nothing_else_is(cell, stroke, part, around):
    annotations = Annotations([cell, *around])
    annotations.apply(taking(edits.paint(cell, stroke, part, "ann"), around, "ann"))
    gained = pixels(stroke) - pixels(cell.mask)
    for other in around:
        left = annotations.get(other.id)
        assert (pixels(left.mask) if left else set()) == pixels(other.mask) - gained
        if not pixels(other.mask) & gained:
            assert left is other, "a cell that was not touched is the very same"
    own = annotations.get(9)
    assert pixels(own.mask) == pixels(cell.mask) | pixels(stroke)


def test_a_cell_covered_whole_is_deleted_and_comes_back():
    one = edits.add(_cell(1, 0)).changes[0].after
    other = _cell(2, 4)
    annotations = Annotations([one, other])
    edit = taking(edits.paint(one, other.mask, "cytoplasm", "ann"), [other], "ann")
    annotations.apply(edit)
    assert [cell.id for cell in annotations] == [1]
    annotations.apply(edit.inverse())
    assert annotations.get(2) == other


def _cell(cell_id, x):
    from tests.domain.test_edits import plain_cell

    return plain_cell(id=cell_id, mask=Mask([[1] * 4] * 4, x, 0))
