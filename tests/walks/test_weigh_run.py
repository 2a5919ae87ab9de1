"""A second run of an image: its proposals are weighed in the window, and what a person touched is never in question."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt

from allviewer.domain.mask import Mask
from allviewer.domain.model_run import ProposalKind
from allviewer.inference.detect import detect_cells as really_detect
from tests.walks.hands import inside


@pytest.fixture
def hands(analysed):
    return analysed


@pytest.fixture
def other_run(monkeypatch):
    """From now on runs see the first cell as another class, miss the second and the sixth, and find two new ones."""

    def otherwise(source, request, cancel, report, on_cells=None, sessions=None):
        found = really_detect(source, request, cancel, report, on_cells, sessions)
        ordered = sorted(found.cells, key=lambda cell: cell.mask.centroid[::-1])
        first, rest = ordered[0], [c for n, c in enumerate(ordered) if n not in (0, 1, 5)]
        label = "monocyte" if first.label != "monocyte" else "lymphocyte"
        new = [
            replace(first, id=90 + n, mask=(m := Mask([[1] * 9] * 9, x, 160)), nucleus=m)
            for n, x in ((1, 20), (2, 400))
        ]
        new[0] = replace(new[0], uncertainty=0.6)
        return replace(found, cells=(replace(first, label=label), *rest, *new))

    monkeypatch.setattr("allviewer.inference.detect.detect_cells", otherwise)


def run_again(hands):
    hands.do("run")
    hands.wait_for_rest()
    hands.wait(lambda: hands.document.waiting_run is not None)


def test_nothing_changes_before_it_is_taken_and_the_summary_says_what_would(hands, other_run):
    before = hands.cells
    hands.click(*inside(before[2]))
    hands.press(Qt.Key.Key_5)
    mine = hands.cell(before[2].id)
    steps = len(hands.document.history)
    run_again(hands)
    assert len(hands.document.history) == steps
    assert "1 of yours kept, 2 as before; 2 added, 1 changed, 2 dropped" in hands.window.runs.panel.sentence
    assert hands.window.runs.panel.isVisible()
    assert hands.window.runs.marks.isVisible()
    hands.program.work.weigh.take_all()
    assert hands.cell(mine.id) == mine
    assert len(hands.cells) == len(before)
    assert len(hands.document.history) == steps + 1
    hands.do("undo")
    assert {cell.id for cell in hands.cells} == {cell.id for cell in before}


def test_proposals_are_taken_one_by_one_by_key(hands, other_run):
    run_again(hands)
    weigh = hands.program.work.weigh
    hands.do("next_proposal")
    first = weigh.current
    hands.do("take_proposal")
    assert len(hands.document.waiting_run.proposals) == 4
    assert weigh.current is not None
    assert weigh.current is not first
    hands.do("leave_proposal")
    assert len(hands.document.waiting_run.proposals) == 3
    assert hands.document.position == 2


def test_proposals_are_taken_by_kind_class_confidence_and_marked_rows(hands, other_run):
    run_again(hands)
    weigh, panel = hands.program.work.weigh, hands.window.runs.panel
    panel._kinds[ProposalKind.CHANGED].setChecked(False)
    panel._kinds[ProposalKind.DROPPED].setChecked(False)
    assert panel.take.text() == "Take 2"
    panel._confidence.setCurrentIndex(panel._confidence.findData(0.5))
    panel._confidence.activated.emit(1)
    assert panel.take.text() == "Take 1"
    panel.take.click()
    assert hands.document.history[-1].text.endswith("added cell")
    assert len(hands.cells) == 7
    panel._confidence.setCurrentIndex(0)
    panel._confidence.activated.emit(0)
    panel._kinds[ProposalKind.DROPPED].setChecked(True)
    assert panel.take.text() == "Take 3"
    panel._label.setCurrentIndex(panel._label.findData("no_such"))
    panel.table.selectRow(0)
    panel.table.selectionModel().select(
        panel.model.index(1, 0),
        panel.table.selectionModel().SelectionFlag.Select | panel.table.selectionModel().SelectionFlag.Rows,
    )
    assert panel.leave.text() == "Leave 2"
    panel.leave.click()
    assert len(hands.document.waiting_run.proposals) == 2
    assert len(hands.cells) == 7
    assert weigh.run.count(ProposalKind.CHANGED) == 1


def test_what_a_person_touches_meanwhile_is_passed_over(hands, other_run):
    run_again(hands)
    (changed,) = [p for p in hands.document.waiting_run.proposals if p.kind is ProposalKind.CHANGED]
    hands.click(*inside(changed.before))
    hands.program.work.correct.accept()
    mine = hands.cell(changed.before.id)
    hands.program.work.weigh.take_all()
    assert hands.cell(mine.id) == mine
    assert any("1 not taken" in text for text in hands.notices)


def test_a_run_waits_through_a_restart(hands, start, other_run, smear):
    run_again(hands)
    waiting = [(p.kind, p.cell.label, p.region) for p in hands.document.waiting_run.proposals]
    hands.close()
    again = start()
    again.open_and_wait(smear)
    assert [(p.kind, p.cell.label, p.region) for p in again.document.waiting_run.proposals] == waiting
    again.program.work.weigh.take_all()
    again.wait_for_rest()
    again.close()
    third = start()
    third.open_and_wait(smear)
    assert third.document.waiting_run is None


def test_a_run_that_sees_everything_as_before_changes_nothing(hands):
    before = hands.cells
    hands.do("run")
    hands.wait_for_rest()
    assert hands.cells == before
    assert any("changes nothing" in text and "6 as before" in text for text in hands.notices)


def test_a_run_on_a_region_drops_nothing_outside(hands, other_run):
    outside = {cell.id for cell in hands.cells if cell.mask.centroid[0] > 260}
    hands.press(Qt.Key.Key_R)
    hands.drag([(5, 5), (130, 150), (260, 325)])
    hands.wait_for_rest()
    run = hands.document.waiting_run
    assert run is not None
    assert outside.isdisjoint(p.before.id for p in run.proposals if p.kind is ProposalKind.DROPPED)
