"""A person cancels a run: what it had found by then is offered, and taken as one step or not at all."""

import pytest
from PySide6.QtWidgets import QPushButton, QToolButton

from allviewer.inference.detect import detect_cells as really_detect
from tests.walks.hands import inside


@pytest.fixture
def hands(start, toy_packs, smear, monkeypatch):
    """Runs that, having handed over two cells, go on until they are cancelled."""

    def slow(source, request, cancel, report, on_cells=None, sessions=None):
        found = really_detect(source, request, cancel, report, None, sessions)
        on_cells(list(found.cells[:2]))
        while True:
            cancel.check()

    hands = start()
    hands.open_and_wait(smear)
    monkeypatch.setattr("allviewer.inference.detect.detect_cells", slow)
    return hands


def cancel_a_run(hands):
    hands.do("run")
    hands.wait(lambda: len(hands.program.work.detect.proposals.of(hands.document)) == 2)
    hands.do("cancel")
    hands.wait_for_rest()
    hands.wait(lambda: any("was cancelled" in text for text in hands.notices))


def button(hands, text):
    return next(b for b in hands.program.notices.findChildren(QPushButton) if b.text() == text)


def test_what_was_found_is_kept_in_one_step(hands):
    cancel_a_run(hands)
    assert hands.cells == []
    assert "0 as before; 2 added, 0 changed, 0 dropped. Nothing has been changed yet." in hands.notices[-1]
    button(hands, "Take all").click()
    assert len(hands.cells) == 2
    assert not any("was cancelled" in text for text in hands.notices)
    hands.do("undo")
    assert hands.cells == []
    assert hands.document.history[0].text.endswith("that was cancelled: take all 2")


def test_what_is_not_wanted_is_left(hands):
    cancel_a_run(hands)
    hands.program.notices.findChild(QToolButton).click()
    assert hands.notices == []
    assert len(hands.document.waiting_run.proposals) == 2, "closing the slip decides nothing"
    hands.do("leave_proposals")
    assert hands.document.waiting_run is None
    assert hands.cells == []
    assert not hands.document.can_undo


def test_earlier_cells_stay_where_the_run_never_came_and_where_people_worked(hands, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr("allviewer.inference.detect.detect_cells", really_detect)
        hands.do("run")
        hands.wait_for_rest()
    before = hands.cells
    hands.click(*inside(before[0]))
    hands.program.work.correct.accept()
    mine = hands.cell(before[0].id)
    cancel_a_run(hands)
    assert "changes nothing" in hands.notices[-1]
    assert hands.cells == [mine, *before[1:]]


def test_a_new_run_of_an_image_takes_the_place_of_what_waits(hands, monkeypatch):
    cancel_a_run(hands)
    monkeypatch.setattr("allviewer.inference.detect.detect_cells", really_detect)
    hands.do("run")
    hands.wait_for_rest()
    assert not any("was cancelled" in text for text in hands.notices)
    assert hands.document.waiting_run is None
    assert len(hands.cells) > 2
