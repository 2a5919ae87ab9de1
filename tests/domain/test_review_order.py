"""What next: likely mistakes come first, near doubles do not, and the promise made to people is kept on truth."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from allviewer.domain.review_order import chance_of_mistake, expectation, review_order


def test_likely_mistakes_come_first_and_doubles_later():
    chance = np.array([0.9, 0.9, 0.88, 0.1, 0.1])
    looks = np.array([[0.0, 0.0], [0.0, 0.01], [5.0, 5.0], [9.0, 0.0], [0.0, 9.0]])
    order = review_order(chance, looks, 3, seed=3)
    assert set(order[:2]) in ({0, 2}, {1, 2})


def test_more_mistakes_are_found_than_by_chance_and_as_many_as_promised():
    rng = np.random.default_rng(1)
    doubt = rng.beta(1, 4, 2000)
    wrong = rng.random(2000) < doubt
    chance = chance_of_mistake(doubt, np.zeros(2000))
    order = review_order(chance, rng.normal(size=(2000, 4)), 200)
    told = expectation(chance, order)
    found = wrong[order].sum()
    assert abs(found - told.found) < 25
    assert found > 1.5 * told.at_random
    assert told.needed_at_random > 1.6 * 200
    assert told.saved > 0


def test_experience_corrects_a_network_that_is_too_sure_of_itself():
    doubt = np.array([0.1, 0.1, 0.9])
    seen = [(0.1, True)] * 30 + [(0.1, False)] * 10
    assert chance_of_mistake(doubt, np.zeros(3), seen)[0] > 0.6
    assert chance_of_mistake(doubt, np.zeros(3))[0] == 0.1


def test_disagreement_counts():
    chance = chance_of_mistake(np.array([0.1, 0.1]), np.array([0.0, 1.0]))
    assert chance[1] > 0.5 > chance[0]


@given(st.lists(st.floats(0, 1), min_size=1, max_size=40), st.integers(0, 60), st.integers(0, 5))
def test_every_cell_stands_in_the_queue_at_most_once(doubts, count, seed):
    chance = chance_of_mistake(np.array(doubts), np.zeros(len(doubts)))
    order = review_order(chance, np.ones((len(doubts), 3)), count, seed)
    assert len(order) == len(set(order)) == min(count, len(doubts))
    assert ((chance >= 0) & (chance <= 1)).all()
    told = expectation(chance, order)
    assert 0 <= told.needed_at_random <= len(doubts) + 1e-9
