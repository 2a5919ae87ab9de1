"""A cell from one click, corrected by more: with a network that reads its maps from the colours."""

import numpy as np
import pytest

from allviewer.domain.mask import Mask
from allviewer.domain.slide import Level, SlideInfo
from allviewer.imaging.array_source import ArraySource
from allviewer.inference.catalogue import read_pack
from allviewer.inference.click_looker import ClickLooker
from allviewer.inference.clicks import Click
from allviewer.progress import CancelToken
from tests.inference.networks import write_pack
from tests.inference.pictures import disc, draw_cells

CELLS = [(80, 80, 22), (200, 90, 20), (160, 190, 24)]


@pytest.fixture(scope="module")
def pack(tmp_path_factory):
    return read_pack(write_pack(tmp_path_factory.mktemp("packs") / "colours"), shipped=False)


@pytest.fixture(scope="module")
def look(pack):
    """Look around a click on a picture."""
    looker = ClickLooker(1)

    def at(pixels, click, um_per_px=0.25):
        height, width = pixels.shape[:2]
        source = ArraySource(pixels, SlideInfo((Level(width, height, 1.0),)))
        return looker.ground(pack, source, "", click, um_per_px, CancelToken())

    return at


@pytest.fixture(scope="module")
def picture():
    return draw_cells(260, 300, CELLS)


@pytest.mark.parametrize("cell", CELLS)
def test_one_click_gives_cell_and_nucleus(look, picture, cell):
    x, y, radius = cell
    click = Click(x + 0.5, y + 0.5)
    found = look(picture, click).outline([click])
    assert found.mask.iou(Mask(disc(260, 300, x, y, radius))) > 0.9
    assert found.mask.contains(found.nucleus)
    assert 0 < found.nucleus.area_px < found.mask.area_px


def test_without_a_scale_the_cell_is_found_all_the_same(look, picture):
    click = Click(200.5, 90.5)
    assert look(picture, click, None).outline([click]).mask.iou(Mask(disc(260, 300, 200, 90, 20))) > 0.85


def test_clicks_are_obeyed_and_change_their_own_stretch_alone(look, picture):
    opening, outside, inside = Click(80.5, 80.5), Click(80.5, 62.5, is_inside=False), Click(80.5, 104.5)
    ground = look(picture, opening)
    first = ground.outline([opening])
    less = ground.outline([opening, outside])
    assert not less.mask.contains_point(80.5, 62.5)
    assert less.mask.contains_point(80.5, 95.5)
    assert less.mask.contains(less.nucleus)
    more = ground.outline([opening, outside, inside])
    assert more.mask.contains_point(80.5, 104.5)
    assert not more.mask.contains_point(80.5, 62.5)
    far_side = Mask(np.ones((60, 14)), 58, 50)
    assert (more.mask & far_side).iou(first.mask & far_side) > 0.9


def test_a_click_about_the_nucleus_keeps_it_inside_the_cell(look, picture):
    opening = Click(160.5, 190.5)
    ground = look(picture, opening)
    more = ground.outline([opening, Click(160.5, 208.5, part="nucleus"), Click(160.5, 218.5, part="nucleus")])
    assert more.nucleus.contains_point(160.5, 208.5)
    assert more.mask.contains(more.nucleus)
    less = ground.outline([opening, Click(160.5, 190.5, is_inside=False)])
    assert less.mask.contains(less.nucleus)


def test_where_the_network_sees_nothing_a_click_still_gives_something_small(look):
    blank = np.zeros((200, 200, 3), np.uint8)
    blank[disc(200, 200, 100, 100, 15)] = (0, 60, 0)
    click = Click(100.5, 100.5)
    found = look(blank, click).outline([click])
    assert found.mask.contains_point(100.5, 100.5)
    assert found.mask.area_px < 200 * 200 / 2


def test_clicks_at_the_corner_of_the_image(look, picture):
    click = Click(0.5, 0.5)
    ground = look(picture, click)
    for clicks in ([click], [click, Click(2.5, 1.5)], [click, Click(299.5, 259.5, is_inside=False)]):
        found = ground.outline(clicks)
        assert found.mask.contains(found.nucleus)
