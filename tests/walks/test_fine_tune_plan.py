"""Before a network learns, a person sees what from, how long, and what happens afterwards."""

from allviewer.ui.dialogs.fine_tune_dialog import FineTuneDialog
from tests.walks.hands import inside


def test_the_dialog_says_what_is_learnt_and_what_comes_out(start, toy_packs, smear):
    hands = start()
    hands.open_and_wait(smear)
    hands.do("run")
    hands.wait_for_rest()
    hands.click(*inside(hands.cells[0]))
    hands.program.work.correct.accept()
    hands.do("fine_tune")
    dialog = hands.window.findChild(FineTuneDialog)
    hands.wait(lambda: dialog.counts_text.startswith("1 cell of 1 patient or slide"))
    assert "Only 1 patients or slides" in dialog.cells.missing.text()
    assert "locked test set" in dialog.cells.missing.text()
    assert "outlines of these cells" in dialog.plan_text
    assert "used only if you say so" in dialog.plan_text
    assert "on the locked test set" in dialog.plan_text
    dialog.teach("classification")
    assert "that have a class" in dialog.plan_text
    dialog.close()
