"""The dialog of what is put beside the image: it offers what there is, and begins what was chosen."""

import pytest
from PIL import Image
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from allviewer.domain.colour_view import ColourView
from allviewer.ui.dialogs.compare_dialog import CompareDialog


@pytest.fixture
def hands(start, toy_packs, smear):
    Image.new("RGB", (300, 200), "white").save(smear.with_name("white.png"))
    hands = start()
    hands.open_and_wait(smear.parent)
    hands.do("run")
    hands.wait_for_rest()
    return hands


def choose(hands, act):
    """Open the dialog by its action and do something in it."""
    seen = []

    def look():
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, CompareDialog)
        seen.append(dialog)
        act(dialog)
        dialog.show_it.click()

    QTimer.singleShot(0, look)
    hands.do("compare")
    assert seen
    compare = hands.program.work.compare
    hands.wait(lambda: compare.beside is not None)
    return compare.beside


def take(dialog, way, box=None, row=0):
    if box is not None:
        box.setCurrentIndex(row)
    dialog.ways[way].setChecked(True)


def test_another_image(hands):
    beside = choose(hands, lambda dialog: take(dialog, "image", dialog.image))
    assert beside.document.name == "white.png"


def test_another_look(hands):
    beside = choose(hands, lambda d: take(d, "colours", d.colours, d.colours.findData(str(ColourView.AZURE))))
    assert beside.colours is ColourView.AZURE


def test_a_method_with_settings_of_its_own(hands):
    tune = hands.program.work.tune

    def set_up(dialog):
        row = next(n for n in range(dialog.finder.count()) if dialog.finder.itemData(n).method)
        take(dialog, "finder", dialog.finder, row)
        name = dialog.finder.itemData(row).method
        assert dialog.settings.isVisible()
        control = next(c for c in dialog.settings.rows.controls.values() if c.slider is not None and c.isVisible())
        steps = control.slider.value()
        control.slider.setValue(steps + 1 if steps < control.slider.maximum() else steps - 1)
        assert list(dialog.settings.given) == [control.parameter.name]
        assert tune.given(name) == {}, "what is remembered of the method stays"
        dialog.finder.setCurrentIndex(0)
        assert not dialog.settings.isVisible()
        dialog.finder.setCurrentIndex(row)

    beside = choose(hands, set_up)
    assert beside.has_differences


def test_an_earlier_state(hands):
    beside = choose(hands, lambda dialog: take(dialog, "step", dialog.step))
    assert (beside.title, len(beside.annotations)) == ("As it was opened first", 0)


def test_a_method_without_a_network_in_the_part_in_view(hands):
    def act(dialog):
        names = [dialog.finder.itemText(row) for row in range(dialog.finder.count())]
        row = next(row for row, name in enumerate(names) if "no network" in name)
        dialog.only_view.setChecked(True)
        take(dialog, "finder", dialog.finder, row)

    beside = choose(hands, act)
    assert beside.region is not None
    assert beside.has_differences


def test_a_file_is_asked_for(hands, answers, tmp_path):
    path = tmp_path / "cells.geojson"
    path.write_text('[{"geometry": {"type": "Polygon", "coordinates": [[[5, 5], [30, 5], [30, 30], [5, 30]]]}}]')
    answers.cells_path = path
    beside = choose(hands, lambda dialog: take(dialog, "file"))
    assert (beside.title, len(beside.annotations)) == ("cells.geojson", 1)
