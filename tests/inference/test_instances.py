"""Maps with known cells: touching ones come apart, lobed ones stay together, borders lie where they were drawn."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from allviewer.domain.geometry import Region
from allviewer.domain.mask import Mask
from allviewer.inference.instances import MapFrame, class_entropy, find_cells, label_cells, nucleus_within, planes_of
from tests.inference.networks import SPEC
from tests.inference.pictures import disc, draw_cells

SIZE = (200, 300)
BOUNDS = Region(0, 0, 300, 200)
ONE_TO_ONE = MapFrame(0, 0, 1, 1)


def maps_of(picture):
    """What the colour network of the tests makes of a picture."""
    red, green, blue = (picture[..., i].astype(np.float32) / 255 for i in range(3))
    return np.stack([1 - red - green, green, red, blue])


def found_in(picture, frame=ONE_TO_ONE, bounds=BOUNDS):
    return find_cells(maps_of(picture), SPEC, frame, bounds)


def iou(cell, truth):
    return cell.mask.iou(Mask(truth))


def test_one_cell_is_where_it_was_drawn():
    (cell,) = found_in(draw_cells(*SIZE, [(120, 90, 25)]))
    assert iou(cell, disc(*SIZE, 120, 90, 25)) > 0.97
    assert cell.nucleus.iou(Mask(disc(*SIZE, 120, 90, 15))) > 0.95
    assert cell.mask.contains(cell.nucleus)


def test_touching_cells_come_apart():
    discs = [(80, 100, 24), (122, 100, 24), (101, 137, 24), (200, 60, 24)]
    cells = found_in(draw_cells(*SIZE, discs))
    assert len(cells) == 4
    for cell, (x, y, _) in zip(sorted(cells, key=lambda c: c.mask.centroid), sorted(discs), strict=True):
        assert abs(cell.mask.centroid[0] - x) < 3
        assert abs(cell.mask.centroid[1] - y) < 3
    assert sum(c.mask.area_px for c in cells) == Mask.union_of(c.mask for c in cells).area_px


def test_lobes_of_one_nucleus_stay_one_cell():
    picture = draw_cells(*SIZE, [(150, 100, 30)], nucleus=0.0)
    picture[..., 0] = 0
    picture[picture[..., 2] > 2, 1] = 255
    for x, y in ((138, 100), (160, 90), (155, 115)):
        lobe = disc(*SIZE, x, y, 8)
        picture[lobe, 0], picture[lobe, 1] = 255, 0
    (cell,) = found_in(picture)
    lobes = np.logical_or.reduce([disc(*SIZE, x, y, 8) for x, y in ((138, 100), (160, 90), (155, 115))])
    assert cell.nucleus.iou(Mask(lobes)) > 0.95


def test_cell_cut_off_by_the_border_is_kept():
    (cell,) = found_in(draw_cells(*SIZE, [(298, 100, 24)]))
    assert cell.mask.region.right == 300
    assert iou(cell, disc(*SIZE, 298, 100, 24)) > 0.95


def test_platelets_and_cells_without_nucleus_are_left_out():
    picture = draw_cells(*SIZE, [(60, 60, 4), (150, 100, 25)])
    red_cell = disc(*SIZE, 220, 150, 25)
    picture[red_cell] = (0, 255, 200)
    assert len(found_in(picture)) == 1


def test_dip_in_the_core_does_not_split_a_cell():
    picture = draw_cells(*SIZE, [(150, 100, 30)])
    picture[:, 149:152, 2] = np.minimum(picture[:, 149:152, 2], 140)
    picture[..., 2] = np.minimum(picture[..., 2], 160)
    assert len(found_in(picture)) == 1


def test_holes_are_filled_and_specks_of_nucleus_dropped():
    picture = draw_cells(*SIZE, [(150, 100, 30)])
    picture[disc(*SIZE, 150, 100, 4)] = (0, 0, 200)
    picture[disc(*SIZE, 173, 100, 2), :2] = (255, 0)
    (cell,) = found_in(picture)
    assert cell.mask.contains_point(150, 100)
    assert cell.nucleus.contains_point(150, 100)
    assert not cell.nucleus.contains_point(173, 100)


def test_nothing_gives_nothing():
    assert found_in(np.zeros((*SIZE, 3), np.uint8)) == []


def test_networks_without_a_distance_map_split_by_the_shape_alone():
    spec = type(SPEC)(mpp=0.25, cell_diameter_px=40, channels=("background", "cytoplasm", "nucleus"))
    maps = maps_of(draw_cells(*SIZE, [(80, 100, 24), (124, 100, 24)]))[:3]
    assert len(find_cells(maps, spec, ONE_TO_ONE, BOUNDS)) == 2


@pytest.mark.parametrize("step", [0.4, 1.0, 2.5, 4.0])
def test_borders_lie_right_and_smooth_at_every_scale(step):
    """A soft disc at the scale of the maps becomes a disc at level 0, whatever the ratio."""
    ys, xs = np.mgrid[:80, :90] + 0.5
    depth = 22 - np.hypot(xs - 44, ys - 41)
    inside = np.clip(depth / 4 + 0.5, 0, 1).astype(np.float32)
    core = np.clip((depth - 8) / 4 + 0.5, 0, 1).astype(np.float32)
    maps = np.stack([1 - inside, inside - core, core, np.clip(depth / 22, 0, 1).astype(np.float32)])
    bounds = Region(0, 0, round(100 * step) + 20, round(100 * step) + 20)
    (cell,) = find_cells(maps, SPEC, MapFrame(10, 7, step, step), bounds)
    truth = disc(bounds.height, bounds.width, 10 + 44 * step, 7 + 41 * step, 22 * step)
    assert iou(cell, truth) > (0.97 if step >= 1 else 0.93)


def test_nucleus_of_a_known_cell():
    picture = draw_cells(*SIZE, [(150, 100, 30)])
    cell = Mask(disc(*SIZE, 150, 100, 30))
    assert nucleus_within(maps_of(picture), SPEC, ONE_TO_ONE, cell).iou(Mask(disc(*SIZE, 150, 100, 18))) > 0.95


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 299), st.integers(0, 199), st.integers(9, 40)), max_size=8))
def test_no_pixel_belongs_to_two_cells_and_the_nucleus_stays_inside(discs):
    cells = found_in(draw_cells(*SIZE, discs))
    assert all(BOUNDS.contains(cell.mask.region) and cell.mask.contains(cell.nucleus) for cell in cells)
    assert sum(c.mask.area_px for c in cells) == Mask.union_of(c.mask for c in cells).area_px


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 299), st.integers(0, 199), st.integers(9, 40)), max_size=8))
def test_labels_run_from_one_without_gaps_and_lie_in_the_foreground(discs):
    foreground, _, distance = planes_of(maps_of(draw_cells(*SIZE, discs)), SPEC)
    labels = label_cells(foreground, distance, SPEC)
    assert set(np.unique(labels)) - {0} == set(range(1, int(labels.max()) + 1))
    assert not labels[foreground < SPEC.foreground].any()


def test_entropy_of_classes_runs_from_sure_to_no_idea():
    assert class_entropy(np.array([1.0, 0.0, 0.0])) == pytest.approx(0, abs=1e-6)
    assert class_entropy(np.full(5, 0.2)) == pytest.approx(1)
