"""Icons: drawn when they are needed, sharp at any scale of the screen, in the colours of the present look."""

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QIcon, QImage, QPainter

from allviewer.ui.icons import icon
from allviewer.ui.style import current_theme


def inks(image: QImage) -> set[str]:
    """Colours of the pixels that are fully covered."""
    pixels = (image.pixelColor(x, y) for x in range(image.width()) for y in range(image.height()))
    return {colour.name() for colour in pixels if colour.alpha() == 255}


@pytest.mark.parametrize("ratio", [1.0, 1.25, 1.5, 2.0])
def test_an_icon_has_as_many_pixels_as_the_screen(qapp, ratio):
    pixmap = icon("fit").pixmap(QSize(20, 20), ratio)
    assert pixmap.width() == round(20 * ratio)
    assert pixmap.devicePixelRatio() == ratio


@pytest.mark.parametrize("ratio", [1.0, 1.5])
def test_painting_fills_the_place_in_the_colour_of_the_text(qapp, ratio):
    image = QImage(round(24 * ratio), round(24 * ratio), QImage.Format.Format_ARGB32)
    image.fill(0)
    image.setDevicePixelRatio(ratio)
    painter = QPainter(image)
    icon("stop").paint(painter, 0, 0, 24, 24)
    painter.end()
    assert inks(image) == {QColor(current_theme().text).name()}


def test_a_switch_that_is_on_has_the_accent_colour(qapp):
    on = icon("stop").pixmap(QSize(24, 24), QIcon.Mode.Normal, QIcon.State.On).toImage()
    assert inks(on) == {QColor(current_theme().accent).name()}


def test_a_copied_icon_looks_the_same(qapp):
    original = icon("fit")
    copy = QIcon(original)
    copy.setIsMask(True)  # makes it a drawing of its own
    size = QSize(20, 20)
    del original
    assert copy.pixmap(size).toImage() == icon("fit").pixmap(size).toImage()
