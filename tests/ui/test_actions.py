"""The table of actions: no key twice, no bare key that deletes, everything in a menu, help that is true."""

from collections import Counter

import pytest
from PySide6.QtGui import QColor, QKeySequence
from PySide6.QtWidgets import QMainWindow

from allviewer.domain.labels import ALL_CLASSES
from allviewer.ui.actions import ACTIONS, Actions
from allviewer.ui.dialogs.cheat_sheet import key_groups
from allviewer.ui.dialogs.command_palette import matching
from allviewer.ui.icons import picture
from allviewer.ui.menus import MENUS, RECENT


def test_no_key_means_two_things():
    keys = [QKeySequence(key).toString() for spec in ACTIONS for key in spec.keys]
    keys += [c.hotkey for c in ALL_CLASSES.classes if c.hotkey] + ["H", "G", "Space"]
    assert [key for key, count in Counter(keys).items() if count > 1] == []


def test_every_key_is_understood():
    assert [key for spec in ACTIONS for key in spec.keys if not QKeySequence(key).toString()] == []


def test_only_the_delete_key_deletes():
    deleting = [spec for spec in ACTIONS if "delete" in spec.text.lower().replace("&", "")]
    assert [spec.keys for spec in deleting] == [("Del",)]


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


def test_the_cheat_sheet_shows_every_key():
    shown = sum(len(lines) for lines in key_groups().values())
    assert shown >= sum(bool(spec.keys) for spec in ACTIONS)


def test_a_missing_handler_is_noticed_at_once(qtbot):
    window = QMainWindow()
    qtbot.addWidget(window)
    with pytest.raises(ValueError, match="quit"):
        Actions(window, {spec.id: lambda: None for spec in ACTIONS if spec.id != "quit"})


@pytest.mark.parametrize(
    ("typed", "first"), [("undo", "undo"), ("fit", "fit"), ("run im", "run"), ("open case", "open_case")]
)
def test_a_command_is_found_by_a_few_letters(typed, first):
    assert matching(typed)[0].id == first


def test_no_word_of_the_window_makes_a_diagnosis():
    words = " ".join(f"{spec.text} {spec.tip}" for spec in ACTIONS).lower()
    for word in ("diagnos", "leukaemia", "leukemia", "positive", "patient has"):
        assert word not in words
