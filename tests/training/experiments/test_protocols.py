"""How pictures are divided: doubles and subjects stay together, every class is learnt, and nothing is tested twice."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from training.errors import TrainingError
from training.experiments.protocols import PROTOCOLS, Protocol, divide, find_protocol
from training.splits import inner_split, joined_groups, stratified_folds


@settings(max_examples=30)
@given(
    st.lists(st.tuples(st.integers(0, 7), st.integers(0, 30), st.sampled_from("ab")), min_size=24, max_size=70),
    st.sampled_from(["by_subject", "by_picture"]),
    st.integers(0, 99),
)
def test_nothing_is_on_both_sides_and_nothing_is_tested_twice(items, by, seed):
    groups = [f"g{group}" for group, _, _ in items]
    same, labels = np.array([number for _, number, _ in items]), [label for _, _, label in items]
    try:
        folds = divide(Protocol(name="x", by=by, folds=3), groups, same, labels, seed)
    except TrainingError:
        return
    tested = np.concatenate([fold.test for fold in folds])
    assert sorted(tested.tolist()) == list(range(len(items)))
    units = joined_groups(groups, same) if by == "by_subject" else same.tolist()
    for fold in folds:
        assert len(fold.test)
        assert not {units[i] for i in fold.train} & {units[i] for i in fold.test}
        assert {labels[i] for i in fold.train} == set(labels)


def test_a_hold_out_is_the_first_of_five_parts():
    groups, labels = [str(i) for i in range(100)], ["a", "b"] * 50
    folds = divide(find_protocol("as_stated"), groups, np.arange(100), labels, 1)
    assert len(folds) == 1
    assert (len(folds[0].train), len(folds[0].test)) == (80, 20)
    assert len(folds[0].leaked) == 0
    leaky = divide(find_protocol("as_stated_leaky"), groups, np.arange(100), labels, 1)
    assert np.array_equal(leaky[0].test, folds[0].test)
    assert np.array_equal(leaky[0].leaked, leaky[0].test)


def test_every_protocol_says_what_it_leaks():
    assert PROTOCOLS["as_stated_leaky"].leaks
    assert not PROTOCOLS["honest"].leaks
    assert PROTOCOLS["honest"].by == "by_subject"


def test_a_class_of_one_subject_is_refused_by_subject_and_not_by_picture():
    groups, labels = ["a"] * 5 + ["b"] * 5 + ["c"] * 5, ["x"] * 10 + ["y"] * 5
    with pytest.raises(TrainingError, match="class y come from one subject"):
        divide(Protocol(name="s", by="by_subject", folds=2), groups, np.arange(15), labels, 1)
    assert divide(Protocol(name="p", by="by_picture", folds=2), groups, np.arange(15), labels, 1)


def test_folds_that_would_be_empty_or_miss_a_class_are_refused():
    with pytest.raises(TrainingError, match="2 groups cannot be split into 5"):
        divide(find_protocol("honest"), ["a", "a", "b", "b"] * 3, np.arange(12), ["x", "y"] * 6, 1)
    lopsided = ["a"] * 40 + ["b", "c"]
    with pytest.raises(TrainingError):
        stratified_folds(lopsided, 3, 1, ["x"] * 40 + ["y", "y"])


def test_what_is_watched_comes_from_other_groups_and_shows_every_class():
    groups = [f"g{i // 5}" for i in range(100)]
    labels = ["ab"[i % 2] for i in range(100)]
    learn, watch = inner_split(groups, 0.15, 1, labels)
    assert 0.08 <= len(watch) / 100 <= 0.25
    assert not {groups[i] for i in learn} & {groups[i] for i in watch}
    assert {labels[i] for i in watch} == {"a", "b"}
    assert inner_split(groups, 0.0, 1, labels) is None
    assert inner_split(["a"] * 5 + ["b"] * 5, 0.2, 1, ["x"] * 5 + ["y"] * 5) is None
