"""The scale in words, its interval, and what cannot be one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allviewer.domain.scale import GUESSED_UM_PER_PX, Scale, plausible, refuse_impossible, why_no_guess
from allviewer.errors import UserError


@pytest.mark.parametrize(
    ("scale", "words"),
    [
        (Scale(), "scale unknown"),
        (Scale(0.25, "file"), "0.25 µm/px, from the file"),
        (Scale(0.1, "ruler"), "0.1 µm/px, from your ruler"),
        (Scale(0.118, "red cells", 34, (0.1, 0.139)), "0.118 µm/px (0.1 to 0.14), from 34 red cells"),
        (Scale(0.1, "cell size", 1, (0.07, 0.15)), "0.1 µm/px (0.07 to 0.15), guessed from the size of 1 cell"),
        (Scale(0.1, "red cells"), "0.1 µm/px, from red cells"),
    ],
)
def test_a_scale_says_who_says_so(scale, words):
    assert scale.words == words


@given(st.floats(0.01, 3), st.floats(0, 0.5))
def test_the_interval_holds_the_estimate(um_per_px, spread):
    scale = Scale(um_per_px, "red cells", 5).refined(spread)
    low, high = scale.interval
    assert low <= um_per_px <= high
    assert scale.um_per_px == um_per_px


def test_nothing_is_refined_where_nothing_is_known():
    assert Scale(None, "unknown").refined(0.1).interval is None


def test_only_what_rests_on_cells_is_a_guess():
    guesses = {
        s for s in ("file", "given", "user", "ruler", "red cells", "cell size", "cut-out") if Scale(1, s).is_guess
    }
    assert guesses == {"red cells", "cell size", "cut-out"}


@pytest.mark.parametrize("um_per_px", [0.001, 25, float("inf"), float("nan")])
def test_what_no_microscope_gives_is_refused(um_per_px):
    with pytest.raises(UserError, match="cannot be the scale"):
        refuse_impossible(um_per_px)
    assert not plausible(um_per_px)


def test_a_guess_beyond_any_smear_is_told_in_a_sentence():
    low, high = GUESSED_UM_PER_PX
    assert why_no_guess(Scale(low, "cell size")) == why_no_guess(Scale(high, "cell size")) == ""
    assert "smaller than any" in why_no_guess(Scale(high * 1.5, "cell size"))
    assert "larger than any" in why_no_guess(Scale(low / 2, "red cells"))
    assert why_no_guess(Scale()) == ""
