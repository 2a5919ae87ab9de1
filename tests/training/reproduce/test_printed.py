"""What cannot be right in a printed row."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.reproduce.printed import impossible


def test_all_fabnet_on_cnmc_prints_an_f1_above_the_harmonic_mean() -> None:
    found = impossible({"accuracy": 0.9667, "precision": 0.9406, "recall": 0.9127, "f1": 0.9554})
    assert list(found) == ["f1"]
    assert "92.64 %" in found["f1"]


def test_no_number_of_right_answers_gives_the_headline_of_paper_000() -> None:
    assert "out of 260 pictures gives 97.94 %" in impossible({"accuracy": 0.9794}, 260)["accuracy"]


@pytest.mark.parametrize(("accuracy", "pictures"), [(0.99, 108), (0.98, 260), (0.9437, 2133), (0.98, 651), (1.0, 7)])
def test_possible_shares_are_left_alone(accuracy: float, pictures: int) -> None:
    assert impossible({"accuracy": accuracy}, pictures) == {}


@given(st.integers(1, 400), st.integers(1, 3000), st.integers(1, 3000), st.integers(0, 4))
def test_what_was_counted_is_never_called_impossible(tp: int, fp: int, fn: int, digits: int) -> None:
    """Any confusion matrix, printed with any digits."""
    precision, recall, f1 = tp / (tp + fp), tp / (tp + fn), 2 * tp / (2 * tp + fp + fn)
    pictures = tp + fp + fn + 5
    printed = {"precision": precision, "recall": recall, "f1": f1, "accuracy": (tp + 5) / pictures}
    rounded = {name: round(100 * value, min(digits, 3)) / 100 for name, value in printed.items()}
    assert impossible(rounded, pictures) == {}
