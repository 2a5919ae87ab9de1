"""Methods without a network find cells as networks do: once each, at their place, in images of any size."""

import functools
import pickle

import numpy as np
import pytest

from allviewer.classical.methods import METHODS, ChosenMethod, find_method
from allviewer.domain.geometry import Region
from allviewer.domain.slide import Level, SlideInfo
from allviewer.inference.detect import DetectRequest, detect_cells
from allviewer.inference.pixel_method import WHOLE_PX, sample_of
from allviewer.progress import Cancelled, CancelToken, no_report
from tests.inference.networks import classification_pack
from tests.inference.pictures import Picture
from training.synthetic import Smear, SmearRenderer, SmearSpec, render_smear

SPEC = SmearSpec(700, 500, 0.2, seed=4, white_cells_per_mm2=1200, cluster_fraction=0, platelets_per_mm2=200, variants=8)


@functools.cache
def smear_of_spec() -> Smear:
    return render_smear(SPEC)


class Slide:
    """A synthetic smear of many patches that is drawn where it is read, and remembers the largest reading."""

    shareable = True

    def __init__(self, side: int) -> None:
        self.info = SlideInfo((Level(side, side, 1.0), Level(side // 4, side // 4, 4.0)), mpp=0.2)
        self._draw = SmearRenderer(SmearSpec(side, side, 0.2, seed=9, white_cells_per_mm2=300, variants=8))
        self.largest_px = 0

    def read(self, level: int, x: int, y: int, width: int, height: int) -> np.ndarray:
        self.largest_px = max(self.largest_px, width * height)
        if level == 0:
            return self._draw.picture(Region(x, y, width, height))
        return self._draw.picture(Region(4 * x, 4 * y, 4 * width, 4 * height))[::4, ::4]

    def close(self) -> None: ...


def chosen(name: str = "pgs", **given: object) -> ChosenMethod:
    method = find_method(name)
    return ChosenMethod(method, method.settings(given))


def run(source, request, cancel=None):
    return detect_cells(source, request, cancel or CancelToken(), no_report)


@pytest.mark.parametrize("name", [method.name for method in METHODS if method.name != "zack-threshold"])
def test_cells_of_a_smear_are_found_at_their_place(name: str) -> None:
    smear = smear_of_spec()
    method = chosen(name)
    found = run(Picture(smear.image, mpp=0.2), DetectRequest(method))
    whole = [c for c in smear.white_cells if c.label != "smudge" and _is_inside(c.mask.region)]
    hit = [c for c in whole if any(f.mask.contains_point(*_inside(c.nucleus)) for f in found.cells)]
    assert len(hit) >= 0.85 * len(whole) > 3
    for cell in found.cells:
        assert cell.mask.contains(cell.nucleus)
        assert cell.origin.name == method.identity
    assert found.device == "cpu"
    nuclei_only = find_method(name).finds == "nucleus"
    assert any("nuclei only" in note for note in found.notes) == nuclei_only
    assert all(cell.mask == cell.nucleus for cell in found.cells) == nuclei_only


def test_a_classifier_pack_may_judge_the_cells(tmp_path) -> None:
    classifier = classification_pack(tmp_path)
    found = run(Picture(smear_of_spec().image, mpp=0.2), DetectRequest(chosen(), classifier))
    assert {cell.label for cell in found.cells} <= {"blast", "lymphocyte"}
    assert found.cells[0].origin.name == f"method pgs 1.0 (defaults) + {classifier.card.identity}"


def test_a_slide_is_done_by_patches_with_one_rule_for_all() -> None:
    slide = Slide(2200)
    found = run(slide, DetectRequest(chosen()))
    assert slide.largest_px < 0.3 * 2200 * 2200, "no array of the size of the slide"
    truth = [c for c in slide._draw.white_cells(slide.info.bounds) if c.label != "smudge" and c.nucleus.area_px]
    hit = sum(any(f.mask.contains_point(*_inside(c.nucleus)) for f in found.cells) for c in truth)
    assert hit > 0.8 * len(truth) > 10
    assert len(found.cells) < 1.5 * len(truth), "patches without a white cell are not cut into three clusters"
    for index, cell in enumerate(found.cells):
        for other in found.cells[index + 1 :]:
            assert cell.mask.iou(other.mask) < 0.3, "no cell twice at a seam"


def test_a_part_of_a_picture_gets_the_cells_that_all_of_it_gets() -> None:
    source = Picture(smear_of_spec().image, mpp=0.2)
    region = Region(0, 0, 520, 500)
    whole = run(source, DetectRequest(chosen()))
    part = run(source, DetectRequest(chosen(), region=region))
    there = [cell for cell in whole.cells if region.expanded(-20).contains_point(*cell.mask.centroid)]
    assert there
    assert all(any(cell.mask.iou(found.mask) > 0.9 for found in part.cells) for cell in there)


def test_a_run_without_cells_is_no_error() -> None:
    for picture in (np.full((300, 300, 3), 240, np.uint8), np.zeros((3, 2, 3), np.uint8)):
        assert run(Picture(picture), DetectRequest(chosen(), mpp=0.2)).cells == ()


def test_a_run_can_be_cancelled() -> None:
    cancel = CancelToken()
    cancel.cancel()
    with pytest.raises(Cancelled):
        run(Picture(smear_of_spec().image, mpp=0.2), DetectRequest(chosen()), cancel)


def test_the_sample_of_a_slide_is_small_and_the_same_each_time() -> None:
    slide = Slide(WHOLE_PX + 200)
    first, again = (sample_of(slide, 1.0, CancelToken()) for _ in range(2))
    assert np.array_equal(first, again)
    assert first.shape[0] * first.shape[1] < 2_000_000


def test_a_chosen_method_travels_to_other_processes() -> None:
    assert pickle.loads(pickle.dumps(chosen(k=4))).identity == "method pgs 1.0 (k=4)"


def _inside(nucleus) -> tuple[float, float]:
    """A point of the nucleus, as deep as any."""
    import cv2

    depth = cv2.distanceTransform(np.pad(nucleus.bitmap, 1).astype(np.uint8), cv2.DIST_L2, 3)
    row, column = np.unravel_index(int(depth.argmax()), depth.shape)
    return nucleus.region.x + float(column) - 0.5, nucleus.region.y + float(row) - 0.5


def _is_inside(box: Region) -> bool:
    return Region(0, 0, SPEC.width, SPEC.height).expanded(-3).contains(box)
