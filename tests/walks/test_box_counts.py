"""Red cells and platelets in the real window: told beside the classes, drawn when asked for, kept with the case."""

import pytest

from allviewer.domain.boxes import RED_CELL


@pytest.fixture
def counted(start, data_dir):
    """A real field after a run of the shipped networks."""
    hands = start()
    hands.open_and_wait(data_dir / "bccd/images/BloodImage_00000.jpg")
    hands.do("run")
    hands.wait(lambda: hands.document.counted is not None, 60_000)
    hands.wait_for_rest()
    return hands


def test_counts_are_told_and_boxes_are_drawn_on_demand_only(counted):
    panel = counted.window.classes.boxes
    counted.wait(lambda: "red cells" in panel.text())
    assert panel.text().startswith("Network count, not reviewed:")
    assert "for 100 white cells" in panel.text()
    assert 10 <= counted.document.counted.boxes.count(RED_CELL) <= 30
    canvas = counted.window.canvas
    before = canvas.grab().toImage()
    counted.do("show_boxes")
    assert counted.window.actions_table["show_boxes"].isChecked()
    assert canvas.grab().toImage() != before
    counted.do("show_boxes")
    assert not counted.window.actions_table["show_boxes"].isChecked()


def test_counts_are_no_step_of_the_history_and_are_there_again_after_a_restart(counted, start):
    steps, found = len(counted.document.history), counted.document.counted
    assert steps == 1
    counted.do("undo")
    assert counted.document.counted is found
    counted.wait_for_rest()
    case = counted.program.session.workspace.case.file.path
    counted.close()
    again = start()
    again.open(case)
    again.wait(lambda: again.document is not None and again.document.counted is not None, 30_000)
    assert again.document.counted.boxes.count(RED_CELL) == found.boxes.count(RED_CELL)
