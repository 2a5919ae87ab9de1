"""Whatever a file is called and wherever it lies, it opens, and nothing is written beside it."""

import os

import numpy as np
import pytest
import tifffile
from PIL import Image

from allviewer.errors import ImageError
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


def _complaint(act):
    """What is said where something cannot be done; empty where it can. Any other error passes."""
    try:
        act()
    except ImageError as error:
        return str(error)
    return ""


@pytest.mark.parametrize("suffix", WRITERS)
def test_a_file_that_goes_while_it_is_open(tmp_path, picture, suffix):
    """A stick is pulled out, a server goes away: what can no longer be read is told, and nothing ends the program."""
    folder = tmp_path / "stick"
    folder.mkdir()
    path = folder / f"image{suffix}"
    WRITERS[suffix](path, picture(256, 224))
    source = open_image(path)
    folder.rename(tmp_path / "gone")
    for x in (0, 100, 200):
        assert path.name in (_complaint(lambda x=x: source.read(0, x, 100, 50, 50)) or path.name)
    source.close()
    with pytest.raises(ImageError, match="does not exist"):
        open_image(path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="a kind of file that this system does not have")
def test_a_pipe_is_no_image(tmp_path):
    os.mkfifo(tmp_path / "pipe.png")
    with pytest.raises(ImageError, match=r"pipe\.png is no file"):
        open_image(tmp_path / "pipe.png")


@pytest.mark.skipif(os.name != "posix", reason="names there are text")
@pytest.mark.parametrize("suffix", WRITERS)
def test_a_name_that_is_no_text_opens_or_is_told(tmp_path, picture, suffix):
    plain = tmp_path / f"image{suffix}"
    WRITERS[suffix](plain, picture(256, 224))
    odd = tmp_path / os.fsdecode(b"\xff\xfe" + suffix.encode())
    plain.rename(odd)
    if plain.with_suffix("").is_dir():
        plain.with_suffix("").rename(odd.with_suffix(""))
    complaint = _complaint(lambda: open_image(odd).read(0, 0, 0, 9, 9))
    assert not complaint or "cannot be read" in complaint
