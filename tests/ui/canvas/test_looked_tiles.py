"""Changing the look: what was on the screen stays until its successor is here, and not a moment longer."""

import pytest
from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from allviewer.domain.colour_view import ColourView
from allviewer.domain.geometry import Region
from allviewer.errors import ImageError
from allviewer.session.pixel_look import PixelLook
from allviewer.session.tile_grid import ScreenTile
from allviewer.ui.canvas.looked_tiles import LookedTiles

PLAIN, GREY = PixelLook(), PixelLook(colours=ColourView.GREY)
A, B = ScreenTile(0, 0, 0), ScreenTile(0, 1, 0)


class Provider(QObject):
    """Tiles that come when they are told to."""

    arrived = Signal(object)
    bounds = Region(0, 0, 600, 300)

    def __init__(self):
        super().__init__()
        self.here = {}
        self.wanted = ()

    def tile(self, tile):
        return self.here.get(tile)

    def is_final(self, tile):
        return tile in self.here

    def want(self, tiles):
        self.wanted = tuple(tiles)

    def bring(self, tile):
        self.here[tile] = QImage(4, 4, QImage.Format.Format_RGB32)
        self.arrived.emit(tile)


@pytest.fixture
def providers(qapp):
    return {PLAIN: Provider(), GREY: Provider()}


@pytest.fixture
def tiles(providers):
    made = LookedTiles(providers.__getitem__, PLAIN)
    made.want([A, B])
    for tile in (A, B):
        providers[PLAIN].bring(tile)
    return made


def test_the_look_before_stays_until_the_new_one_is_here(tiles, providers):
    before = tiles.tile(A)
    tiles.set_look(GREY)
    assert tiles.tile(A) is before
    assert not tiles.is_final(A)
    assert providers[GREY].wanted == (A, B)
    assert providers[PLAIN].wanted == ()
    providers[GREY].bring(A)
    assert tiles.tile(A) is providers[GREY].here[A]
    assert tiles.tile(B) is providers[PLAIN].here[B]


def test_who_moves_on_sees_nothing_of_the_look_before(tiles, providers):
    tiles.set_look(GREY)
    tiles.want([B])
    assert tiles.tile(A) is None


def test_what_is_here_already_is_told_at_once(tiles, providers, qtbot):
    providers[GREY].here[A] = QImage(4, 4, QImage.Format.Format_RGB32)
    told = []
    tiles.arrived.connect(told.append)
    tiles.set_look(GREY)
    assert told == [A]


def test_news_of_the_look_before_are_no_news(tiles, providers):
    told = []
    tiles.arrived.connect(told.append)
    tiles.set_look(GREY)
    providers[PLAIN].bring(A)
    assert told == []


def test_going_back_makes_nothing_anew(tiles, providers):
    tiles.set_look(GREY)
    tiles.set_look(PLAIN)
    assert tiles.is_final(A)
    assert tiles.tile(A) is providers[PLAIN].here[A]


def test_a_look_that_cannot_be_had_changes_nothing(qapp, providers):
    def make(look):
        if look == GREY:
            raise ImageError("There is no such plane.")
        return providers[look]

    tiles = LookedTiles(make, PLAIN)
    with pytest.raises(ImageError):
        tiles.set_look(GREY)
    assert tiles.look == PLAIN
