"""What the status bar says of the place under the cursor, as far as there is room."""

from types import SimpleNamespace

import pytest

from allviewer.domain.geometry import Region
from allviewer.ui.panels.status_strip import StatusStrip


@pytest.fixture
def strip(qtbot):
    made = StatusStrip()
    qtbot.addWidget(made)
    made.resize(1900, 30)
    made.show()
    qtbot.waitExposed(made)
    return made


def image(mpp):
    return SimpleNamespace(info=SimpleNamespace(bounds=Region(0, 0, 2000, 1000)), mpp=mpp)


def test_place_colour_and_optical_density(strip):
    strip.show_place(image(0.25), 1200.7, 40.2, (255, 128, 3))
    assert strip.place.text() == "1,200, 40 px   300.2, 10.1 µm   RGB 255 128 3   OD 0.00 0.30 1.93"
    strip.show_place(image(None), 1200.7, 40.2, None)
    assert strip.place.text() == "1,200, 40 px"
    strip.show_place(image(None), 2000.0, 40.2, (1, 2, 3))
    assert strip.place.text() == ""


def test_what_has_no_room_is_left_out_whole(strip):
    strip.place.setMinimumWidth(100)
    strip.place.resize(210, 20)
    strip.show_place(image(0.25), 1200.7, 40.2, (255, 128, 3))
    assert strip.place.text() == "1,200, 40 px   300.2, 10.1 µm"
