"""DICOM whole slides: every encoding, focal planes, tiles left out, levels in several files."""

import numpy as np
import pytest

from allviewer.errors import ImageError
from allviewer.imaging.coarser_levels import halved
from allviewer.imaging.openers import open_image
from tests.imaging.dicom_files import ENCODINGS, TILE, write_dicom

LABEL = np.full((60, 90, 3), 77, np.uint8)


@pytest.fixture(scope="module")
def levels(picture):
    finest = picture(301, 270)
    return [finest, halved(finest)]


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_every_encoding(tmp_path, levels, whole_level, encoding):
    truth = write_dicom(tmp_path, levels, LABEL, encoding)[0]
    source = open_image(tmp_path / "level0.dcm")
    for index, level in enumerate(truth):
        assert np.array_equal(whole_level(source, index), level)


@pytest.mark.parametrize("encoding", ["plain", "jpeg"])
def test_openslide_sees_the_same(tmp_path, levels, whole_level, encoding):
    import openslide

    write_dicom(tmp_path, levels, LABEL, encoding)
    judge = openslide.OpenSlide(tmp_path / "level0.dcm")
    source = open_image(tmp_path / "level0.dcm")
    seen = np.asarray(judge.read_region((0, 0), 0, judge.dimensions).convert("RGB"))
    assert np.abs(whole_level(source).astype(int) - seen).max() <= 4
    assert [(level.width, level.height) for level in source.info.levels] == list(judge.level_dimensions)
    assert source.info.mpp == pytest.approx(float(judge.properties["openslide.mpp-x"]))


@pytest.mark.parametrize("sparse", [False, True])
def test_every_focal_plane(tmp_path, levels, sparse):
    truth = write_dicom(tmp_path, levels, LABEL, "jpeg", planes=5, sparse=sparse)
    source = open_image(tmp_path / "level1.dcm")
    assert (source.info.plane_count, source.info.plane, source.info.plane_spacing_um) == (5, 2, 1.5)
    rng = np.random.default_rng(0)
    for plane, stack in enumerate(truth):
        for index, level in enumerate(stack):
            x, y = int(rng.integers(0, level.shape[1] - 60)), int(rng.integers(0, level.shape[0] - 60))
            seen = source.look(plane=plane).read(index, x, y, 60, 60)
            assert np.array_equal(seen, level[y : y + 60, x : x + 60]), (plane, index)
    assert np.array_equal(source.associated_image("label"), LABEL)


def test_tiles_that_a_file_leaves_out_are_white(tmp_path, levels, whole_level):
    write_dicom(tmp_path, levels[:1], LABEL, sparse=True, without=[(1, 0)])
    truth = levels[0].copy()
    truth[TILE : 2 * TILE, :TILE] = 255
    assert np.array_equal(whole_level(open_image(tmp_path / "level0.dcm")), truth)


def test_another_series_in_the_folder_is_another_slide(tmp_path, levels, picture, whole_level):
    write_dicom(tmp_path, levels[1:], LABEL)
    (tmp_path / "level0.dcm").rename(tmp_path / "other.dcm")
    (tmp_path / "label.dcm").unlink()
    write_dicom(tmp_path, levels[:1], LABEL)
    assert len(open_image(tmp_path / "level0.dcm").info.levels) == 1
    assert np.array_equal(whole_level(open_image(tmp_path / "other.dcm")), levels[1])


def test_what_is_no_slide_is_told(tmp_path, levels):
    import pydicom

    write_dicom(tmp_path, levels, LABEL)
    file = pydicom.dcmread(tmp_path / "level0.dcm")
    file.SOPClassUID = pydicom.uid.CTImageStorage
    file.file_meta.MediaStorageSOPClassUID = pydicom.uid.CTImageStorage
    file.save_as(tmp_path / "ct.dcm")
    with pytest.raises(ImageError, match=r"ct\.dcm is a DICOM file, but no picture of a whole slide"):
        open_image(tmp_path / "ct.dcm")
    (tmp_path / "level0.dcm").unlink()
    (tmp_path / "level1.dcm").unlink()
    with pytest.raises(ImageError, match="only its label"):
        open_image(tmp_path / "label.dcm")


def test_a_cut_off_file_is_refused_or_told_where_it_is_read(tmp_path, levels):
    write_dicom(tmp_path, levels[:1], LABEL)
    path = tmp_path / "level0.dcm"
    path.write_bytes(path.read_bytes()[: -TILE * TILE * 3 * 3])
    source = open_image(path)
    assert source.read(0, 0, 0, 50, 50).shape == (50, 50, 3)
    with pytest.raises(ImageError, match=r"level0\.dcm is cut off"):
        source.read(0, 280, 260, 10, 10)
