"""The order of reading stays right whatever happens to cells."""

from hypothesis import given
from hypothesis import strategies as st

from allviewer.domain import edits
from allviewer.domain.annotations import Annotations
from allviewer.session.reading_order import ReadingOrder
from tests.session.fakes import square

places = st.tuples(st.integers(0, 90), st.integers(0, 60))


def test_line_by_line_and_round_again():
    cells = [square(1, 50, 2), square(2, 0, 0), square(3, 20, 40), square(4, 25, 3)]
    order = ReadingOrder(Annotations(cells))
    assert list(order.walk(0, 1)) == [2, 4, 1, 3]
    assert list(order.walk(4, 1)) == [1, 3, 2, 4]
    assert list(order.walk(2, -1)) == [3, 1, 4, 2]
    assert list(ReadingOrder(Annotations([])).walk(3, 1)) == []


@given(st.lists(places, min_size=1, max_size=8), st.lists(st.tuples(st.integers(0, 9), places), max_size=8))
def test_kept_up_it_is_as_made_anew(begin, changes):
    cells = Annotations([square(number, *place) for number, place in enumerate(begin, start=1)])
    order = ReadingOrder(cells)
    for number, place in changes:
        present = cells.get(number)
        cell = square(number or cells.next_id, *place)
        edit = edits.delete([present]) if present is not None else edits.add(cell)
        cells.apply(edit)
        order.update(edit.cell_ids)
    assert sorted(order.walk(0, 1)) == sorted(cell.id for cell in cells)
    walked = list(order.walk(0, 1))
    lines = [int(cells.get(i).mask.region.center[1] // order._line_px) for i in walked]
    assert lines == sorted(lines)
