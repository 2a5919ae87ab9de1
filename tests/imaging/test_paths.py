"""Whatever a file is called and wherever it lies, it opens, and nothing is written beside it."""

import numpy as np
import pytest
import tifffile
from PIL import Image

from allviewer.imaging.openers import open_image
from tests.imaging.czi_files import JPEG_XR, write_czi
from tests.imaging.dicom_files import write_dicom
from tests.imaging.slide_files import write_mirax, write_ndpi, write_vms
from tests.imaging.vendor_files import write_aperio
from tests.imaging.zarr_files import write_ome_zarr

LABEL = np.zeros((90, 120, 3), np.uint8)


def _dicom(path, pixels):
    write_dicom(path.parent, [pixels], LABEL)
    (path.parent / "level0.dcm").rename(path)


WRITERS = {
    ".png": lambda path, pixels: Image.fromarray(pixels).save(path),
    ".jpg": lambda path, pixels: Image.fromarray(pixels).save(path),
    ".tif": lambda path, pixels: tifffile.imwrite(path, pixels, photometric="rgb", tile=(64, 64)),
    ".ome.zarr": lambda path, pixels: write_ome_zarr(path, [np.moveaxis(pixels, 2, 0)], "cyx"),
    ".czi": lambda path, pixels: write_czi(path, [pixels], [1], compression=JPEG_XR, label=LABEL),
    ".svs": lambda path, pixels: write_aperio(path, [pixels], LABEL),
    ".mrxs": lambda path, pixels: write_mirax(path, [pixels], LABEL),
    ".ndpi": lambda path, pixels: write_ndpi(path, [pixels], LABEL, planes=2),
    ".vms": lambda path, pixels: write_vms(path, pixels, LABEL),
    ".dcm": _dicom,
}
NAMES = ["Ausstrich 1 – Knochenmark, früh", "骨髓 涂片", "μ%20#&'[x]", "n" * 180]


@pytest.mark.parametrize("suffix", WRITERS)
@pytest.mark.parametrize("name", NAMES)
def test_any_name_and_nothing_written_beside(tmp_path, picture, suffix, name):
    folder = tmp_path / "Ordner mit Ünïcode und Leerzeichen"
    folder.mkdir()
    path = folder / f"{name}{suffix}"
    WRITERS[suffix](path, picture(256, 224))
    before = {file: file.stat().st_mtime_ns for file in folder.rglob("*")}
    source = open_image(path)
    assert (source.info.width, source.info.height) == (256, 224)
    assert source.read(0, 100, 100, 50, 50).shape == (50, 50, 3)
    for picture_name in source.info.associated:
        assert source.associated_image(picture_name).shape[2] == 3
    source.close()
    assert {file: file.stat().st_mtime_ns for file in folder.rglob("*")} == before


def test_a_long_path(tmp_path, picture):
    folder = tmp_path
    for _ in range(6):
        folder = folder / ("d" * 60)
    folder.mkdir(parents=True)
    for suffix, write in WRITERS.items():
        path = folder / f"image{suffix}"
        write(path, picture(256, 224))
        assert open_image(path).info.width == 256
