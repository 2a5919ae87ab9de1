"""Packs that know less than the shipped ones: no distance, nuclei alone, whole cells alone, other classes."""

import msgspec
import numpy as np
import pytest

from allviewer.domain.mask import Mask
from allviewer.errors import PackError
from allviewer.exchange.model_card import ClassificationSpec
from allviewer.inference.catalogue import Catalogue, read_pack
from allviewer.inference.classifier import verdict_of
from allviewer.inference.detect import DetectRequest, detect_cells
from allviewer.inference.pack_check import check_pack
from allviewer.progress import CancelToken
from tests.inference.networks import SPEC, classification_pack, network_of_maps, write_pack
from tests.inference.pictures import Picture, disc, draw_cells

SIZE = (200, 300)
CELLS = [(60, 60, 25), (104, 60, 24), (220, 150, 20)]
"""x, y, radius: two that touch, and one by itself."""
RED, GREEN = (1.0, 0.0, 0.0), (0.0, 1.0, 0.0)
KINDS = {
    "no distance": {"background": ((-1.0, -1.0, 0.0), 1.0), "cytoplasm": (GREEN, 0.0), "nucleus": (RED, 0.0)},
    "cell and nucleus": {"cell": ((1.0, 1.0, 0.0), 0.0), "nucleus": (RED, 0.0)},
    "cells alone": {"background": ((-1.0, -1.0, 0.0), 1.0), "cell": ((1.0, 1.0, 0.0), 0.0)},
    "nuclei alone": {"background": ((-1.0, 0.0, 0.0), 1.0), "nucleus": (RED, 0.0)},
}


def detected(folder, kind, source, **request):
    spec = msgspec.structs.replace(SPEC, channels=tuple(KINDS[kind]))
    written = write_pack(folder / "pack", network_of_maps(**KINDS[kind]), spec)
    pack = Catalogue(folder / "none", folder / "user").install(written)
    return detect_cells(source, DetectRequest(pack, **request), CancelToken(), lambda *_: None)


@pytest.fixture
def source():
    return Picture(draw_cells(*SIZE, CELLS))


@pytest.mark.parametrize("kind", ["no distance", "cell and nucleus", "cells alone"])
def test_cells_are_found_and_touching_ones_come_apart(kind, tmp_path, source):
    found = detected(tmp_path, kind, source, mpp=SPEC.mpp)
    cells = found.cells
    assert len(cells) == 3
    assert any("N:C ratios are unknown" in note for note in found.notes) == (kind == "cells alone")
    for x, y, radius in CELLS:
        truth = Mask(disc(*SIZE, x, y, radius))
        best = max(cells, key=lambda cell: cell.mask.iou(truth))
        assert best.mask.iou(truth) > 0.9
        if kind == "cells alone":
            assert best.nucleus.is_empty
        else:
            assert 0.2 < best.nucleus_area_px / best.area_px < 0.5


def test_with_nuclei_alone_the_cell_is_its_nucleus(tmp_path, source):
    found = detected(tmp_path, "nuclei alone", source, mpp=SPEC.mpp)
    assert len(found.cells) == 3
    assert all(cell.nucleus.iou(cell.mask) > 0.97 for cell in found.cells)
    assert any("nuclei only" in note for note in found.notes)


def test_cells_alone_tell_the_scale_too(tmp_path, source):
    assert len(detected(tmp_path, "cells alone", source).cells) == 3


def test_without_nucleus_and_cell_there_is_nothing_to_find(tmp_path):
    spec = msgspec.structs.replace(SPEC, channels=("background", "cytoplasm"))
    maps = {"background": KINDS["no distance"]["background"], "cytoplasm": (GREEN, 0.0)}
    with pytest.raises(PackError, match="'nucleus' or 'cell'"):
        check_pack(read_pack(write_pack(tmp_path / "pack", network_of_maps(**maps), spec), shipped=False))


def test_kinds_of_blast_are_added_up():
    spec = ClassificationSpec(
        0.3, 64, ("benign", "early", "pre", "pro"), shown_as=("lymphocyte", "blast", "blast", "blast")
    )
    verdict = verdict_of(np.array([0.4, 0.1, 0.2, 0.3], np.float32), spec)
    assert verdict.label == "blast"
    assert dict(verdict.probabilities) == pytest.approx({"lymphocyte": 0.4, "blast": 0.6})
    plain = verdict_of(np.array([0.4, 0.6], np.float32), ClassificationSpec(0.3, 64, ("blast", "lymphocyte")))
    assert plain.label == "lymphocyte"


def test_a_classifier_that_knows_no_blasts_is_named(tmp_path, source):
    types = ClassificationSpec(SPEC.mpp, 48, ("neutrophil", "lymphocyte"))
    pack = read_pack(write_pack(tmp_path / "types", spec=types, name="types"), shipped=False)
    check_pack(pack)
    segmentation = read_pack(write_pack(tmp_path / "cells"), shipped=False)
    request = DetectRequest(segmentation, pack, mpp=SPEC.mpp)
    notes = detect_cells(source, request, CancelToken(), lambda *_: None).notes
    assert any("'types' knows no blasts" in note for note in notes)
    known = DetectRequest(segmentation, classification_pack(tmp_path), mpp=SPEC.mpp)
    assert not any("blasts" in note for note in detect_cells(source, known, CancelToken(), lambda *_: None).notes)


def test_a_card_that_shows_some_classes_only_is_refused(tmp_path):
    spec = ClassificationSpec(0.25, 48, ("blast", "lymphocyte"), shown_as=("blast",))
    with pytest.raises(PackError, match="of every class"):
        check_pack(read_pack(write_pack(tmp_path / "pack", spec=spec), shipped=False))
