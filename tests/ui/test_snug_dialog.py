"""Words in dialogs are never cut off, however low the screen is that they open on."""

import pytest
from PySide6.QtWidgets import QLabel, QVBoxLayout

from allviewer.ui.dialogs.snug_dialog import SnugDialog

WORDS = "A sentence that is so long that it takes up several lines, whatever the font, if the dialog is narrow. " * 3


@pytest.fixture
def dialog(qtbot):
    made = SnugDialog()
    qtbot.addWidget(made)
    layout = QVBoxLayout(made)
    made.labels = [QLabel(WORDS) for _ in range(3)]
    for label in made.labels:
        label.setWordWrap(True)
        layout.addWidget(label)
    made.resize(300, 40)
    return made


def all_words_are_seen(dialog):
    return all(label.height() >= label.heightForWidth(label.width()) for label in dialog.labels)


def test_a_dialog_is_as_high_as_its_words(dialog, qtbot):
    dialog.show()
    qtbot.waitUntil(lambda: all_words_are_seen(dialog))


def test_words_that_come_later_have_room_too(dialog, qtbot):
    dialog.show()
    dialog.labels[1].setText(WORDS * 2)
    qtbot.waitUntil(lambda: all_words_are_seen(dialog))


def test_it_is_never_higher_than_the_screen(dialog, qtbot):
    dialog.labels[0].setText(WORDS * 200)
    dialog.show()
    assert dialog.minimumHeight() < dialog.screen().availableGeometry().height()
