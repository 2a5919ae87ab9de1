"""Detection end to end with networks that read the truth from the colours: every cell once, at its place."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from allviewer.domain.geometry import Region
from allviewer.domain.mask import Mask
from allviewer.domain.scale import Scale
from allviewer.errors import PackError
from allviewer.inference import detect, image_scale, patch_work
from allviewer.inference.detect import DetectRequest, detect_cells
from allviewer.inference.onnx_session import SessionCache
from allviewer.progress import Cancelled, CancelToken, no_report
from tests.inference.networks import SPEC, classification_pack, segmentation_pack
from tests.inference.pictures import Picture, disc, draw_cells

SESSIONS = SessionCache()


@pytest.fixture(scope="module")
def segmentation(tmp_path_factory):
    return segmentation_pack(tmp_path_factory.mktemp("packs"))


@pytest.fixture(scope="module")
def classifier(tmp_path_factory):
    return classification_pack(tmp_path_factory.mktemp("packs"))


def run(source, request, **options):
    return detect_cells(source, request, CancelToken(), no_report, sessions=SESSIONS, **options)


def spread_cells(seed, height, width, gap=60):
    """Cells about a loose grid, some of them cut off by the border."""
    random = np.random.default_rng(seed)
    return [
        (x + random.uniform(-8, 8), y + random.uniform(-8, 8), random.uniform(14, 24))
        for y in range(20, height + 10, gap)
        for x in range(20, width + 10, gap)
    ]


def test_cells_have_masks_classes_origin_and_the_run_its_record(segmentation, classifier):
    source = Picture(draw_cells(300, 400, [(100, 100, 40), (250, 180, 40)]), mpp=0.125)
    found = run(source, DetectRequest(segmentation, classifier))
    assert [cell.id for cell in found.cells] == [1, 2]
    assert found.cells[0].mask.iou(Mask(disc(300, 400, 100, 100, 40))) > 0.97
    for cell in found.cells:
        assert {key for key, _ in cell.probabilities} == {"blast", "lymphocyte"}
        assert cell.label == max(cell.probabilities, key=lambda item: item[1])[0]
        assert cell.origin.name == f"{segmentation.card.identity} + {classifier.card.identity}"
        assert 0 <= cell.uncertainty <= 1
    assert (found.mpp, found.mpp_source, found.device) == (0.125, "file", "cpu")
    assert {"scale", "segmentation", "instances", "classification", "total"} <= set(found.seconds)


def test_without_a_classifier_cells_are_unclassified(segmentation):
    found = run(Picture(draw_cells(200, 200, [(100, 100, 20)]), mpp=0.25), DetectRequest(segmentation))
    assert [(cell.label, cell.probabilities) for cell in found.cells] == [("unclassified", ())]


def test_scale_given_by_the_user_wins_over_the_file(segmentation):
    found = run(Picture(draw_cells(200, 200, [(100, 100, 20)]), mpp=0.9), DetectRequest(segmentation, mpp=0.25))
    assert (found.mpp, found.mpp_source, len(found.cells)) == (0.25, "given", 1)


def test_scale_that_no_microscope_gives_is_not_taken_from_the_file(segmentation):
    found = run(Picture(draw_cells(200, 300, [(100, 100, 40), (220, 90, 40)]), mpp=264.6), DetectRequest(segmentation))
    assert found.mpp_source == "cell size"
    assert any("264.6" in note for note in found.notes)


@pytest.mark.parametrize("radius", [12, 20, 45, 90])
def test_scale_is_found_from_the_size_of_cells(segmentation, radius):
    discs = [(x, y, radius) for x in (1.5 * radius, 4.5 * radius) for y in (1.5 * radius, 4 * radius)]
    found = run(Picture(draw_cells(int(6 * radius), int(6.5 * radius), discs)), DetectRequest(segmentation))
    assert found.mpp_source == "cell size"
    assert found.mpp == pytest.approx(SPEC.mpp * SPEC.cell_diameter_px / (2 * radius), rel=0.1)
    assert len(found.cells) == 4


def test_a_guess_comes_with_its_interval(segmentation):
    found = run(Picture(draw_cells(300, 400, [(100, 100, 30), (250, 180, 30)])), DetectRequest(segmentation))
    low, high = found.scale.interval
    assert found.scale.is_guess
    assert low < found.mpp < high


def test_a_guess_that_no_smear_is_photographed_at_is_not_used(segmentation, monkeypatch):
    monkeypatch.setattr(image_scale, "scale_from_red_cells", lambda source: Scale(4.0, "red cells", 5, (3.5, 4.5)))
    found = run(Picture(draw_cells(200, 200, [(100, 100, 20)])), DetectRequest(segmentation))
    assert (found.cells, found.mpp) == ((), None)
    assert "4 micrometres per pixel" in found.notes[0]
    assert "smaller than any" in found.notes[0]


def test_picture_without_cells_says_so(segmentation):
    ground = np.full((300, 300, 3), 2, np.uint8)
    found = run(Picture(ground), DetectRequest(segmentation))
    assert (found.cells, found.mpp, found.mpp_source) == ((), None, "unknown")
    assert "No white cell" in found.notes[0]


def test_cut_out_cell_is_all_that_is_not_black(segmentation, classifier):
    picture = np.zeros((450, 450, 3), np.uint8)
    cell = disc(450, 450, 225, 220, 100)
    picture[cell] = (0, 200, 100)
    picture[disc(450, 450, 225, 220, 60)] = (200, 0, 200)
    picture[218:222, 223:227] = 0
    picture[5:8, 5:8] = 40
    found = run(Picture(picture), DetectRequest(segmentation, classifier))
    assert found.mpp_source == "cut-out"
    assert found.cells[0].mask == Mask(cell)
    assert found.cells[0].nucleus.iou(Mask(disc(450, 450, 225, 220, 60))) > 0.9
    assert len(found.cells) == 1


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, 1000), st.integers(180, 420), st.sampled_from([0.25, 0.125, 0.37]))
def test_every_cell_once_for_any_layout_of_patches(segmentation, monkeypatch, seed, patch_px, mpp):
    zoom = 0.25 / mpp
    height, width = round(420 * zoom), round(510 * zoom)
    discs = [(x * zoom, y * zoom, r * zoom) for x, y, r in spread_cells(seed, 420, 510)]
    source = Picture(draw_cells(height, width, discs), mpp, levels=3)
    whole = run(source, DetectRequest(segmentation))
    monkeypatch.setattr(detect, "PATCH_PX", patch_px)
    monkeypatch.setattr(detect, "SINGLE_PX", 100)
    monkeypatch.setattr(patch_work, "may_hold_cells", lambda *_: True)
    pieces = run(source, DetectRequest(segmentation))
    monkeypatch.undo()
    assert len(pieces.cells) == len(whole.cells)
    for cell in pieces.cells:
        assert max(cell.mask.iou(other.mask) for other in whole.cells) > 0.8


def test_cells_stream_in_order_as_they_are_found(segmentation, monkeypatch):
    monkeypatch.setattr(detect, "PATCH_PX", 256)
    monkeypatch.setattr(detect, "SINGLE_PX", 100)
    source = Picture(draw_cells(600, 700, spread_cells(1, 600, 700)), 0.25)
    batches = []
    found = run(source, DetectRequest(segmentation), on_cells=batches.append)
    assert len(batches) > 1
    assert tuple(cell for batch in batches for cell in batch) == found.cells
    assert [cell.id for cell in found.cells] == list(range(1, len(found.cells) + 1))


def test_same_picture_gives_the_same_cells_on_any_number_of_threads(segmentation, classifier):
    source = Picture(draw_cells(400, 500, spread_cells(2, 400, 500)), 0.25)
    one, two = (run(source, DetectRequest(segmentation, classifier, threads=n)).cells for n in (1, 2))
    assert [(c.mask, c.nucleus, c.probabilities, c.uncertainty) for c in one] == [
        (c.mask, c.nucleus, c.probabilities, c.uncertainty) for c in two
    ]


def test_region_finds_whole_cells_whose_centre_lies_in_it(segmentation):
    source = Picture(draw_cells(300, 400, [(100, 100, 20), (150, 100, 20), (205, 100, 20)]), 0.25)
    found = run(source, DetectRequest(segmentation, region=Region(95, 50, 100, 100)))
    assert [round(cell.mask.centroid[0]) for cell in found.cells] == [100, 150]
    assert found.cells[0].mask.region.x < 85


def test_empty_parts_of_a_large_picture_are_not_run(segmentation, monkeypatch):
    """Glass is bright in a real smear: cells of the colour network on white ground, blue left at zero."""
    monkeypatch.setattr(detect, "PATCH_PX", 256)
    monkeypatch.setattr(detect, "SINGLE_PX", 100)
    picture = np.full((1024, 1024, 3), 255, np.uint8)
    source = Picture(picture, 0.25, levels=3)
    found = run(source, DetectRequest(segmentation))
    assert found.cells == ()
    assert "segmentation" not in found.seconds


def test_cancel_between_patches_stops_the_run(segmentation, monkeypatch):
    monkeypatch.setattr(detect, "PATCH_PX", 256)
    monkeypatch.setattr(detect, "SINGLE_PX", 100)
    cancel = CancelToken()
    source = Picture(draw_cells(900, 900, spread_cells(3, 900, 900)), 0.25)
    batches = []

    def first_then_cancel(cells):
        batches.append(cells)
        cancel.cancel()

    with pytest.raises(Cancelled):
        detect_cells(source, DetectRequest(segmentation), cancel, no_report, first_then_cancel, SESSIONS)
    assert len(batches) == 1


def test_packs_in_the_wrong_place_are_refused(segmentation, classifier):
    source = Picture(draw_cells(100, 100, [(50, 50, 20)]), 0.25)
    with pytest.raises(PackError, match="cannot segment"):
        run(source, DetectRequest(classifier))
    with pytest.raises(PackError, match="cannot classify"):
        run(source, DetectRequest(segmentation, segmentation))


def test_smallest_picture_passes(segmentation):
    found = run(Picture(np.full((1, 3, 3), 200, np.uint8), 0.25), DetectRequest(segmentation))
    assert isinstance(found.cells, tuple)
    assert run(Picture(np.full((1, 3, 3), 200, np.uint8)), DetectRequest(segmentation)).mpp_source
