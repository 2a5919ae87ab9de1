"""Folders are searched as a person would list them."""

import pytest

from allviewer.errors import ImageError
from allviewer.imaging.openers import find_images


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
