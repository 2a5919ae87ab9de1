"""Counts and the exact interval."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allviewer.domain.annotations import Annotations
from allviewer.domain.labels import ALL_CLASSES
from allviewer.session.differential import differential, exact_interval
from tests.session.fakes import square


@pytest.mark.parametrize(
    ("hits", "trials", "low", "high"),
    [(20, 100, 12.7, 29.2), (40, 200, 14.7, 26.2), (100, 500, 16.6, 23.8), (0, 10, 0.0, 30.8), (10, 10, 69.2, 100.0)],
)
def test_the_interval_is_that_of_clopper_and_pearson(hits, trials, low, high):
    found = exact_interval(hits, trials)
    assert [round(100 * bound, 1) for bound in found] == [low, high]


@given(st.integers(1, 300).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_the_interval_holds_the_share(counts):
    hits, trials = counts
    low, high = exact_interval(hits, trials)
    assert 0 <= low <= hits / trials <= high <= 1


def test_cells_that_are_not_counted_stay_out_of_the_percentages():
    cells = [square(1, 0, 0), square(2, 20, 0, label="lymphocyte"), square(3, 40, 0, label="red_cell")]
    counts = differential(Annotations(cells).tally, ALL_CLASSES)
    assert counts.counted == 2
    assert counts.blasts == 1
    by_key = {count.key: count for count in counts.counts}
    assert by_key["blast"].percent == 50
    assert by_key["red_cell"].percent is None
    assert by_key["red_cell"].cells == 1
    assert by_key["red_cell"].per_100 == 50
    assert counts.groups == (("Blasts", 1), ("Not blasts", 1), ("Unclassified", 0))
    assert (counts.cells, counts.reviewed) == (3, 0)
    assert "1 of 2 counted cells" in counts.blast_sentence


def test_a_class_of_another_set_counts_as_unclassified():
    counts = differential(Annotations([square(1, 0, 0, label="promyelocyte")]).tally, ALL_CLASSES)
    assert {count.key: count.cells for count in counts.counts}["unclassified"] == 1


def test_no_cells_give_no_percentage():
    counts = differential({}, ALL_CLASSES)
    assert counts.interval is None
    assert "%" not in counts.blast_sentence
