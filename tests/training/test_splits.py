"""Splits keep groups whole; intervals come from groups."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from training.errors import TrainingError
from training.splits import group_folds
from training.statistics import bootstrap_over_groups


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 9), st.sampled_from("ab")), min_size=12, max_size=80), st.integers(0, 1000))
def test_no_group_is_ever_on_both_sides_and_every_item_is_tested_once(items, seed):
    groups = [f"g{number}" for number, _ in items]
    if len(set(groups)) < 3:
        return
    folds = group_folds(groups, 3, seed, [kind for _, kind in items])
    tested = np.concatenate([test for _, test in folds])
    assert sorted(tested) == list(range(len(items)))
    for train, test in folds:
        assert not {groups[i] for i in train} & {groups[i] for i in test}


def test_the_same_seed_gives_the_same_folds():
    groups = [f"g{i // 4}" for i in range(60)]
    first, again = group_folds(groups, 5, 7), group_folds(groups, 5, 7)
    assert all(np.array_equal(a[1], b[1]) for a, b in zip(first, again, strict=True))


def test_too_few_groups_are_refused_in_words():
    with pytest.raises(TrainingError, match="2 groups cannot be split into 5 folds"):
        group_folds(["a", "b", "a"], 5, 1)


def test_interval_is_wide_when_few_groups_stand_behind_many_items():
    values = [0.0] * 50 + [1.0] * 50
    mean = lambda drawn: sum(drawn) / len(drawn)  # noqa: E731
    _, low_few, high_few = bootstrap_over_groups(values, ["a"] * 50 + ["b"] * 50, mean)
    value, low_many, high_many = bootstrap_over_groups(values, [str(i) for i in range(100)], mean)
    assert value == 0.5
    assert high_few - low_few == 1.0
    assert high_many - low_many < 0.25


def test_no_items_give_no_number():
    assert all(math.isnan(v) for v in bootstrap_over_groups([], [], lambda drawn: 1.0))
