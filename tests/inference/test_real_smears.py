"""The shipped packs on real smears: cells are found where experts drew them, and the scale is found as well."""

import csv
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from scipy import ndimage

from allviewer.domain.mask import Mask
from allviewer.imaging.openers import open_image
from allviewer.inference.catalogue import Catalogue
from allviewer.inference.detect import DetectRequest, detect_cells
from allviewer.inference.onnx_session import SessionCache
from allviewer.inference.red_cells import measure_red_cells
from allviewer.progress import CancelToken, no_report
from allviewer.resources import resources_dir

pytestmark = pytest.mark.real_data

# what the publishers' boxes of red cells (7.2 um) give, and for dataset 1, which shows none, its cells
UM_PER_PX = {"bccd": 0.069, "pbc": 0.091, "raabin": 0.053, "ds1": 0.15, "ds2": 0.087}


@pytest.fixture(scope="module")
def find(tmp_path_factory):
    catalogue = Catalogue(resources_dir() / "models", tmp_path_factory.mktemp("user"))
    assert catalogue.packs("segmentation"), "a pack is shipped"
    sessions = SessionCache()
    request = DetectRequest(catalogue.default("segmentation"), device="cpu", threads=1)

    def run(path):
        source = open_image(path)
        return detect_cells(source, request, CancelToken(), no_report, sessions=sessions)

    return run


def pictures(data_dir: Path, source: str, every: int) -> list[Path]:
    folders = {
        "bccd": ("bccd/images", "*"),
        "pbc": ("txl_pbc/pbc/images", "*"),
        "raabin": ("txl_pbc/raabin/images", "*"),
        "ds1": ("segmentation_wbc/images", "ds1*"),
        "ds2": ("segmentation_wbc/images", "ds2*"),
    }
    folder, pattern = folders[source]
    return sorted((data_dir / folder).glob(pattern))[::every]


def drawn_cells(data_dir: Path, path: Path) -> list[Mask]:
    folder = "bccd" if path.name.startswith("Blood") else "segmentation_wbc"
    drawn = np.asarray(Image.open(data_dir / folder / "masks" / f"{path.stem}.png")) > 0
    pieces, count = ndimage.label(drawn)
    return [Mask(pieces == number) for number in range(1, count + 1) if np.count_nonzero(pieces == number) > 50]


@pytest.mark.parametrize(("source", "every"), [("bccd", 25), ("ds1", 20), ("ds2", 8)])
def test_drawn_cells_are_found_without_a_given_scale(find, data_dir, source, every):
    drawn = overlapping = phantoms = 0
    for path in pictures(data_dir, source, every):
        cells = find(path).cells
        truth = drawn_cells(data_dir, path)
        drawn += len(truth)
        overlapping += sum(max((cell.mask.iou(mask) for cell in cells), default=0) > 0.5 for mask in truth)
        phantoms += sum(not any(cell.mask.region.intersects(mask.region) for mask in truth) for cell in cells)
    assert overlapping >= 0.9 * drawn
    if source == "bccd":  # in the other set cells at the edge are there, but not drawn
        assert phantoms <= 0.2 * drawn


@pytest.mark.parametrize("source", UM_PER_PX)
def test_scale_of_real_pictures(find, data_dir, source):
    found = [find(path) for path in pictures(data_dir, source, 40 if source != "ds2" else 10)]
    ratios = [detection.mpp / UM_PER_PX[source] for detection in found if detection.mpp is not None]
    assert len(ratios) == len(found)
    assert 0.85 < float(np.median(ratios)) < 1.18
    assert np.mean([0.5 < ratio < 1.8 for ratio in ratios]) >= 0.9


def test_cells_cut_out_on_black_are_whole(find, data_dir):
    with (data_dir / "cnmc2019" / "labels.csv").open(encoding="utf-8") as file:
        names = [row["file"] for row in csv.DictReader(file)][::400]
    for name in names:
        path = next((data_dir / "cnmc2019").rglob(Path(name).name))
        found = find(path)
        assert found.mpp_source == "cut-out"
        (cell,) = found.cells
        seen = np.asarray(Image.open(path).convert("RGB")).any(axis=2)
        assert cell.mask.iou(Mask(seen)) > 0.98
        assert cell.nc_ratio > 0.3


@pytest.mark.parametrize(("source", "size"), [("pbc", (360, 363)), ("raabin", (575, 575))])
def test_red_cells_are_as_large_as_their_boxes(data_dir, source, size):
    ratios = []
    for path in pictures(data_dir, source, 12):
        lines = (data_dir / "txl_pbc" / source / "boxes" / f"{path.stem}.txt").read_text().splitlines()
        boxes = [tuple(map(float, line.split())) for line in lines if line.strip()]
        whole = [b for b in boxes if b[0] == 1 and min(b[1] - b[3] / 2, b[2] - b[4] / 2) > 0.01]
        whole = [b for b in whole if max(b[1] + b[3] / 2, b[2] + b[4] / 2) < 0.99]
        found = measure_red_cells(np.asarray(Image.open(path).convert("RGB")))
        if found is not None and len(whole) >= 4:
            ratios.append(found.diameter_px / np.median([np.sqrt(b[3] * size[0] * b[4] * size[1]) for b in whole]))
    assert len(ratios) >= 6
    assert 0.93 < float(np.median(ratios)) < 1.07
    assert np.mean([0.8 < ratio < 1.25 for ratio in ratios]) >= 0.9
