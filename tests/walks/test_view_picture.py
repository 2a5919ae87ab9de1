"""The view as a picture: what is on the screen, on the clipboard or in a file, larger if wanted; and full screen."""

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QApplication

from allviewer.domain.colour_view import ColourView
from allviewer.imaging import openers
from allviewer.ui.dialogs.picture_dialog import PictureDialog
from allviewer.ui.dialogs.properties_dialog import PropertiesDialog
from tests.imaging.focal_stack import FocalStack


def pixels(image: QImage):
    image = image.convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    return rows[:, : 3 * image.width()].reshape(image.height(), image.width(), 3).astype(int)


def away_from_marks(array):
    """Without the corners, where scale bar and map are."""
    return array[60:-60, 240:-240]


@pytest.fixture
def hands(start, toy_packs, smear):
    hands = start()
    hands.open_and_wait(smear)
    hands.do("run")
    hands.wait_for_rest()
    hands.program.session.selection.clear()
    return hands


def draw(hands, cells=True, bar=True, times=1):
    from allviewer.progress import CancelToken

    return hands.window.shown.picture(cells, bar).enlarged(times).draw(CancelToken())


@pytest.mark.parametrize("angle", [0.0, 90.0, 33.0])
@pytest.mark.parametrize("zoom", [1.0, 3.3])
def test_the_picture_is_what_the_screen_shows(hands, angle, zoom):
    view = hands.program.session.view
    view.zoom_by(zoom)
    view.rotate_to(angle)
    view.set_image_look(contrast=1.4)
    hands.wait_for_rest()
    hands.window.notices.hide()
    screen = pixels(hands.canvas.grab().toImage())
    picture = pixels(draw(hands))
    assert picture.shape == screen.shape
    off = np.abs(away_from_marks(picture) - away_from_marks(screen)).max(axis=2)
    assert (off > 2).mean() < 0.001


def test_without_cells_there_is_the_image_alone(hands):
    with_cells, without = pixels(draw(hands, True, False)), pixels(draw(hands, False, False))
    hands.program.session.view.set_overlay(visible=False)
    assert (with_cells != without).any()
    assert (pixels(draw(hands, True, False)) == without).all()


def test_copy_by_key(hands):
    QGuiApplication.clipboard().clear()
    hands.press(Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    hands.wait(lambda: not QGuiApplication.clipboard().image().isNull())
    assert QGuiApplication.clipboard().image().size() == hands.canvas.size()
    assert any("The view was copied" in text for text in hands.notices)


def answer(qtbot, act):
    """Do something in the export dialog as soon as it is there."""

    def look():
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, PictureDialog)
        act(dialog)

    from PySide6.QtCore import QTimer

    QTimer.singleShot(0, look)


def test_export_at_twice_the_screen(hands, answers, tmp_path, qtbot):
    answers.picture_path = tmp_path / "view.png"

    def act(dialog):
        dialog.size_box.setCurrentIndex(1)
        dialog.cells.setChecked(False)
        dialog.scale_bar.setChecked(False)
        dialog.write.click()

    answer(qtbot, act)
    hands.do("export_view")
    hands.wait(lambda: any("was written" in text for text in hands.notices))
    with Image.open(tmp_path / "view.png") as picture:
        assert picture.size == (2 * hands.canvas.width(), 2 * hands.canvas.height())
    assert answers.asked[-1] == "smear view.png"


def test_a_folder_that_cannot_be_written_is_named(hands, answers, tmp_path, qtbot):
    answers.picture_path = tmp_path / "no such folder" / "view.png"
    answer(qtbot, lambda dialog: dialog.write.click())
    hands.do("export_view")
    hands.wait_for_problem("view.png")


def test_the_picture_has_the_look_of_the_view(hands):
    hands.program.session.view.zoom_by(4)
    hands.wait_for_rest()
    whole = pixels(draw(hands, False, False))
    hands.program.session.looks.set_colours(ColourView.GREY)
    hands.wait_for_rest()
    grey = pixels(draw(hands, False, False))
    assert (grey != whole).any()
    assert (grey[..., 0] == grey[..., 1]).all()


def test_full_screen_and_back(hands):
    window = hands.window
    before = [w.isVisible() for w in (window.menuBar(), window.options, window.images, window.cells)]
    hands.do("full_screen")
    assert window.isFullScreen()
    assert not any(w.isVisible() for w in (window.menuBar(), window.options, window.images, window.classes))
    assert window.canvas.isVisible()
    hands.press(Qt.Key.Key_F11)
    hands.wait(lambda: not window.isFullScreen())
    assert [w.isVisible() for w in (window.menuBar(), window.options, window.images, window.cells)] == before


def test_properties_with_label_and_macro(start, smear, monkeypatch, qtbot):
    monkeypatch.setattr(openers, "open_image", lambda path, **_more: FocalStack(channels=("DAPI",)))
    hands = start()
    hands.open_and_wait(smear)
    dialog = PropertiesDialog(hands.document, hands.program.work.describe, hands.window)
    qtbot.addWidget(dialog)
    dialog.show()
    hands.wait(lambda: all(not label.pixmap().isNull() for label in dialog.pictures.values()))
    assert list(dialog.pictures) == ["label", "macro"]
    facts = dict(hands.program.work.describe.facts(hands.document))
    assert facts["Size"] == "700 × 500 px"
    assert facts["Focal planes"] == "5"
    assert facts["Between planes"] == "0.5 µm"
    assert facts["Colour profile"] == "Scanner RGB"
    assert facts["Scale"] == "0.25 µm/px, from the file"


def test_magnification_in_the_status_bar(start, smear, monkeypatch):
    monkeypatch.setattr(openers, "open_image", lambda path, **_more: FocalStack())
    hands = start()
    hands.open_and_wait(smear)
    hands.do("actual")
    assert hands.window.status.zoom.text() == "100 % · 40x"
