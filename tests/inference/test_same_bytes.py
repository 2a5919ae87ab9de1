"""The same image gives the same cells, byte for byte, on any number of threads."""

import numpy as np
import pytest
from PIL import Image

from allviewer.domain.geometry import Region
from allviewer.domain.slide import Level, SlideInfo
from allviewer.imaging.array_source import ArraySource
from allviewer.inference.catalogue import Catalogue
from allviewer.inference.detect import DetectRequest, detect_cells
from allviewer.inference.onnx_session import SessionCache
from allviewer.progress import CancelToken, no_report
from allviewer.resources import resources_dir


@pytest.mark.parametrize("region", [Region(860, 400, 180, 160), None], ids=["one small patch", "several patches"])
def test_threads_do_not_change_a_bit(tmp_path, region):
    """On small patches convolutions sum in another order when several threads share them."""
    catalogue = Catalogue(resources_dir() / "models", tmp_path)
    picture = np.asarray(Image.open(resources_dir() / "demo" / "demonstration.png").convert("RGB"))
    info = SlideInfo((Level(picture.shape[1], picture.shape[0], 1.0),), reader="memory")
    sessions = SessionCache()
    found = []
    for threads in (1, 2, 5):
        request = DetectRequest(
            catalogue.default("segmentation"), catalogue.default("classification"), region=region,
            mpp=0.1 if region else 0.05, device="cpu", threads=threads,
        )  # fmt: skip
        source = ArraySource(picture, info)
        found.append(detect_cells(source, request, CancelToken(), no_report, sessions=sessions).cells)
    assert found[0]
    for cells in found[1:]:
        assert [_bytes(cell) for cell in cells] == [_bytes(cell) for cell in found[0]]


def _bytes(cell):
    numbers = np.array([cell.uncertainty, *(p for _, p in cell.probabilities)], np.float64).tobytes()
    return cell.mask.region, cell.mask.bitmap.tobytes(), cell.nucleus.bitmap.tobytes(), cell.label, numbers
