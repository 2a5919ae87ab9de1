"""Looks: what goes from image to image, what stays with one, and their limits."""

import pytest

from allviewer.domain.annotations import Annotations
from allviewer.domain.colour_view import ColourView
from allviewer.session.document import Document
from allviewer.session.pixel_look import COLOUR_TITLES, PixelLook, PixelLooks
from tests.imaging.focal_stack import FocalStack


@pytest.fixture
def stack(journal):
    return Document(1, "stack.tif", FocalStack(channels=("DAPI", "FITC")), Annotations(), journal)


@pytest.fixture
def other(journal):
    return Document(2, "other.tif", FocalStack(), Annotations(), journal)


@pytest.fixture
def looks(qapp):
    return PixelLooks()


def test_an_image_opens_at_the_plane_of_the_file(looks, stack):
    assert looks.plane_of(stack) == 2
    assert looks.of(stack).of(stack.source) is stack.source


def test_each_image_remembers_its_plane_and_channel(looks, stack, other):
    looks.step_plane(stack, 1)
    looks.set_channel(stack, 1)
    assert (looks.plane_of(stack), looks.plane_of(other)) == (3, 2)
    assert (looks.of(stack).channel, looks.of(other).channel) == (1, None)


def test_focus_ends_with_the_last_plane(looks, stack):
    looks.step_plane(stack, 99)
    assert looks.plane_of(stack) == 4
    looks.step_plane(stack, -99)
    assert looks.plane_of(stack) == 0


def test_colours_and_profile_go_with_the_person(looks, stack, other):
    looks.set_colours(ColourView.AZURE)
    looks.set_managed(False)
    assert looks.of(stack).colours is looks.of(other).colours is ColourView.AZURE
    assert not looks.of(other).managed


def test_the_colours_go_round(looks):
    seen = []
    for _ in COLOUR_TITLES:
        looks.step_colours(1)
        seen.append(looks.colours)
    assert set(seen) == set(ColourView)
    assert looks.colours is ColourView.ALL


def test_reset_keeps_the_plane(looks, stack):
    looks.set_plane(stack, 0)
    looks.set_colours(ColourView.RED)
    looks.set_channel(stack, 0)
    looks.reset()
    assert looks.of(stack) == PixelLook(plane=0)


def test_nothing_is_told_twice(looks, stack, qtbot):
    looks.set_plane(stack, 1)
    with qtbot.assertNotEmitted(looks.changed):
        looks.set_plane(stack, 1)
        looks.set_colours(ColourView.ALL)
        looks.set_channel(stack, None)


def test_a_look_reads_what_it_says(stack):
    def value(look):
        return look.of(stack.source).read(0, 0, 0, 1, 1).max()

    assert value(PixelLook(plane=0)) == 40
    assert value(PixelLook(plane=4, managed=False)) == 205
    assert value(PixelLook(channel=1)) == 20
