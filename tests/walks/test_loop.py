"""The whole way round in the real window: open, find, correct, undo, save, reopen, export, fine-tune, install, use."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from allviewer.resources import resources_dir
from allviewer.ui.dialogs.fine_tune_dialog import FineTuneDialog
from allviewer.ui.dialogs.trial_dialog import TrialDialog
from tests.walks.hands import inside

SHIPPED = resources_dir() / "models"


@pytest.fixture
def smear_path(request) -> Path:
    """A real smear where there are any, else the synthetic one that ships."""
    try:
        data = request.getfixturevalue("data_dir")
    except pytest.skip.Exception:
        return next((resources_dir() / "demo").glob("*.png"))
    return data / "bccd" / "images" / "BloodImage_00022.jpg"


@pytest.fixture
def shipped_packs():
    if not list(SHIPPED.glob("*/card.json")):
        pytest.skip("no network ships with this checkout")


@pytest.fixture
def hands(start, shipped_packs, smear_path):
    hands = start()
    hands.open_and_wait(smear_path)
    if not hands.cells:
        hands.do("run")
    hands.wait(lambda: len(hands.cells) > 0, 120_000)
    hands.wait_for_rest()
    return hands


def largest(hands):
    return max(hands.cells, key=lambda cell: cell.cytoplasm_area_px)


def edge_of_cytoplasm(cell):
    """A path along a stretch of the cell's border that is far from its nucleus."""
    ring = cell.mask - cell.nucleus
    box = ring.region
    rows, columns = ring.bitmap.nonzero()
    top = rows.min()
    middle = columns[rows == top].mean()
    return [(box.x + middle - 12, box.y + 1.0), (box.x + middle + 12, box.y + 1.0)]


def test_open_run_correct_save_reopen(hands, start, answers, smear_path, tmp_path):
    found = largest(hands)
    hands.click(*inside(found))
    assert hands.program.session.selection.ids == {found.id}

    hands.press(Qt.Key.Key_E)
    hands.drag(edge_of_cytoplasm(found))
    erased = hands.cell(found.id)
    assert erased.cytoplasm_area_px < found.cytoplasm_area_px
    assert erased.nucleus == found.nucleus

    label, key = ("monocyte", Qt.Key.Key_4) if found.label != "monocyte" else ("blast", Qt.Key.Key_1)
    hands.press(key)
    assert hands.cell(found.id).label == label

    control, shift = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
    hands.press(Qt.Key.Key_Z, control)
    hands.press(Qt.Key.Key_Z, control)
    assert hands.cell(found.id) == found
    hands.press(Qt.Key.Key_Z, control | shift)
    hands.press(Qt.Key.Key_Z, control | shift)
    assert hands.cell(found.id).label == label
    assert hands.cell(found.id).mask == erased.mask

    hands.press(Qt.Key.Key_S, control)
    hands.wait(lambda: any("All edits are saved" in text for text in hands.notices))
    before, steps = hands.cells, [step.text for step in hands.document.history]
    hands.close()

    again = start()
    again.open_and_wait(smear_path)
    assert again.cells == before
    assert [step.text for step in again.document.history] == steps
    again.do("undo")
    again.wait(lambda: again.cell(found.id).label == found.label)
    again.do("redo")
    again.wait(lambda: again.cells == before)


@pytest.mark.slow
def test_export_fine_tune_install_and_use(hands, tmp_path, qtbot):
    pytest.importorskip("torch", reason="training is not installed here")
    cell = largest(hands)
    hands.click(*inside(cell))
    hands.press(Qt.Key.Key_E)
    hands.drag(edge_of_cytoplasm(cell))
    hands.do("accept_all")

    folder = tmp_path / "set"
    hands.program.work.export_training.export(folder)
    hands.wait(lambda: (folder / "manifest.json").exists())

    hands.do("fine_tune")
    dialog = hands.window.findChild(FineTuneDialog)
    hands.wait(lambda: "cell" in dialog.counts_text)
    dialog.set_steps(2)
    installed = []
    hands.program.work.packs.installed.connect(installed.append)
    dialog.start()
    hands.wait(lambda: bool(installed) or bool(hands.problems), 280_000)
    assert hands.problems == []
    new = installed[0]
    assert not new.shipped
    dialog.use()
    trial = hands.window.findChild(TrialDialog)
    hands.wait(lambda: trial.trial is not None, 280_000)
    trial.reason.setText("two steps, for this test")
    trial.take.click()
    assert hands.program.work.detect.choice.segmentation == new.name

    hands.do("run")
    hands.wait(lambda: hands.program.work.detect.is_running)
    hands.wait_for_rest()
    assert hands.cell(cell.id) is not None
    weighed = [run.title for run in (hands.document.waiting_run,) if run is not None]
    assert any(new.name in text for text in [*weighed, *hands.notices]), "what the new network found is offered"
