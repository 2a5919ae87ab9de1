"""Folders are searched as a person would list them."""

import numpy as np
import pytest

from allviewer.errors import ImageError
from allviewer.imaging.find_images import find_images
from allviewer.imaging.openers import open_image
from tests.imaging.dicom_files import write_dicom
from tests.imaging.slide_files import write_mirax, write_vms


def touch(folder, *names):
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")


def test_natural_order_through_folders(tmp_path):
    touch(tmp_path, "Cell10.png", "cell9.PNG", "a/2.tif", "a/10.tif", "notes.txt", "b/slide.svs")
    found = [path.relative_to(tmp_path).as_posix() for path in find_images([tmp_path])]
    assert found == ["a/2.tif", "a/10.tif", "b/slide.svs", "cell9.PNG", "Cell10.png"]


def test_hidden_files_and_own_outputs_are_left_out(tmp_path):
    touch(tmp_path, "x.png", ".y.png", ".cache/z.png", "x.cells.tif", "x.nuclei.tif", "x.overlay.png")
    assert [path.name for path in find_images([tmp_path])] == ["x.png"]


def test_files_given_outright_are_kept_once_and_in_order(tmp_path):
    touch(tmp_path, "b.png", "a.odd")
    given = [tmp_path / "b.png", tmp_path / "a.odd", tmp_path]
    assert find_images(given) == [tmp_path / "b.png", tmp_path / "a.odd"]


def test_a_folder_without_images_is_named(tmp_path):
    touch(tmp_path, "readme.txt")
    with pytest.raises(ImageError, match=f"no image in the folder .*{tmp_path.name}"):
        find_images([tmp_path])


def test_a_missing_path_is_named(tmp_path):
    with pytest.raises(ImageError, match="gone does not exist"):
        find_images([tmp_path / "gone"])


def test_a_slide_is_one_image_however_many_files_it_has(tmp_path, picture):
    pixels, label = picture(256, 224), np.zeros((90, 120, 3), np.uint8)
    write_mirax(tmp_path / "m.mrxs", [pixels], label)
    touch(tmp_path, "m/thumb.png", "photo.jpg")
    write_vms(tmp_path / "v.vms", pixels, label)
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        write_dicom(tmp_path / name, [pixels, pixels[::2, ::2].copy()], label)
    for file in (tmp_path / "two").iterdir():
        file.rename(tmp_path / "one" / f"second-{file.name}")
    found = [path.relative_to(tmp_path).as_posix() for path in find_images([tmp_path])]
    assert found == ["m.mrxs", "one/level0.dcm", "one/second-level0.dcm", "photo.jpg", "v.vms"]
    for name in found[:3] + found[4:]:
        assert open_image(tmp_path / name).info.width == 256


def test_dicom_files_that_are_no_slides_are_all_listed(tmp_path):
    touch(tmp_path, "a.dcm", "b.dcm")
    assert len(find_images([tmp_path])) == 2
