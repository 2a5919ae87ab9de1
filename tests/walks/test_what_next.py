"""The queue of what to look at next, in the real window: built, promised, and a click leads to the cell."""

from allviewer.ui.dialogs.what_next_dialog import WhatNextDialog


def test_a_click_in_the_queue_leads_to_the_cell(analysed):
    hands = analysed
    first = hands.cells[0]
    hands.program.session.selection.select({first.id}, first.id)
    hands.program.work.correct.accept()
    hands.do("what_next")
    dialog = hands.window.findChild(WhatNextDialog)
    hands.wait(lambda: dialog.list.count() == 5, 60_000)
    assert "need a correction" in dialog.words.text()
    assert "Learnt from 1 cells looked at before" in dialog.words.text()
    dialog.list.setCurrentRow(2)
    chosen = hands.program.session.selection.current
    assert chosen in {cell.id for cell in hands.cells} - {first.id}
    hands.program.work.correct.accept_all()
    dialog.build()
    hands.wait(lambda: "has been looked at" in dialog.words.text(), 60_000)
    dialog.close()
