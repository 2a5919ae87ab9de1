"""The real window, driven by mouse and keys; questions are answered, notices recorded, nothing outside a folder."""

from pathlib import Path

import pytest

from allviewer.app import build
from allviewer.storage.locations import Locations
from allviewer.ui.style import apply_style
from tests.walks.hands import Answers, Hands


@pytest.fixture
def home(tmp_path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def answers() -> Answers:
    return Answers()


@pytest.fixture
def start(qapp, qtbot, home, answers, request):
    """Start the program; called again, it starts anew on the same folders after the first was closed."""
    programs = []
    apply_style(qapp)

    def begin() -> Hands:
        program = build(Locations(home / "config", home / "data", home / "cache", home / "log"), answers)
        program.window.resize(1300, 820)
        program.window.show()
        qtbot.waitExposed(program.window)
        hands = Hands(qtbot, program)
        programs.append(hands)
        return hands

    yield begin
    for hands in programs:
        hands.close()
