"""A method without a network in the real window: chosen beside the packs, set up under the eye, run, undone, remembered."""

import pytest
from PIL import Image
from PySide6.QtCore import Qt

from training.synthetic import SmearSpec, render_smear


@pytest.fixture
def field(tmp_path):
    path = tmp_path / "field.png"
    Image.fromarray(render_smear(SmearSpec(500, 400, 0.2, seed=4, white_cells_per_mm2=1500, variants=8)).image).save(
        path
    )
    return path


@pytest.fixture
def hands(start, toy_packs, field):
    hands = start()
    hands.open_and_wait(field)
    return hands


def choose(hands, name):
    box = hands.window.options.segmentation
    box.setCurrentIndex(box.findData(f"method:{name}"))
    box.activated.emit(box.currentIndex())


def test_a_method_is_chosen_seen_run_and_undone(hands):
    desk = hands.window.methods
    assert not desk.panel.isVisible()
    choose(hands, "pgs")
    assert desk.panel.isVisible()
    hands.wait(lambda: desk.preview.preview is not None)
    before = desk.preview.preview
    desk.panel.controls["reach"].slider.setValue(0)
    hands.wait(lambda: desk.preview.preview is not before)
    assert not (desk.preview.preview.parts == 128).any(), "no reach, no cytoplasm"

    hands.do("run")
    hands.wait(lambda: len(hands.cells) > 0, 60_000)
    hands.wait_for_rest()
    assert all(cell.origin.name.startswith("method pgs 1.0 (reach=0)") for cell in hands.cells)
    assert not desk.panel.preview.isChecked(), "the preview does not hide what was found"
    document = hands.program.session.workspace.document
    assert document.history[-1].text == f"Run pgs: {len(hands.cells)} cells"
    hands.do("undo")
    assert not hands.cells


def test_settings_are_remembered_and_can_be_reset(hands, start):
    choose(hands, "pgs")
    hands.window.methods.panel.controls["k"].slider.setValue(2)
    hands.wait_for_rest()
    hands.close()
    again = start()
    panel = again.window.methods.panel
    assert again.program.work.tune.name == "pgs"
    assert panel.controls["k"].slider.value() == 2
    assert again.program.work.detect.choice.method.identity == "method pgs 1.0 (k=4)"
    panel.reset_wanted.emit()
    assert again.program.work.detect.choice.method.identity == "method pgs 1.0 (defaults)"
    assert panel.controls["k"].slider.value() == 1


def test_controls_without_a_meaning_are_hidden(hands):
    choose(hands, "pgs")
    controls = hands.window.methods.panel.controls
    assert controls["quantile"].isVisible()
    assert not controls["threshold"].isVisible()
    box = controls["threshold_rule"].box
    box.setCurrentIndex(box.findData("fixed"))
    box.activated.emit(box.currentIndex())
    assert controls["threshold"].isVisible()
    assert not controls["quantile"].isVisible()


def test_the_panel_lets_go_of_picture_and_clicks(hands):
    choose(hands, "grey-clusters")
    desk = hands.window.methods
    hands.wait(lambda: desk.preview.preview is not None)
    assert desk.preview.testAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
    desk.panel.closed.emit()
    assert not desk.panel.isVisible()
    assert desk.preview.preview is None
    hands.do("method_settings")
    assert desk.panel.isVisible()
    box = hands.window.options.segmentation
    box.setCurrentIndex(box.findData("colours 1.0.0"))
    box.activated.emit(box.currentIndex())
    assert not desk.panel.isVisible()
    assert hands.program.work.detect.choice.method is None
    hands.do("run")
    hands.wait(lambda: not hands.program.work.detect.is_running, 60_000)
