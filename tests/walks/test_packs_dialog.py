"""Packs in the window: one is used, put away, gone back from, and written to a file; each step stands in its history."""

from PySide6.QtCore import Qt

from allviewer.ui.dialogs.packs_dialog import PacksDialog
from allviewer.ui.dialogs.trial_dialog import TrialDialog
from tests.inference.networks import write_pack


def test_use_roll_back_archive_and_save(start, toy_packs, home, answers, tmp_path):
    write_pack(home / "data" / "models" / "colours-2.0.0", version="2.0.0", title="Newer")
    hands = start()
    hands.do("manage_packs")
    dialog = hands.window.findChild(PacksDialog)

    dialog.choose("colours 2.0.0")
    dialog.buttons["use"].click()
    trial = hands.window.findChild(TrialDialog)
    hands.wait(lambda: trial.trial is not None, 120_000)
    assert "refuses" in trial.verdict.text()  # the toy network finds nothing on real smears
    assert not trial.take.isEnabled()
    trial.reason.setText("a toy for this test")
    trial.take.click()
    assert hands.program.work.detect.choice.segmentation == "colours 2.0.0"
    assert not dialog.buttons["archive"].isEnabled()
    assert "a toy for this test" in dialog.history.toPlainText()
    dialog.buttons["back"].click()
    assert hands.program.work.detect.choice.segmentation == hands.program.work.packs.default("segmentation").name
    assert hands.program.work.detect.choice.segmentation != "colours 2.0.0"

    dialog.choose("colours 2.0.0")
    dialog.buttons["archive"].click()
    offered = hands.window.options.segmentation
    assert offered.findData("colours 2.0.0") < 0
    names = [dialog.list.item(row).data(Qt.ItemDataRole.UserRole).name for row in range(dialog.list.count())]
    assert "colours 2.0.0" in names
    dialog.buttons["archive"].click()
    assert offered.findData("colours 2.0.0") >= 0

    answers.new_pack_path = tmp_path / "stick.zip"
    dialog.buttons["file"].click()
    hands.wait(lambda: answers.new_pack_path.exists())
    assert answers.asked == ["colours-2.0.0.zip"]
    assert "not signed" in dialog.card.toPlainText()
    dialog.close()
