"""Looking at an image otherwise: focal planes, profile, channels, colours, stains, brightness."""

import threading

import numpy as np
import pytest
from PySide6.QtCore import Qt

from allviewer.domain.colour_view import ColourView
from allviewer.imaging import openers
from allviewer.jobs.lanes import Lane
from allviewer.ui.canvas.slide_view import SlideView
from tests.imaging.focal_stack import FocalStack


def middle(canvas: SlideView) -> tuple[int, int, int]:
    """The colour in the middle of the picture, as it is on the screen."""
    colour = canvas.grab().toImage().pixelColor(canvas.width() // 2, canvas.height() // 2)
    return colour.red(), colour.green(), colour.blue()


def pixels(canvas: SlideView):
    image = canvas.grab().toImage()
    return np.frombuffer(image.constBits(), np.uint8).astype(int)


@pytest.fixture
def stack(monkeypatch, smear):
    """Whatever is opened has five focal planes, a profile and two channels."""
    monkeypatch.setattr(openers, "open_image", lambda path, **_options: FocalStack(channels=("DAPI", "FITC")))
    return smear


@pytest.fixture
def hands(start, stack):
    hands = start()
    hands.open_and_wait(stack)
    return hands


def test_focal_planes_by_key_and_slider(hands):
    assert middle(hands.canvas) == (120, 120, 120)
    hands.press(Qt.Key.Key_Up, Qt.KeyboardModifier.ShiftModifier)
    hands.wait(lambda: middle(hands.canvas) == (160, 160, 160))
    hands.press(Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    hands.wait(lambda: middle(hands.canvas) == (120, 120, 120))
    hands.do("show_look")
    assert hands.window.look.plane.isVisible()
    hands.window.look.plane.setValue(0)
    hands.wait(lambda: middle(hands.canvas) == (40, 40, 40))


def test_no_other_picture_flashes_between_two_looks(hands):
    """While the next plane is on its way the plane before stays; nothing else is ever on the screen."""
    seen = {middle(hands.canvas)}
    hands.do("plane_up")
    for _ in range(200):
        hands.qtbot.wait(1)
        seen.add(middle(hands.canvas))
        if (160, 160, 160) in seen:
            break
    assert seen == {(120, 120, 120), (160, 160, 160)}


def test_profile_switch_and_channels(hands):
    hands.do("use_profile")
    hands.wait(lambda: middle(hands.canvas) == (125, 125, 125))
    hands.do("use_profile")
    hands.wait(lambda: middle(hands.canvas) == (120, 120, 120))
    hands.do("show_look")
    box = hands.window.look.channel
    assert [box.itemText(row) for row in range(box.count())] == ["All together", "DAPI", "FITC"]
    box.setCurrentIndex(2)
    box.activated.emit(2)
    hands.wait(lambda: middle(hands.canvas) == (20, 20, 20))


def test_the_panel_offers_only_what_the_image_has(start, smear):
    hands = start()
    hands.open_and_wait(smear)
    hands.do("show_look")
    panel = hands.window.look
    assert panel.colours.isVisible()
    assert not any(field.isVisible() for field in (panel.plane, panel.channel, panel.profile))
    assert not hands.window.actions_table["plane_up"].isEnabled()
    assert not hands.window.actions_table["use_profile"].isEnabled()


def test_one_channel_and_back_by_reset(start, smear):
    hands = start()
    hands.open_and_wait(smear)
    before = pixels(hands.canvas)
    hands.press(Qt.Key.Key_C)
    assert hands.program.session.looks.colours is ColourView.RED
    hands.wait_for_rest()
    red = middle(hands.canvas)
    assert red[0] == red[1] == red[2]
    hands.program.session.view.set_image_look(brightness=0.3)
    hands.do("look_reset")
    hands.wait_for_rest()
    assert np.abs(pixels(hands.canvas) - before).max() <= 2, "but for rounding where tiles are joined"


def test_sliders_change_the_picture_at_once(hands):
    hands.do("show_look")
    panel = hands.window.look
    panel.tones["brightness"].setValue(50)
    assert middle(hands.canvas)[0] > 150
    panel.reset.click()
    assert middle(hands.canvas) == (120, 120, 120)
    assert panel.tones["brightness"].value() == 0


def test_each_image_is_seen_as_it_was_left(start, stack):
    hands = start()
    other = stack.with_name("other.png")
    other.write_bytes(stack.read_bytes() + b"other")
    hands.open_and_wait(stack.parent)
    view, looks = hands.program.session.view, hands.program.session.looks
    view.set_image_look(gamma=1.5, brightness=0.1)
    hands.do("plane_up")
    hands.do("next_image")
    hands.wait_for_rest()
    assert view.image_look.gamma == 1.5, "an image that is new is seen as the one before"
    view.reset_image_look()
    looks.set_colours(ColourView.GREEN)
    hands.do("previous_image")
    hands.wait_for_rest()
    assert (view.image_look.gamma, view.image_look.brightness, looks.colours) == (1.5, 0.1, ColourView.ALL)
    assert looks.plane_of(hands.document) == 3
    hands.close()
    again = start()
    again.open_and_wait(stack.parent)
    view, looks = again.program.session.view, again.program.session.looks
    assert (view.image_look.gamma, looks.plane_of(again.document)) == (1.5, 3)
    again.do("next_image")
    again.wait_for_rest()
    assert (view.image_look.gamma, looks.colours) == (1.0, ColourView.GREEN)


def test_networks_run_on_the_plane_that_is_shown(hands, toy_packs, monkeypatch):
    read = []
    plain = FocalStack._read_inside

    def note(self, level, inside):
        if threading.current_thread().name.startswith(Lane.INFERENCE):  # tiles for the screen are read meanwhile
            read.append(self._look)
        return plain(self, level, inside)

    hands.do("plane_up")
    hands.do("use_profile")
    hands.wait_for_rest()
    monkeypatch.setattr(FocalStack, "_read_inside", note)
    hands.do("run")
    hands.wait_for_rest()
    assert {(look.plane, look.managed) for look in read} == {(3, True)}
    assert any("Focal plane 4 of 5" in text for text in hands.notices)


def test_the_stain_of_a_smear_alone(start, smear):
    """Azure and eosin are different pictures, both lighter than the whole."""
    hands = start()
    hands.open_and_wait(smear)

    def picture(colours):
        hands.program.session.looks.set_colours(colours)
        hands.wait_for_rest()
        image = hands.canvas.grab().toImage()
        return np.frombuffer(image.constBits(), np.uint8).astype(float).mean()

    whole, azure, eosin = (picture(c) for c in (ColourView.ALL, ColourView.AZURE, ColourView.SMEAR_EOSIN))
    assert azure > whole
    assert eosin > whole
    assert azure != eosin


def test_the_status_bar_says_what_is_special(hands):
    status = hands.window.status
    assert status.look.text() == "plane 3 of 5, ICC"
    hands.do("use_profile")
    hands.do("plane_up")
    hands.do("next_colours")
    hands.press(Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    assert status.look.text() == "Red channel, plane 4 of 5, ICC off, tones changed"
    assert status.look.isVisible()


def test_a_plain_image_has_nothing_special(start, smear):
    hands = start()
    hands.open_and_wait(smear)
    assert not hands.window.status.look.isVisible()


@pytest.mark.parametrize(
    ("key", "name", "sign"),
    [
        (Qt.Key.Key_Up, "brightness", 1),
        (Qt.Key.Key_Down, "brightness", -1),
        (Qt.Key.Key_Right, "contrast", 1),
        (Qt.Key.Key_Left, "contrast", -1),
        (Qt.Key.Key_PageUp, "gamma", 1),
        (Qt.Key.Key_PageDown, "gamma", -1),
    ],
)
def test_tones_by_key(hands, key, name, sign):
    view = hands.program.session.view
    plain = getattr(view.image_look, name)
    hands.press(key, Qt.KeyboardModifier.AltModifier)
    assert (getattr(view.image_look, name) - plain) * sign > 0
    hands.do("look_reset")
    assert view.image_look.is_plain
