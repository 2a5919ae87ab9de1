"""The table of actions: everything in a menu, with a tip and a handler. Its keys: tests/ui/keys."""

from collections import Counter

import pytest
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QMainWindow

from allviewer.ui.actions import ACTIONS, Actions
from allviewer.ui.icons import picture
from allviewer.ui.menus import MENUS, RECENT


def test_every_action_stands_in_a_menu_once():
    in_menus = Counter(action_id for _, ids in MENUS for action_id in ids if action_id and action_id != RECENT)
    ids = {spec.id for spec in ACTIONS}
    assert set(in_menus) <= ids
    assert max(in_menus.values()) == 1
    assert ids - set(in_menus) == set()


def test_every_action_has_a_tip_and_its_icon_exists(qapp):
    for spec in ACTIONS:
        assert spec.tip, spec.id
        if spec.icon:
            assert not picture(spec.icon, 20, QColor("black")).toImage().isNull()


def test_a_missing_handler_is_noticed_at_once(qtbot):
    window = QMainWindow()
    qtbot.addWidget(window)
    with pytest.raises(ValueError, match="quit"):
        Actions(window, {spec.id: lambda: None for spec in ACTIONS if spec.id != "quit"})


def test_no_word_of_the_window_makes_a_diagnosis():
    words = " ".join(f"{spec.text} {spec.tip}" for spec in ACTIONS).lower()
    for word in ("diagnos", "leukaemia", "leukemia", "positive", "patient has"):
        assert word not in words
