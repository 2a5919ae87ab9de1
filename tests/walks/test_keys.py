"""Keys in the window: presets, own keys, the palette, the page of all keys; all of it holds after a new start."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence

from allviewer.session.tool_state import ToolKind
from allviewer.ui.dialogs.cheat_sheet import CheatSheet
from allviewer.ui.dialogs.command_palette import CommandPalette
from allviewer.ui.dialogs.keys_dialog import KeysDialog
from allviewer.ui.keys.key_page import as_html, key_groups
from tests.walks.hands import inside

CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def hands(analysed):
    return analysed


def keys_dialog(hands) -> KeysDialog:
    dialog = KeysDialog(hands.program.work.keys, hands.program.session.workspace.class_set, hands.window)
    hands.qtbot.addWidget(dialog)
    return dialog


def use_preset(hands, name):
    dialog = keys_dialog(hands)
    dialog.presets.setCurrentIndex(dialog.presets.findData(name))
    dialog.presets.activated.emit(0)
    dialog.accept()


def test_the_keys_of_another_program_hold_at_once_and_after_a_new_start(hands, start, smear):
    use_preset(hands, "cvat")
    hands.press(Qt.Key.Key_1, Qt.KeyboardModifier.ShiftModifier)
    assert hands.program.session.tools.tool is ToolKind.BRUSH
    cell = hands.cells[0]
    hands.press(Qt.Key.Key_S)
    hands.click(*inside(cell))
    hands.press(Qt.Key.Key_4, CTRL)
    assert hands.cell(cell.id).label == "monocyte"
    hands.press(Qt.Key.Key_5)
    assert hands.cell(cell.id).label == "eosinophil"
    visible = hands.program.session.view.overlay.visible
    hands.press(Qt.Key.Key_H)
    assert hands.program.session.view.overlay.visible is not visible
    assert "Shift+1" in hands.window.actions_table["tool_brush"].toolTip()
    hands.close()
    again = start()
    again.open_and_wait(smear)
    again.press(Qt.Key.Key_2, Qt.KeyboardModifier.ShiftModifier)
    assert again.program.session.tools.tool is ToolKind.ERASER
    use_preset(again, "allviewer")
    again.press(Qt.Key.Key_B)
    assert again.program.session.tools.tool is ToolKind.BRUSH


def test_one_key_is_changed_and_the_rival_is_named(hands):
    dialog = keys_dialog(hands)
    dialog.choose("tool_ruler")
    dialog.edit.setKeySequence(QKeySequence("B"))
    assert "B is the key of Brush" in dialog.says.text()
    dialog.replace_button.click()
    assert "Without a key: Brush" in dialog.says.text()
    dialog.choose("delete")
    dialog.edit.setKeySequence(QKeySequence("X"))
    assert "never a bare key" in dialog.says.text()
    assert not dialog.add_button.isEnabled()
    dialog.accept()
    hands.press(Qt.Key.Key_B)
    assert hands.program.session.tools.tool is ToolKind.RULER
    assert hands.window.actions_table["tool_brush"].shortcuts() == []
    again = keys_dialog(hands)
    again.reset_button.click()
    again.accept()
    hands.press(Qt.Key.Key_B)
    assert hands.program.session.tools.tool is ToolKind.BRUSH


def test_a_held_key_can_be_another(hands):
    dialog = keys_dialog(hands)
    dialog.choose("hold_overlay")
    dialog.edit.setKeySequence(QKeySequence("F5"))
    dialog.replace_button.click()
    dialog.accept()
    view = hands.program.session.view
    hands.qtbot.keyPress(hands.window.windowHandle(), Qt.Key.Key_F5)
    assert not view.overlay.visible
    hands.qtbot.keyRelease(hands.window.windowHandle(), Qt.Key.Key_F5)
    assert view.overlay.visible


def test_an_action_is_found_by_its_key_in_the_dialog(hands):
    dialog = keys_dialog(hands)
    dialog.filter.setText("f11")
    assert dialog.list.topLevelItemCount() == 1
    assert "Full screen" in dialog.list.topLevelItem(0).text(0)


def palette(hands) -> CommandPalette:
    hands.do("palette")
    shown = hands.window.findChildren(CommandPalette)[-1]
    hands.wait(shown.isVisible)
    return shown


def test_the_palette_does_what_is_typed_and_remembers_it(hands):
    shown = palette(hands)
    hands.qtbot.keyClicks(shown.line, "upsi colour")
    hands.qtbot.keyClick(shown.line, Qt.Key.Key_Escape)
    shown = palette(hands)
    hands.qtbot.keyClicks(shown.line, "eraser")
    assert (shown.list.topLevelItem(0).text(0), shown.list.topLevelItem(0).text(1)) == ("Tools: Eraser", "E")
    hands.qtbot.keyClick(shown.line, Qt.Key.Key_Return)
    assert hands.program.session.tools.tool is ToolKind.ERASER
    hands.wait(lambda: not hands.window.findChildren(CommandPalette))
    shown = palette(hands)
    assert shown.list.topLevelItem(0).text(0) == "Tools: Eraser"
    hands.qtbot.keyClicks(shown.line, "label monoc")
    assert "Monocyte" in shown.list.topLevelItem(0).text(0)
    hands.program.session.selection.select({hands.cells[0].id})
    hands.qtbot.keyClick(shown.line, Qt.Key.Key_Return)
    assert hands.cells[0].label == "monocyte"


def test_the_page_of_keys_is_that_of_the_live_map(hands, answers, tmp_path):
    use_preset(hands, "qupath")
    desk = hands.window.keys
    groups = key_groups(desk.keys, hands.program.session.workspace.class_set)
    said = {text: keys for lines in groups.values() for keys, text in lines}
    assert said["Select"] == "M"
    assert said["Class blast".replace("blast", "Blast")] == "1"
    assert said["Tag L1"] == QKeySequence("Alt+1").toString(QKeySequence.SequenceFormat.NativeText)
    page = as_html(groups, desk.preset)
    assert "as in QuPath" in page
    assert "http" not in page
    answers.page_path = tmp_path / "keys.html"
    sheet = CheatSheet(groups, page, lambda: hands.program.work.keys.write_page(page), hands.window)
    hands.qtbot.addWidget(sheet)
    next(b for b in sheet.findChildren(type(keys_dialog(hands).add_button)) if b.text().startswith("Save")).click()
    assert answers.page_path.read_text(encoding="utf-8") == page
