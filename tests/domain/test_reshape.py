"""Holes are filled, edges move, and the nucleus never leaves its cell."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from allviewer.domain import reshape
from allviewer.domain.annotations import Annotations
from allviewer.domain.cell import Cell, CellState, Origin
from allviewer.domain.edits import PARTS
from allviewer.domain.geometry import Region
from allviewer.domain.mask import Mask
from tests.domain.strategies import cell_lists, cells, pixels

parts = st.sampled_from(PARTS)
EVERYWHERE = Region(-100, -100, 300, 300)


def disk(radius_px: int, x: int = 0, y: int = 0) -> Mask:
    ys, xs = np.mgrid[-radius_px : radius_px + 1, -radius_px : radius_px + 1]
    return Mask(xs**2 + ys**2 <= radius_px**2, x - radius_px, y - radius_px)


def cell_of(mask: Mask, nucleus: Mask | None = None, cell_id: int = 1) -> Cell:
    return Cell(cell_id, mask, nucleus or Mask.empty(), "blast", Origin.model("net"))


def after(edit, cell: Cell) -> Cell:
    assert len(edit.changes) <= 1
    return edit.changes[0].after if edit.changes else cell


@given(cells(), parts)
def test_filled_part_has_no_holes_and_loses_nothing(cell, part):
    new = after(reshape.fill_holes(cell, part, "ann"), cell)
    shape, old = (new.nucleus, cell.nucleus) if part == "nucleus" else (new.mask, cell.mask)
    assert shape.contains(old)
    assert after(reshape.fill_holes(new, part, "ann"), new) == new


def test_hole_of_a_ring_is_filled():
    ring = disk(10) - disk(4)
    assert after(reshape.fill_holes(cell_of(ring), "cytoplasm", "ann"), cell_of(ring)).mask == disk(10)


@given(cells(), parts, st.integers(1, 3), cell_lists())
def test_growing_spares_neighbours_and_the_image_edge(cell, part, by_px, others):
    bounds = Region(-25, -25, 60, 60)
    others = [other for other in others if other.id != cell.id]
    new = after(reshape.grow(cell, part, "ann", bounds, others, by_px), cell)
    taken = pixels(new.mask) - pixels(cell.mask)
    assert not taken & set().union(*(pixels(other.mask) for other in others))
    assert all(bounds.contains_point(x, y) for x, y in taken)
    assert new.mask.contains(new.nucleus)


def test_growing_and_shrinking_move_the_edge_by_pixels():
    cell = cell_of(disk(20), disk(10))
    larger = after(reshape.grow(cell, "cytoplasm", "ann", EVERYWHERE, by_px=2), cell)
    assert larger.mask.region == disk(20).region.expanded(2)
    assert after(reshape.shrink(larger, "cytoplasm", "ann", by_px=2), larger).mask == cell.mask
    smaller = after(reshape.shrink(cell, "nucleus", "ann"), cell)
    assert smaller.nucleus.region == disk(10).region.expanded(-1)
    assert smaller.mask == cell.mask
    assert smaller.state is CellState.CORRECTED
    assert smaller.edited_by == "ann"


def test_outline_never_shrinks_below_the_nucleus():
    cell = cell_of(disk(10), disk(9))
    assert after(reshape.shrink(cell, "cytoplasm", "ann", by_px=5), cell).mask == disk(9)


def test_cell_that_would_vanish_stays():
    cell = cell_of(disk(2))
    assert reshape.shrink(cell, "cytoplasm", "ann", by_px=5).is_empty


def test_smoothing_takes_spikes_off_and_keeps_the_area():
    spiked = cell_of(disk(20) | Mask(np.ones((1, 50)), 0, 0))
    new = after(reshape.smooth(spiked, "cytoplasm", "ann"), spiked)
    assert new.mask.iou(disk(20)) > 0.98
    assert new.mask.region.right <= 22


@pytest.mark.parametrize("part", PARTS)
@given(cell=cells())
def test_every_edit_fits_the_document_and_can_be_undone(part, cell):
    document = Annotations([cell])
    steps = (reshape.fill_holes, reshape.smooth, reshape.shrink, lambda *a: reshape.grow(*a, EVERYWHERE))
    for step in steps:
        edit = step(cell, part, "ann")
        document.apply(edit)
        document.apply(edit.inverse())
        assert document.get(1) == cell
