"""The system changes between light and dark while the program runs: everything follows, and all can be read."""

import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor, QPalette

from allviewer.ui import style
from allviewer.ui.icons import icon
from allviewer.ui.style import DARK, LIGHT


@pytest.fixture
def hands(start, smear):
    hands = start()
    hands.open_and_wait(smear)
    return hands


def turn_dark(qapp, monkeypatch):
    """As if the system had: no platform of tests can."""
    monkeypatch.setattr(style, "current_theme", lambda: DARK)
    monkeypatch.setattr("allviewer.ui.icons.current_theme", lambda: DARK)
    monkeypatch.setattr("allviewer.ui.notices.current_theme", lambda: DARK)
    qapp.styleHints().colorSchemeChanged.emit(Qt.ColorScheme.Dark)


@pytest.fixture(autouse=True)
def light_again(qapp, monkeypatch):
    yield
    monkeypatch.undo()
    qapp.styleHints().colorSchemeChanged.emit(Qt.ColorScheme.Light)


def test_the_window_follows(hands, qapp, monkeypatch):
    canvas = hands.canvas
    light = canvas.grab().toImage().pixelColor(4, canvas.height() // 2 - 300)
    turn_dark(qapp, monkeypatch)
    assert hands.window.palette().color(QPalette.ColorRole.Window).name() == DARK.window
    assert hands.window.palette().color(QPalette.ColorRole.WindowText).name() == DARK.text
    dark = canvas.grab().toImage().pixelColor(4, canvas.height() // 2 - 300)
    assert dark.lightness() < light.lightness() / 2


def test_icons_follow_without_being_made_anew(hands, qapp, monkeypatch):
    shown = icon("stop")

    def ink():
        image = shown.pixmap(QSize(24, 24)).toImage()
        return {
            image.pixelColor(x, y).name() for x in range(24) for y in range(24) if image.pixelColor(x, y).alpha() == 255
        }

    assert ink() == {QColor(LIGHT.text).name()}
    turn_dark(qapp, monkeypatch)
    assert ink() == {QColor(DARK.text).name()}


def test_a_notice_that_stands_follows(hands, qapp, monkeypatch):
    hands.program.notices.tell("Something is new.")
    (line,) = hands.program.notices._lines
    before = line._sign.pixmap().toImage()
    turn_dark(qapp, monkeypatch)
    assert line._sign.pixmap().toImage() != before


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_words_stand_out_from_what_is_behind_them(theme):
    """The contrast that WCAG asks of text is 4.5; of quiet text and of large signs 3."""

    def luminance(name):
        parts = [v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in QColor(name).getRgbF()[:3]]
        return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]

    def contrast(one, other):
        bright, dim = sorted((luminance(one), luminance(other)), reverse=True)
        return (bright + 0.05) / (dim + 0.05)

    for behind in (theme.window, theme.panel):
        assert contrast(theme.text, behind) >= 4.5
        assert contrast(theme.muted, behind) >= 4
        assert contrast(theme.good, behind) >= 4.5
        assert contrast(theme.warning, behind) >= 4.5
    assert contrast(theme.on_accent, theme.accent) >= 4.5
