"""A command is found by a few of its letters, those used last first."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtGui import QIcon

from allviewer.ui.actions import ACTIONS
from allviewer.ui.keys.commands import Command, matching
from allviewer.ui.keys.fuzzy import fit

COMMANDS = [Command(s.id, s.plain_text, s.group, s.tip, "", QIcon(), True, lambda: None) for s in ACTIONS]


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("undo", "undo"),
        ("fit", "fit"),
        ("run im", "run"),
        ("open case", "open_case"),
        ("roi", "run"),
        ("expres", "export_results"),
        ("cell delete", "delete"),
        ("fullsc", "full_screen"),
        ("neunrevcell", "next_unreviewed"),
        ("micrometres a pixel", "set_scale"),
    ],
)
def test_a_few_letters_are_enough(typed, first):
    assert first in [command.name for command in matching(COMMANDS, typed)[:2]]


def test_nothing_fits_nonsense():
    assert matching(COMMANDS, "qqxxzz") == []


def test_what_was_used_last_comes_first():
    names = [command.name for command in matching(COMMANDS, "", ["merge", "gone", "fit"])]
    assert names[:2] == ["merge", "fit"]
    assert len(names) == len(COMMANDS)
    assert matching(COMMANDS, "zoom", ["zoom_out"])[0].name == "zoom_out"


@given(st.text(max_size=12), st.text(max_size=30))
def test_letters_fit_if_and_only_if_they_come_in_order(typed, name):
    wanted, rest = "".join(typed.lower().split()), iter(name.lower())
    assert (fit(typed, name) is not None) == all(letter in rest for letter in wanted)


def test_starts_of_words_count_more():
    assert fit("ri", "Run on image") > fit("ri", "Merit")
    assert fit("exp", "Export results") > fit("exp", "An example of paint")
