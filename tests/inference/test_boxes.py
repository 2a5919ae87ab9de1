"""Boxes from a network whose picture is its own truth: red spots are white cells, green red cells, blue platelets."""

import numpy as np
import pytest

from allviewer.domain.boxes import PLATELET, RED_CELL, WHITE_CELL, Boxes
from allviewer.domain.geometry import Region
from allviewer.domain.slide import Level, SlideInfo
from allviewer.errors import PackError
from allviewer.imaging.array_source import ArraySource
from allviewer.inference.box_finder import BoxFinder
from allviewer.inference.boxes import without_doubles
from allviewer.inference.catalogue import Catalogue
from allviewer.inference.clock import Clock
from allviewer.inference.onnx_session import OnnxSession
from allviewer.progress import CancelToken
from tests.inference.networks import BOXES, box_network, detection_pack, segmentation_pack, write_pack

NEAR = 5.0
"""Patches start anywhere, so that the places of the map do not lie on the spots."""
COLOURS = {WHITE_CELL: 0, RED_CELL: 1, PLATELET: 2}


def picture(*spots, height=400, width=600):
    """A black picture with a bright spot of 12 px for each (kind, x, y)."""
    image = np.zeros((height, width, 3), np.uint8)
    for kind, x, y in spots:
        image[y - 6 : y + 6, x - 6 : x + 6, COLOURS[kind]] = 255
    return ArraySource(image, SlideInfo((Level(width, height, 1.0),), reader="memory"))


@pytest.fixture(scope="module")
def finder(tmp_path_factory):
    pack = detection_pack(tmp_path_factory.mktemp("packs"))
    return BoxFinder(OnnxSession(pack, "cpu", 1), CancelToken(), Clock())


def test_each_kind_is_found_where_it_lies(finder):
    source = picture((WHITE_CELL, 102, 202), (RED_CELL, 302, 50), (PLATELET, 502, 350))
    found = finder.find(source, source.info.bounds, 1.0)
    assert [found.count(kind) for kind in (WHITE_CELL, RED_CELL, PLATELET)] == [1, 1, 1]
    assert found.of(RED_CELL).edges == pytest.approx(np.array([[272, 20, 332, 80]]), abs=NEAR)
    assert found.of(PLATELET).centres == pytest.approx(np.array([[502, 350]]), abs=NEAR)


def test_nothing_is_lost_or_doubled_at_the_seams_of_patches(finder):
    spots = [(RED_CELL, x, y) for x in range(30, 600, 60) for y in range(30, 340, 60)]
    source = picture(*spots)
    assert BOXES.patch_px < 400, "several patches"
    found = finder.find(source, source.info.bounds, 1.0)
    assert len(found) == len(spots)
    middles = found.centres[np.lexsort(np.rint(found.centres / 60 - 0.5).T)]
    wanted = np.array([(x, y) for y in range(30, 340, 60) for x in range(30, 600, 60)])
    assert np.abs(middles - wanted[np.lexsort(np.rint(wanted / 60 - 0.5).T)]).max() <= NEAR


def test_only_what_lies_in_the_area_is_counted(finder):
    source = picture((RED_CELL, 102, 102), (RED_CELL, 502, 302))
    found = finder.find(source, Region(0, 0, 300, 300), 1.0)
    assert found.centres == pytest.approx(np.array([[102, 102]]), abs=NEAR)


def test_boxes_end_at_the_edge_of_the_picture(finder):
    source = picture((WHITE_CELL, 6, 6), (WHITE_CELL, 594, 394))
    edges = finder.find(source, source.info.bounds, 1.0).edges
    assert edges.min() == 0
    assert edges[:, 2].max() == 600
    assert edges[:, 3].max() == 400


def test_of_boxes_that_share_much_the_surest_stays():
    edges = np.array([[0, 0, 10, 10], [1, 0, 11, 10], [0, 0, 10, 10], [40, 0, 50, 10]], np.float32)
    boxes = Boxes(edges, np.array([1, 1, 0, 1], np.uint8), np.array([0.5, 0.9, 0.6, 0.4], np.float32))
    assert without_doubles(boxes, 0.5).scores.tolist() == pytest.approx([0.9, 0.6, 0.4])
    assert without_doubles(boxes, 0.5, across_kinds=True).scores.tolist() == pytest.approx([0.9, 0.4])
    assert len(without_doubles(Boxes.none(), 0.5)) == 0


def test_a_pack_of_another_task_is_refused(tmp_path):
    with pytest.raises(PackError, match="cannot count cells"):
        BoxFinder(OnnxSession(segmentation_pack(tmp_path), "cpu", 1), CancelToken(), Clock())


def test_detection_packs_are_checked_before_they_are_installed(tmp_path):
    import msgspec

    catalogue = Catalogue(tmp_path / "shipped", tmp_path / "user")
    catalogue.install(write_pack(tmp_path / "good", spec=BOXES, name="good"))
    assert [pack.name for pack in catalogue.packs("detection")] == ["good"]
    unfit = {
        "a threshold for each": {"thresholds": (0.5, 0.5)},
        "its stride": {"stride": 5},
        "scores of 2 kinds": {"kinds": ("white-cell", "red-cell"), "thresholds": (0.5, 0.5)},
    }
    for sentence, changes in unfit.items():
        spec = msgspec.structs.replace(BOXES, **changes)
        with pytest.raises(PackError, match=sentence):
            catalogue.install(write_pack(tmp_path / "unfit", box_network(), spec=spec, name="unfit"))
