"""Cells are drawn where they are, at every level; an edit draws its own rectangle again and no more."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtGui import QColor, QImage

from allviewer.domain.annotations import Annotations
from allviewer.domain.cell import Origin
from allviewer.domain.edits import add, delete, relabel
from allviewer.domain.geometry import Region
from allviewer.domain.labels import ALL_CLASSES, CellClass, ClassSet
from allviewer.jobs.inline import InlineRunner
from allviewer.memory.byte_budget import ByteBudget
from allviewer.session.looks import ColourBy, OverlayLook
from allviewer.session.tile_grid import level_box, level_size, tile_box, tiles_over
from allviewer.ui.canvas.overlay_layer import OverlayLayer
from allviewer.ui.canvas.overlay_raster import InkedCell, draw_cells
from allviewer.ui.canvas.overlay_tiles import coloured
from allviewer.ui.canvas.palette import Ink, Palette
from allviewer.ui.canvas.ramps import NEUTRAL, UNCERTAINTY_RAMP
from tests.ui.canvas.view_bench import make_cell

PALETTE = Palette(ALL_CLASSES)
places = st.tuples(st.integers(0, 220), st.integers(0, 180), st.integers(2, 30), st.sampled_from(["blast", "red_cell"]))


def inked(cell):
    return InkedCell(cell.mask, cell.nucleus, PALETTE.code(cell))


def draw(cells, level, box):
    codes = draw_cells([inked(cell) for cell in cells], PALETTE.dash_px, level, box)
    return np.zeros((box.height, box.width), np.uint16) if codes is None else codes


@given(places, st.integers(-3, 0))
@settings(deadline=None, max_examples=40)
def test_what_is_inked_is_exactly_the_mask(place, level):
    cell = make_cell(1, *place)
    box = level_box(Region(0, 0, 300, 260), level)
    scale = 1 << -level
    codes = draw([cell], level, box)
    expected = cell.mask.within(Region(0, 0, 300, 260)).repeat(scale, axis=0).repeat(scale, axis=1)
    assert np.array_equal(codes > 0, expected)
    nucleus = cell.nucleus.within(Region(0, 0, 300, 260)).repeat(scale, axis=0).repeat(scale, axis=1)
    inks = codes.astype(int) - PALETTE.code(cell)
    assert (nucleus[(inks == Ink.NUCLEUS) | (inks == Ink.NUCLEUS_OUTLINE)]).all()
    assert not nucleus[inks == Ink.CYTOPLASM].any()


@given(st.lists(places, max_size=12), st.integers(-2, 4), st.tuples(*[st.integers(0, 60)] * 4))
@settings(deadline=None, max_examples=60)
def test_a_part_drawn_alone_is_as_in_the_whole(cells, level, cut):
    cells = [make_cell(i, *place) for i, place in enumerate(cells, start=1)]
    whole_box = level_box(Region(0, 0, 320, 280), level)
    left, top, right, bottom = (c * whole_box.width // 200 for c in cut)
    part = Region.from_edges(left, top, whole_box.width - right, whole_box.height - bottom)
    whole = draw(cells, level, whole_box)[part.y : part.bottom, part.x : part.right]
    assert np.array_equal(draw(cells, level, part), whole)


def test_the_smaller_of_two_overlapping_cells_is_on_top():
    codes = draw([make_cell(1, 50, 50, 30, "blast"), make_cell(2, 70, 70, 5, "red_cell")], 0, Region(0, 0, 200, 200))
    assert codes[75, 75] in range(PALETTE.code(make_cell(2, 0, 0, 5, "red_cell")), 256)
    assert codes[55, 80] < PALETTE.code(make_cell(2, 0, 0, 5, "red_cell"))


@pytest.mark.parametrize("level", [3, 5, 7])
def test_no_cell_is_too_small_to_be_seen(level):
    cells = [make_cell(i, 300 * i, 200 * i, 4) for i in range(1, 6)]
    box = level_box(Region(0, 0, 4000, 3000), level)
    codes = draw(cells, level, box)
    for cell in cells:
        x, y = (int(c) >> level for c in cell.mask.region.center)
        assert codes[y, x] > 0


def table_of(look):
    PALETTE.set_look(look)
    return PALETTE.table


def test_colours_follow_the_look():
    code = PALETTE.code(make_cell(1, 0, 0))
    look = OverlayLook(fill_opacity=0.5)
    table = table_of(look)
    assert QColor.fromRgba(int(table[code + Ink.CELL_OUTLINE])).getRgb() == (*ALL_CLASSES.find("blast").colour, 255)
    assert QColor.fromRgba(int(table[code])).alpha() == 128
    no_nucleus = table_of(OverlayLook(nucleus=False))
    assert no_nucleus[code + Ink.NUCLEUS] == no_nucleus[code]


BOUNDS = Region(0, 0, 1200, 900)


class Layer:
    """An overlay whose work is done at once."""

    def __init__(self, cells):
        self.annotations = Annotations(cells)
        self.layer = OverlayLayer(InlineRunner(), PALETTE)
        self.layer.show_cells(self.annotations, BOUNDS, ByteBudget())
        self.changed = []
        self.layer.changed.connect(self.changed.append)

    def want(self, qtbot, level):
        tiles = list(tiles_over(BOUNDS, level, Region(0, 0, *level_size(BOUNDS, level))))
        self.layer.want(level, tiles)
        qtbot.waitUntil(lambda: all(map(self.layer.is_final, tiles)))
        return tiles

    def codes(self, level):
        """Opacity of the whole level, put together from its tiles."""
        width, height = level_size(BOUNDS, level)
        whole = np.zeros((height, width), np.uint32)
        for tile in tiles_over(BOUNDS, level, Region(0, 0, width, height)):
            picture, box = self.layer.picture(tile), tile_box(BOUNDS, tile)
            if not picture.isNull():
                assert picture.format() == QImage.Format.Format_ARGB32_Premultiplied
                argb = np.frombuffer(picture.constBits(), np.uint32).reshape(box.height, box.width)
                whole[box.y : box.bottom, box.x : box.right] = argb
        return whole


@pytest.mark.parametrize("level", [-1, 0, 1, 2])
def test_an_edit_leads_to_the_same_tiles_as_drawing_anew(qtbot, level):
    cells = [make_cell(i, 37 * i % 1150, 53 * i % 850, 5 + i % 15) for i in range(1, 150)]
    layer = Layer(cells)
    layer.want(qtbot, level)
    before = layer.codes(level)
    edit = relabel([cells[20]], "lymphocyte", "anna")
    layer.annotations.apply(edit)
    layer.changed.clear()
    layer.layer.refresh(edit.changes[0].region)
    assert layer.changed[-1] == edit.changes[0].region
    layer.want(qtbot, level)
    after = layer.codes(level)
    fresh = Layer(list(layer.annotations))
    fresh.want(qtbot, level)
    assert np.array_equal(after, fresh.codes(level))
    touched = level_box(edit.changes[0].region, level)
    outside = np.ones(after.shape, bool)
    outside[touched.y : touched.bottom, touched.x : touched.right] = False
    assert np.array_equal(after[outside], before[outside])
    assert not np.array_equal(after, before)


def test_first_cell_and_last_cell(qtbot):
    layer = Layer([])
    layer.want(qtbot, 0)
    assert not layer.codes(0).any()
    edit = add(make_cell(1, 500, 400))
    layer.annotations.apply(edit)
    layer.layer.refresh(edit.changes[0].region)
    layer.want(qtbot, 0)
    assert layer.codes(0).any()
    edit = delete(list(layer.annotations))
    layer.annotations.apply(edit)
    layer.layer.refresh(edit.changes[0].region)
    layer.want(qtbot, 0)
    assert not layer.codes(0).any()


def test_cells_appear_on_the_screen_and_hide(bench):
    white = np.full((300, 400, 3), 255, np.uint8)
    bench.open(white, [make_cell(1, 100, 100, 20)])
    bench.view.to_actual_size()
    shown = bench.grab()
    assert (shown[80:160, 80:160] != 255).any(axis=2).sum() == make_cell(1, 100, 100, 20).area_px
    bench.view.set_overlay(visible=False)
    assert (bench.grab()[:240] == 255).all()
    bench.view.set_overlay(visible=True)
    assert np.array_equal(bench.grab(), shown)


def test_an_edited_cell_repaints_only_its_place(bench):
    white = np.full((300, 400, 3), 255, np.uint8)
    cells = [make_cell(1, 100, 100, 20), make_cell(2, 200, 40, 15)]
    bench.open(white, cells)
    bench.view.to_actual_size()
    bench.grab()
    painted = []
    original = bench.widget.paintEvent
    bench.widget.paintEvent = lambda event: (painted.append(event.rect()), original(event))
    edit = relabel([cells[1]], "monocyte", "anna")
    bench.annotations.apply(edit)
    bench.widget.refresh_cells(edit.cell_ids, edit.changes[0].region)
    bench.qtbot.waitUntil(lambda: bool(painted))
    assert len(painted) == 1
    assert painted[0].width() <= 31 + 8
    assert painted[0].height() <= 31 + 8
    bench.widget.paintEvent = original
    after = bench.grab()
    assert tuple(ALL_CLASSES.find("monocyte").colour) in {tuple(p) for p in after[30:80, 190:240].reshape(-1, 3)}


def test_cells_that_come_later_appear_by_themselves(bench):
    bench.open(np.full((300, 400, 3), 255, np.uint8))
    bench.view.to_actual_size()
    assert (bench.grab()[:240] == 255).all()
    for number in range(1, 8):
        cell = make_cell(number, 45 * number, 30 * number, 10)
        edit = add(cell)
        bench.annotations.apply(edit)
        bench.widget.refresh_cells(edit.cell_ids, edit.changes[0].region)
    shown = (bench.grab()[:240] != 255).any(axis=2)
    assert shown.sum() == sum(c.area_px for c in bench.annotations if c.mask.region.bottom <= 240)


def test_when_all_cells_are_deleted_at_once_none_stays_on_the_screen(bench):
    cells = [make_cell(i, 20 * (i % 50), 20 * (i // 50), 9) for i in range(1, 700)]
    bench.open(np.full((300, 1000, 3), 255, np.uint8), cells)
    bench.view.to_actual_size()
    assert (bench.grab()[:240] != 255).any()
    edit = delete(cells)
    bench.annotations.apply(edit)
    bench.widget.refresh_cells(edit.cell_ids, Region(0, 0, 1000, 300))
    assert (bench.grab()[:240] == 255).all()


def found(cell_id, x, y, uncertainty, model="net 1.0", radius_px=20):
    cell = make_cell(cell_id, x, y, radius_px)
    return replace(cell, uncertainty=uncertainty, origin=Origin.model(model))


def colours_in(shown, x, y, size=41):
    return {tuple(int(v) for v in pixel) for pixel in shown[y : y + size, x : x + size].reshape(-1, 3)}


def test_colours_tell_class_uncertainty_or_origin_and_drawing_stays_the_same(bench):
    cells = [
        found(1, 60, 60, 0.0),
        found(2, 160, 60, 1.0, "other net 2.0"),
        found(3, 260, 60, 0.5).corrected("anna", label="monocyte"),
    ]
    bench.open(np.full((300, 400, 3), 255, np.uint8), cells)
    bench.view.to_actual_size()
    bench.view.set_overlay(fill_opacity=0.0)
    by_class = bench.grab()
    assert tuple(ALL_CLASSES.find("blast").colour) in colours_in(by_class, 60, 60)
    bench.view.set_overlay(colour_by=ColourBy.UNCERTAINTY)
    by_uncertainty = bench.grab()
    assert UNCERTAINTY_RAMP[0] in colours_in(by_uncertainty, 60, 60)
    assert UNCERTAINTY_RAMP[-1] in colours_in(by_uncertainty, 160, 60)
    assert NEUTRAL in colours_in(by_uncertainty, 260, 60)
    bench.view.set_overlay(colour_by=ColourBy.ORIGIN)
    by_origin = bench.grab()
    seen = [colours_in(by_origin, x, 60) - {(255, 255, 255)} for x in (60, 160, 260)]
    assert len(set.union(*seen)) == 3
    assert all(len(one) == 1 for one in seen)
    inked = [(shown[50:110] != 255).any(axis=2) for shown in (by_class, by_uncertainty, by_origin)]
    assert np.array_equal(inked[0], inked[1])
    assert np.array_equal(inked[0], inked[2])


def test_the_legend_names_who_found_and_who_corrected(bench):
    cells = [found(1, 60, 60, 0.0), found(2, 160, 60, 1.0).corrected("anna", label="monocyte")]
    bench.open(np.full((300, 400, 3), 255, np.uint8), cells)
    bench.view.to_actual_size()
    without = bench.grab()
    bench.view.set_overlay(colour_by=ColourBy.ORIGIN)
    shown = bench.grab()
    assert list(bench.widget._picture.origins) == ["net 1.0", "anna (person)"]
    left, rows = slice(14, 120), slice(180, 244)
    assert (shown[rows, left] != without[rows, left]).any(axis=2).mean() > 0.5
    edit = relabel([cells[0]], "monocyte", "bert")
    bench.annotations.apply(edit)
    bench.widget.refresh_cells(edit.cell_ids, edit.changes[0].region)
    assert not np.array_equal(bench.grab()[rows, left], shown[rows, left])
    assert "bert (person)" in bench.widget._picture.origins


def test_more_classes_than_anyone_needs_have_their_own_colours():
    extra = tuple(CellClass(f"kind{i}", f"Kind {i}", "", (i % 256, i // 256, 7)) for i in range(500))
    palette = Palette(ClassSet("many", (*extra, ALL_CLASSES.find("unclassified"))))
    palette.set_look(OverlayLook(fill_opacity=1.0))
    cells = [make_cell(i + 1, 30 * (i % 25), 30 * (i // 25), 9, f"kind{i}") for i in range(500)]
    codes = draw_cells(
        [InkedCell(c.mask, c.nucleus, palette.code(c)) for c in cells], palette.dash_px, 0, Region(0, 0, 750, 600)
    )
    picture = coloured(codes, palette.table)
    for i in (0, 63, 64, 255, 256, 499):
        colour = QColor.fromRgba(picture.pixel(30 * (i % 25) + 9, 30 * (i // 25) + 9))
        assert colour.getRgb() == (i % 256, i // 256, 7, 255)


def test_when_codes_run_out_a_cell_has_the_colour_of_its_class():
    palette = Palette(ALL_CLASSES)
    for number in range(20_000):
        code = palette.code(found(1, 0, 0, 0.3, f"net {number}", 3))
    assert QColor.fromRgba(int(palette.table[code + Ink.CELL_OUTLINE])).getRgb()[:3] == ALL_CLASSES.find("blast").colour
    palette.forget()
    assert palette.code(found(1, 0, 0, 0.3, "net 19999", 3)) < 100


def test_any_number_of_selected_cells_is_emphasised_and_forgotten_again(bench):
    cells = [make_cell(i, 20 * (i % 50), 20 * (i // 50), 9) for i in range(1, 700)]
    bench.open(np.full((300, 1000, 3), 255, np.uint8), cells)
    bench.view.to_actual_size()
    plain = bench.grab()
    bench.widget.set_selection(frozenset(range(1, 600)))
    shown = bench.grab()
    box = cells[20].mask.region
    x, y = (round(v) for v in bench.view.to_screen((box.x, box.y)))
    assert (shown[:230] != plain[:230]).any(axis=2).mean() > 0.4
    edit = delete([cells[20]])
    bench.annotations.apply(edit)
    bench.widget.refresh_cells(edit.cell_ids, edit.changes[0].region)
    assert (bench.grab()[y : y + 19, x : x + 19] == 255).all()
    bench.widget.set_selection(frozenset())
    after = bench.grab()
    assert np.array_equal(after[y + 25 :, :], plain[y + 25 :, :])
