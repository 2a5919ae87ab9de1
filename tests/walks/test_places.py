"""Bookmarks: kept with the image, found again by key and list, named, taken away and had back."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt


@pytest.fixture
def hands(start, smear):
    hands = start()
    hands.open_and_wait(smear)
    return hands


def keep(hands, x, y, scale):
    view = hands.program.session.view
    view.zoom_by(scale / view.scale)
    view.center_on((x, y))
    hands.press(Qt.Key.Key_D, Qt.KeyboardModifier.ControlModifier)


def names(hands):
    rows = hands.window.places.list
    return [rows.item(row).text() for row in range(rows.count())]


def test_places_are_found_again_after_a_restart(hands, start, smear):
    keep(hands, 100, 120, 3.0)
    keep(hands, 300, 200, 6.0)
    assert names(hands) == ["Place 1", "Place 2"]
    hands.close()
    again = start()
    again.open_and_wait(smear)
    view = again.program.session.view
    again.press(Qt.Key.Key_PageDown, Qt.KeyboardModifier.ControlModifier)
    assert (view.center, view.scale) == ((100, 120), 3.0)
    again.press(Qt.Key.Key_PageDown, Qt.KeyboardModifier.ControlModifier)
    assert (view.center, view.scale) == ((300, 200), 6.0)
    again.press(Qt.Key.Key_PageUp, Qt.KeyboardModifier.ControlModifier)
    assert (view.center, view.scale) == ((100, 120), 3.0)


def test_a_place_is_seen_turned_and_mirrored_as_it_was(hands, start, smear):
    view = hands.program.session.view
    view.rotate_to(90)
    view.place(replace(view.placement, is_mirrored=True))
    keep(hands, 100, 120, 3.0)
    hands.close()
    again = start()
    again.open_and_wait(smear)
    view = again.program.session.view
    view.set_upright()
    again.press(Qt.Key.Key_PageDown, Qt.KeyboardModifier.ControlModifier)
    assert (view.rotation_deg, view.is_mirrored, view.center) == (90, True, (100, 120))


def test_a_click_in_the_list_goes_there(hands):
    keep(hands, 100, 120, 3.0)
    hands.program.session.view.fit()
    hands.do("show_places")
    rows = hands.window.places.list
    rows.itemClicked.emit(rows.item(0))
    assert hands.program.session.view.center == (100, 120)


def test_a_place_gets_a_name(hands, start, smear):
    keep(hands, 100, 120, 3.0)
    hands.do("show_places")
    hands.window.places.list.item(0).setText("  the odd   blast ")
    assert names(hands) == ["the odd blast"]
    hands.window.places.list.item(0).setText("   ")
    hands.close()
    again = start()
    again.open_and_wait(smear)
    assert names(again) == ["the odd blast"]


def test_what_was_taken_away_can_be_had_back(hands):
    for x in (50, 100, 150):
        keep(hands, x, 100, 3.0)
    hands.window.places.list.setCurrentRow(1)
    hands.do("take_bookmark_away")
    assert names(hands) == ["Place 1", "Place 3"]
    assert any("Place 2 was taken away" in text for text in hands.notices)
    button = next(b for b in hands.window.notices.findChildren(_button()) if b.text() == "Put it back")
    button.click()
    assert names(hands) == ["Place 1", "Place 2", "Place 3"]


def _button():
    from PySide6.QtWidgets import QPushButton

    return QPushButton


def test_each_image_has_its_own(start, smear):
    from PIL import Image

    Image.new("RGB", (300, 200), "white").save(smear.with_name("white.png"))
    hands = start()
    hands.open_and_wait(smear.parent)
    keep(hands, 100, 120, 3.0)
    hands.press(Qt.Key.Key_D)
    hands.wait(lambda: hands.document is not None and hands.document.name == "white.png")
    assert names(hands) == []
    hands.do("next_bookmark")
    assert any("no bookmark yet" in text for text in hands.notices)


def test_a_bookmark_is_no_step_of_the_history(hands):
    keep(hands, 100, 120, 3.0)
    assert not hands.document.can_undo
