"""Packs on trial: figures that are known by arithmetic, and a guard that neither lets worse networks pass nor balks."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from allviewer.domain.known_picture import KnownCell, KnownPicture
from allviewer.domain.mask import Mask
from allviewer.inference.classifier import Verdict
from allviewer.inference.trials.figures import CLASSIFICATION_COLUMNS, SEGMENTATION_COLUMNS, paired_figures
from allviewer.inference.trials.guard import judge
from allviewer.inference.trials.rows import classification_scores, segmentation_scores, table_of


def square(x, y, side):
    return Mask(np.ones((side, side), bool), x, y)


def picture(name, cells, group="slide 1"):
    image = np.zeros((100, 100, 3), np.uint8)
    return KnownPicture(name, group, image, np.ones((100, 100), bool), tuple(cells), 0.2)


class Find:
    """What a network found."""

    def __init__(self, number, mask, nucleus=None):
        self.id, self.mask, self.nucleus = number, mask, nucleus or Mask.empty()


def cell(number, x, y, side=10, label="blast"):
    return KnownCell(number, square(x, y, side), square(x, y, side // 2), label)


def test_a_missed_cell_counts_as_nothing_found_and_a_find_on_red_cells_as_false():
    known = picture("a", [cell(1, 0, 0), cell(2, 50, 50)])
    scores = segmentation_scores(known, [Find(1, square(0, 0, 10), square(0, 0, 5)), Find(2, square(80, 80, 8))])
    assert [score.score for score in scores.cells] == [1.0, 0.0]
    assert scores.false_finds == 1
    rows = table_of([(known, known.cells, scores)], SEGMENTATION_COLUMNS)
    figures = {(f.name, f.label): f for f in paired_figures(rows, rows, "segmentation")}
    assert figures["Dice of whole cells", ""].after == pytest.approx(0.5)
    assert figures["Cells found (F1)", ""].after == pytest.approx(2 * 1 / (2 + 2))
    assert figures["Cells found (F1)", ""].cells == 2


def test_what_lies_where_nobody_looked_is_no_false_find():
    known = picture("a", [cell(1, 0, 0)])
    known.trust[60:] = False
    assert segmentation_scores(known, [Find(1, square(70, 70, 10))]).false_finds == 0
    assert segmentation_scores(known, [Find(1, square(70, 30, 10))]).false_finds == 1


def verdicts(cells, right):
    names = ("blast", "lymphocyte")
    for known, is_right in zip(cells, right, strict=True):
        label = known.label if is_right else names[known.label == "blast"]
        yield Verdict(label, tuple((name, 0.8 if name == label else 0.2) for name in names), 0.5)


def classified(right_before, right_after, groups=1):
    cells = [cell(i + 1, 0, 0, label=("blast", "lymphocyte")[i % 2]) for i in range(len(right_before))]
    tables = []
    for right in (right_before, right_after):
        scores = classification_scores(cells, list(verdicts(cells, right)))
        parts = [
            (picture(f"p{g}", cells[g::groups], f"g{g}"), cells[g::groups], type(scores)(scores.cells[g::groups]))
            for g in range(groups)
        ]
        tables.append(table_of(parts, CLASSIFICATION_COLUMNS))
    return paired_figures(*tables, "classification")


def test_figures_of_classes_are_what_arithmetic_says():
    figures = {(f.name, f.label): f for f in classified([True] * 20, [True] * 15 + [False] * 5, groups=2)}
    assert figures["Balanced accuracy", ""].before == 1.0
    assert figures["Balanced accuracy", ""].after == pytest.approx((8 / 10 + 7 / 10) / 2)
    assert figures["AUC of blast", ""].before == 1.0
    assert figures["Recognised", "blast"].after == pytest.approx(0.8)
    assert figures["Recognised", "blast"].cells == 10


def test_the_same_network_passes_and_a_much_worse_one_does_not():
    same = judge({"cells 1.0.0": classified([True] * 30, [True] * 30, groups=3)}, 0.05)
    assert same.passes, same.objections
    worse = judge({"cells 1.0.0": classified([True] * 30, [False] * 15 + [True] * 15, groups=3)}, 0.05)
    assert not worse.passes
    assert "worse than cells 1.0.0 by more than 0.05" in worse.objections[0]
    assert worse.lines[0] == "The guard refuses it (margin 0.05)."


def test_one_class_that_suffers_is_named_even_if_the_rest_gains():
    before = [True, False] * 20
    after = [False, True] * 20
    judged = judge({"cells 1.0.0": classified(before, after, groups=4)}, 0.05)
    assert any(sentence.startswith("blast is surely worse") for sentence in judged.objections)


def test_nothing_or_too_little_to_judge_on_is_no_consent():
    assert "no locked test set" in judge({}, 0.02).objections[0]
    few = judge({"cells 1.0.0": classified([True] * 4, [True] * 4)}, 0.05)
    assert "fewer than 10" in few.objections[0]
    assert judge({}, 0.02, "its golden outputs differ").objections[0] == "its golden outputs differ"


@settings(max_examples=15)
@given(st.lists(st.tuples(st.booleans(), st.booleans()), min_size=12, max_size=30), st.integers(1, 3))
def test_whatever_happens_the_difference_lies_in_its_own_interval_or_is_left_out(pairs, groups):
    before, after = ([pair[side] for pair in pairs] for side in (0, 1))
    for figure in classified(before, after, groups):
        assert 0 <= figure.before <= 1
        assert 0 <= figure.after <= 1
        assert figure.low <= figure.high
