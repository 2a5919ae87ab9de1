"""Slips over the picture."""

import pytest
from PySide6.QtWidgets import QPushButton, QWidget

from allviewer.errors import ImageError
from allviewer.ui.notices import NoticeBar


@pytest.fixture
def over(qtbot):
    widget = QWidget()
    widget.resize(600, 400)
    qtbot.addWidget(widget)
    return widget


@pytest.fixture
def notices(over):
    bar = NoticeBar()
    bar.float_over(over)
    over.show()
    return bar


def test_news_replace_news_and_problems_stay(notices):
    notices.warn(ImageError("a.png is empty."))
    notices.tell("Found 2 cells.")
    notices.tell("Found 3 cells.")
    assert notices.texts == ["a.png is empty.", "Found 3 cells."]
    assert notices.problems == ["a.png is empty."]


def test_the_same_problem_is_said_once(notices):
    for _ in range(3):
        notices.warn(ImageError("a.png is empty."))
    assert notices.problems == ["a.png is empty."]


def test_a_state_stays_until_it_is_over_and_offers_a_way_out(notices, qtbot):
    pressed = []
    notices.keep("disk", "3 edits are not saved.", "Try again", lambda: pressed.append(True))
    for number in range(8):
        notices.warn(ImageError(f"{number}.png is empty."))
    assert "3 edits are not saved." in notices.texts
    notices.findChild(QPushButton).click()
    assert pressed == [True]
    notices.release("disk")
    assert "3 edits are not saved." not in notices.texts


def test_nothing_to_say_takes_no_room(notices):
    assert not notices.isVisible()
    notices.tell("Hello.")
    assert notices.isVisible()
    assert notices.width() <= 600


def test_a_long_problem_is_shown_whole(notices):
    notices.warn(ImageError("The file " + "with a very long name " * 20 + "is empty."))
    assert notices.height() > 60
