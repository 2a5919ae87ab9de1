"""How large a pixel is: set, measured, reverted, for one image and for its folder; and always with who says so."""

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from allviewer.inference.red_cells import measure_red_cells
from allviewer.ui.dialogs.scale_dialog import ScaleDialog
from tests.inference.pictures import draw_cells
from tests.walks.conftest import CELLS


@pytest.fixture
def folder(tmp_path):
    images = tmp_path / "field"
    images.mkdir()
    for number in range(3):
        Image.fromarray(draw_cells(330 + number, 440, CELLS[number:])).save(images / f"{number}.png")
    (images / "bad.png").write_bytes(b"no image")
    return images


def draw_red_cells(radius_px: int):
    """Discs on light ground, evenly, so that their size is known exactly."""
    rgb = np.full((700, 900, 3), 235, np.uint8)
    rows, columns = np.mgrid[:700, :900]
    for y in range(60, 700, 100):
        for x in range(60, 900, 100):
            rgb[(columns - x) ** 2 + (rows - y) ** 2 <= radius_px**2] = (205, 150, 150)
    return rgb


def dialog_of(hands) -> ScaleDialog:
    hands.do("set_scale")
    return next(child for child in hands.window.children() if isinstance(child, ScaleDialog) and child.isVisible())


@pytest.fixture
def hands(start, folder):
    hands = start()
    hands.open_and_wait(folder)
    return hands


def test_a_number_is_set_and_kept(hands, start, folder):
    dialog = dialog_of(hands)
    dialog.number.setValue(0.123)
    dialog.set.click()
    assert hands.document.scale.words == "0.123 µm/px, set by you"
    assert "0.123 µm/px, set by you" in hands.window.status.scale.text()
    hands.close()
    again = start()
    again.open_and_wait(folder)
    assert again.document.scale.words == "0.123 µm/px, set by you"


def test_a_line_of_known_length(hands):
    dialog = dialog_of(hands)
    dialog.ways["ruler"].setChecked(True)
    assert not dialog.set.isEnabled()
    dialog.set_ruler(200.0)
    dialog.length.setValue(50)
    dialog.set.click()
    assert (hands.document.mpp, hands.document.mpp_source) == (0.25, "ruler")


def test_the_ruler_on_the_picture_tells_the_dialog(hands):
    dialog = dialog_of(hands)
    dialog.draw.click()
    hands.drag([(100, 100), (150, 100), (200, 100)])
    hands.wait(lambda: dialog.ways["ruler"].isChecked())
    dialog.length.setValue(20)
    dialog.set.click()
    assert hands.document.mpp == pytest.approx(0.2, rel=0.02)
    assert hands.document.mpp_source == "ruler"


def test_back_to_what_the_file_says(hands):
    dialog = dialog_of(hands)
    dialog.number.setValue(0.2)
    dialog.set.click()
    dialog = dialog_of(hands)
    dialog.ways["file"].setChecked(True)
    dialog.set.click()
    assert hands.document.mpp is None
    assert "scale unknown" in hands.window.status.scale.text()


def test_for_the_whole_folder(hands, start, folder):
    """Also for images that nobody has opened; one that cannot be read is named."""
    dialog = dialog_of(hands)
    assert dialog.folder.isVisible()
    dialog.number.setValue(0.3)
    dialog.folder.setChecked(True)
    dialog.set.click()
    hands.wait_for_problem("bad.png")
    hands.wait(lambda: any("2 more images" in text for text in hands.notices))
    hands.close()
    again = start()
    again.open_and_wait(folder / "2.png")
    assert again.document.mpp == 0.3


def test_red_cells_tell_the_scale_and_how_sure_it_is(start, tmp_path):
    radius_px = 30
    path = tmp_path / "red.png"
    Image.fromarray(draw_red_cells(radius_px)).save(path)
    hands = start()
    hands.open_and_wait(path)
    dialog = dialog_of(hands)
    dialog.measure.click()
    hands.wait(dialog.set.isEnabled)
    dialog.set.click()
    scale = hands.document.scale
    low, high = scale.interval
    assert scale.source == "red cells"
    assert scale.cells >= 20
    # the method is tuned on boxes around real red cells, in which the inscribed circle is smaller than the cell
    assert low <= 7.2 / (2 * radius_px) <= high
    label = hands.window.status.scale
    assert label.text().startswith("≈ ")
    assert label.objectName() == "warning"


def test_without_red_cells_it_says_so(hands):
    dialog = dialog_of(hands)
    dialog.ways["red cells"].setChecked(True)
    dialog.measure.click()
    hands.wait(dialog.measure.isEnabled)
    assert not dialog.set.isEnabled()
    assert "Too few red cells" in dialog._red_text.text()


def test_the_scale_in_the_status_bar_opens_the_dialog(hands):
    QTest.mouseClick(hands.window.status.scale, Qt.MouseButton.LeftButton)
    assert any(isinstance(child, ScaleDialog) for child in hands.window.children())


def test_another_image_closes_the_dialog(hands):
    dialog_of(hands)
    hands.press(Qt.Key.Key_D)
    hands.wait(lambda: not any(isinstance(c, ScaleDialog) and c.isVisible() for c in hands.window.children()))


def test_even_red_cells_are_as_sure_as_the_method():
    even = measure_red_cells(draw_red_cells(30))
    assert 0.08 < even.spread < 0.1
    assert even.count >= 20
