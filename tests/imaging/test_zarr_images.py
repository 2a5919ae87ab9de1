"""OME-Zarr: a folder is one image, whichever version, axes, chunks and values it has."""

import json
import shutil

import numpy as np
import pytest
import zarr
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from allviewer.errors import ImageError
from allviewer.exchange.content_hash import hash_file, size_bytes
from allviewer.imaging.coarser_levels import halved
from allviewer.imaging.find_images import find_images
from allviewer.imaging.openers import open_image
from tests.imaging.zarr_files import write_ome_zarr

WIDTH, HEIGHT = 701, 533
BOTH = pytest.mark.parametrize("version", ["0.4", "0.5"])


def channels_first(pixels):
    return np.moveaxis(pixels, 2, 0)


@pytest.fixture(scope="module")
def pyramids(tmp_path_factory, picture):
    folder = tmp_path_factory.mktemp("zarr")
    pixels = picture(WIDTH, HEIGHT)
    levels = [pixels, halved(pixels), halved(halved(pixels))]
    planar = [channels_first(level) for level in levels]
    write_ome_zarr(folder / "a.zarr", planar, "cyx", "0.4")
    write_ome_zarr(folder / "b.ome.zarr", planar, "cyx", "0.5", chunks=100)
    write_ome_zarr(folder / "five.zarr", [level[None, :, None] for level in planar], "tczyx", "0.4", chunks=1000)
    write_ome_zarr(folder / "shards.zarr", planar, "cyx", "0.5", chunks=50, shards=(1, 150, 150))
    return {path.name: open_image(path) for path in sorted(folder.iterdir())}, levels


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, 2), st.integers(-90, 750), st.integers(-90, 600), st.integers(1, 400), st.integers(1, 400))
def test_any_region_of_any_level(pyramids, crop_of, level, x, y, width, height):
    opened, levels = pyramids
    assert len(opened) == 4
    for name, source in opened.items():
        assert (source.info.width, source.info.height, source.info.channels) == (WIDTH, HEIGHT, ()), name
        assert np.array_equal(source.read(level, x, y, width, height), crop_of(levels[level], x, y, width, height))


@BOTH
def test_channels_planes_scale_and_colours(tmp_path, whole_level, version):
    values = np.random.default_rng(3).integers(0, 3000, (2, 3, 40, 60)).astype(np.uint16)
    omero = {
        "channels": [
            {"label": "DAPI", "color": "0000FF", "window": {"start": 100, "end": 2100}},
            {"label": "CD34", "color": "#FF8000"},
        ]
    }
    path = write_ome_zarr(tmp_path / "x.zarr", [values], "czyx", version, [1, 0.75, 0.25, 0.25], omero)
    source = open_image(path)
    info = source.info
    assert (info.channels, info.plane_count, info.plane) == (("DAPI", "CD34"), 3, 1)
    assert (info.mpp, info.plane_spacing_um) == (0.25, 0.75)
    expected = np.clip((values[0, 2].astype(float) - 100) * 255 / 2000, 0, 255)
    assert np.abs(whole_level(source.look(plane=2, channel=0))[:, :, 1] - expected).max() <= 0.51
    both = whole_level(source)
    assert np.abs(both[:, :, 2] - np.clip((values[0, 1].astype(float) - 100) * 255 / 2000, 0, 255)).max() <= 0.51
    assert np.abs(both[:, :, 0] - 2.0 * both[:, :, 1]).max() <= 2


@BOTH
def test_units_and_no_units(tmp_path, version):
    levels = [np.zeros((50, 50), np.uint8)]
    path = write_ome_zarr(tmp_path / "x.zarr", levels, "yx", version, [0.5, 0.5])
    assert open_image(path).info.mpp == 0.5
    head = path / (".zattrs" if version == "0.4" else "zarr.json")
    head.write_text(head.read_text().replace('"micrometer"', '"nanometer"').replace("0.5,", "500,", 1))
    assert open_image(path).info.mpp is None  # 500 nm and 0.5 nm: not one scale


def test_grey_of_any_depth(tmp_path, whole_level):
    values = np.arange(64 * 64, dtype=np.uint16).reshape(64, 64)
    source = open_image(write_ome_zarr(tmp_path / "deep.zarr", [values]))
    assert np.abs(whole_level(source)[:, :, 0] - values * (255 / 4095)).max() <= 0.51
    source = open_image(write_ome_zarr(tmp_path / "real.zarr", [values.astype(np.float32) / 7]))
    assert np.abs(whole_level(source)[:, :, 0] - values * (255 / 4095)).max() <= 0.51


def test_old_axes_and_the_first_of_several_images(tmp_path, whole_level):
    values = np.random.default_rng(0).integers(0, 256, (1, 1, 1, 30, 40), dtype=np.uint8)
    path = tmp_path / "series.zarr"
    zarr.create_group(path, zarr_format=2).attrs["bioformats2raw.layout"] = 3
    write_ome_zarr(path / "0", [values], "tczyx")
    head = json.loads((path / "0" / ".zattrs").read_text())
    del head["multiscales"][0]["axes"]
    (path / "0" / ".zattrs").write_text(json.dumps(head))
    assert np.array_equal(whole_level(open_image(path))[:, :, 0], values[0, 0, 0])


def test_a_chunk_that_is_not_there_is_as_the_file_fills_it(tmp_path, whole_level):
    path = write_ome_zarr(tmp_path / "hole.zarr", [np.full((128, 128), 200, np.uint8)], fill_value=9)
    (path / "0" / "1.0").unlink()
    pixels = whole_level(open_image(path))[:, :, 0]
    assert (pixels[:64].min(), pixels[64, 0], pixels[64, 64]) == (200, 9, 200)


def test_a_folder_of_that_name_is_one_image(tmp_path):
    for name in ("b.zarr", "a.ome.zarr", "inner/c.zarr"):
        write_ome_zarr(tmp_path / name, [np.zeros((20, 20), np.uint8)])
    (tmp_path / "no.zarr").mkdir()
    (tmp_path / "no.zarr" / "x.png").touch()
    (tmp_path / "b.zarr" / "thumb.png").touch()
    found = [path.relative_to(tmp_path).as_posix() for path in find_images([tmp_path])]
    assert found == ["a.ome.zarr", "b.zarr", "inner/c.zarr", "no.zarr/x.png"]
    assert find_images([tmp_path / "b.zarr"]) == [tmp_path / "b.zarr"]


def test_identity_is_of_all_files_in_it(tmp_path):
    path = write_ome_zarr(tmp_path / "a.zarr", [np.arange(200 * 200, dtype=np.uint16).reshape(200, 200)])
    shutil.copytree(path, tmp_path / "moved.zarr")
    assert hash_file(path) == hash_file(tmp_path / "moved.zarr")
    assert size_bytes(path) == sum(file.stat().st_size for file in path.rglob("*") if file.is_file())
    (tmp_path / "moved.zarr" / "0" / "2.1").write_bytes(b"other")
    assert hash_file(path) != hash_file(tmp_path / "moved.zarr")


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (lambda head: head.update(multiscales=[{"datasets": [{"path": "0"}], "axes": "xyz"}]), "not sound OME-Zarr"),
        (lambda head: head.update(multiscales=[{"axes": ["y", "x"]}]), "not sound OME-Zarr"),
        (lambda head: head.update(multiscales=[{"axes": ["y", "x"], "datasets": [{"path": "9"}]}]), "a.zarr"),
        (lambda head: head.update(multiscales=[{"axes": ["y", "x"], "datasets": [{"path": "../b"}]}]), "a.zarr"),
        (lambda head: head["multiscales"][0].update(axes=["c", "y", "x"]), "a.zarr"),
        (lambda head: head.pop("multiscales"), "without OME's description"),
    ],
)
def test_damage_is_a_sentence(tmp_path, damage, said):
    path = write_ome_zarr(tmp_path / "a.zarr", [np.zeros((20, 20), np.uint8)])
    head = json.loads((path / ".zattrs").read_text())
    damage(head)
    (path / ".zattrs").write_text(json.dumps(head))
    with pytest.raises(ImageError, match=said):
        open_image(path)


def test_broken_pixels_and_bombs(tmp_path):
    path = write_ome_zarr(tmp_path / "a.zarr", [np.random.default_rng(0).integers(0, 256, (20, 20), dtype=np.uint8)])
    (path / "0" / "0.0").write_bytes(b"\xff" * 50)
    with pytest.raises(ImageError, match=r"a\.zarr"):
        open_image(path)
    array = path / "0" / ".zarray"
    good = json.loads(array.read_text())
    for shape, chunks in (([10**9, 10], [64, 64]), ([90000, 90000], [90000, 90000]), ([9000, 900000], [64, 64])):
        array.write_text(json.dumps({**good, "shape": shape, "chunks": chunks}))
        with pytest.raises(ImageError, match=r"a\.zarr"):
            open_image(path)
