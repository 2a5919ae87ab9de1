"""Zeiss CZI through Zeiss's library; OpenSlide, which reads some of them, is the judge beside the written pixels."""

import shutil
import threading

import numpy as np
import openslide
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pylibCZIrw import czi

from allviewer.errors import ImageError
from allviewer.imaging.coarser_levels import halved
from allviewer.imaging.openers import open_image
from tests.imaging.czi_files import JPEG_XR, UNCOMPRESSED, ZSTD_0, write_czi

WIDTH, HEIGHT = 907, 702
LABEL = np.add.outer(np.arange(90), np.arange(120))[:, :, None].repeat(3, axis=2).astype(np.uint8)


@pytest.fixture(scope="module")
def mosaics(tmp_path_factory, picture):
    """One slide in three compressions; OpenSlide knows no JPEG XR."""
    folder = tmp_path_factory.mktemp("czi")
    levels = [picture(WIDTH - WIDTH % 4, HEIGHT - HEIGHT % 4)]
    levels += [halved(levels[0]), halved(halved(levels[0]))]
    for name, compression in {"plain": UNCOMPRESSED, "zstd": ZSTD_0, "jpegxr": JPEG_XR}.items():
        path = folder / f"{name}.czi"
        write_czi(path, levels, [1, 2, 4], compression=compression, corner=(-3000, 1000), label=LABEL)
    return {path.name: open_image(path) for path in sorted(folder.iterdir())}, levels, folder


def test_openslide_sees_the_same(mosaics):
    _, levels, folder = mosaics
    for name in ("plain.czi", "zstd.czi"):
        with openslide.OpenSlide(folder / name) as slide:
            for index, level in enumerate(levels):
                seen = np.asarray(slide.read_region((0, 0), index, slide.level_dimensions[index]))
                assert np.array_equal(seen[:, :, :3], level)


def test_what_is_known_of_it(mosaics):
    opened, levels, _ = mosaics
    for source in opened.values():
        info = source.info
        assert (info.mpp, info.objective, info.associated) == (0.25, 40.0, ("label",))
        assert [(level.height, level.width) for level in info.levels[:3]] == [level.shape[:2] for level in levels]
        assert np.abs(source.associated_image("label").astype(int) - LABEL).max() <= 6


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, 2), st.integers(-90, 950), st.integers(-90, 750), st.integers(1, 300), st.integers(1, 300))
def test_any_region_of_any_level(mosaics, crop_of, level, x, y, width, height):
    opened, levels, _ = mosaics
    for name, source in opened.items():
        found = source.read(level, x, y, width, height)
        assert np.array_equal(found, crop_of(levels[level], x, y, width, height)), name


def test_a_pyramid_of_thirds(tmp_path, picture):
    finest = picture(810, 729)
    levels = [finest, np.ascontiguousarray(finest[1::3, 1::3]), np.ascontiguousarray(finest[4::9, 4::9])]
    source = open_image(write_czi(tmp_path / "a.czi", levels, [1, 3, 9], compression=JPEG_XR))
    assert [level.downsample for level in source.info.levels] == [1, 3, 9]
    rng = np.random.default_rng(0)
    for index, level in enumerate(levels):
        for _ in range(20):
            x, y = int(rng.integers(0, level.shape[1] - 20)), int(rng.integers(0, level.shape[0] - 20))
            width, height = int(rng.integers(1, level.shape[1] - x)), int(rng.integers(1, level.shape[0] - y))
            assert np.array_equal(source.read(index, x, y, width, height), level[y : y + height, x : x + width])


@pytest.fixture(scope="module")
def stack_file(tmp_path_factory):
    """Two channels of 12 bit at three focal planes, in blocks; and the values (channel, plane, y, x)."""
    ys, xs = np.mgrid[0:500, 0:600]
    values = np.stack([np.stack([(xs * (1 + c) + ys + 300 * z) % 4000 for z in range(3)]) for c in range(2)])
    path = tmp_path_factory.mktemp("stack") / "smear in föcus 日.czi"
    with czi.create_czi(str(path)) as writer:
        for channel in range(2):
            for plane in range(3):
                for y in range(0, 500, 200):
                    for x in range(0, 600, 200):
                        block = np.ascontiguousarray(values[channel, plane, y : y + 200, x : x + 200].astype(np.uint16))
                        writer.write(block, location=(x - 70, y + 20), plane={"C": channel, "Z": plane, "T": 0})
        names = {0: "DAPI", 1: "CD19"}
        writer.write_metadata(scale_x=0.1e-6, scale_y=0.1e-6, scale_z=0.7e-6, channel_names=names)
    return path, values


def test_channels_and_focal_planes(stack_file):
    path, values = stack_file
    source = open_image(path)
    info = source.info
    assert (info.channels, info.plane_count, info.plane) == (("DAPI", "CD19"), 3, 1)
    assert (info.mpp, info.plane_spacing_um) == (pytest.approx(0.1), pytest.approx(0.7))
    for channel in range(2):
        low, high = values[channel, 1].min(), values[channel, 1].max()
        for plane in range(3):
            grey = source.look(plane=plane, channel=channel).read(0, 0, 0, 600, 500)[:, :, 1]
            expected = np.clip((values[channel, plane].astype(float) - low) * 255 / (high - low), 0, 255)
            assert np.abs(grey - expected).max() <= 1


@pytest.mark.parametrize(
    "compression", ["uncompressed:", "zstd0:ExplicitLevel=3", "zstd1:ExplicitLevel=2;PreProcess=HiLoByteUnpack"]
)
@pytest.mark.parametrize("kind", ["colour", "deep", "grey"])
def test_what_zeiss_writes_is_read_as_zeiss_reads_it(tmp_path, picture, whole_level, compression, kind):
    pixels = picture(500, 300)
    values = {"colour": pixels[:, :, ::-1], "deep": pixels[:, :, 0].astype(np.uint16) * 16, "grey": pixels[:, :, 0]}[
        kind
    ]
    path = tmp_path / "a.czi"
    with czi.create_czi(str(path)) as writer:
        for x in (0, 190, 400):  # the second block overlaps the first, the third leaves a gap
            block = np.ascontiguousarray(values[:, x : x + 200])
            writer.write(block, location=(x - 30, 10), compression_options=compression)
    with czi.open_czi(str(path)) as reader:
        background = (1.0, 1.0, 1.0) if kind == "colour" else (0.0, 0.0, 0.0)
        seen = reader.read(background_pixel=background)
    source = open_image(path)
    found = whole_level(source)
    if kind == "colour":
        assert np.array_equal(found, seen[:, :, ::-1])
    else:
        top = 255 if kind == "grey" else 4095
        assert np.abs(found[:, :, 0] - seen[:, :, 0] * (255 / top)).max() <= 0.51


def test_threads_share_the_file(stack_file):
    source = open_image(stack_file[0])
    whole = source.read(0, 0, 0, 600, 500)
    wrong = []

    def work(seed):
        rng = np.random.default_rng(seed)
        for _ in range(30):
            x, y = int(rng.integers(0, 500)), int(rng.integers(0, 400))
            if not np.array_equal(source.read(0, x, y, 90, 90), whole[y : y + 90, x : x + 90]):
                wrong.append((x, y))

    threads = [threading.Thread(target=work, args=(seed,)) for seed in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    source.close()
    with pytest.raises(ImageError, match="closed"):
        source.read(0, 0, 0, 5, 5)


def test_cut_off_files_are_refused(stack_file, tmp_path):
    path = tmp_path / "cut.czi"
    shutil.copy(stack_file[0], path)
    with path.open("r+b") as file:
        file.truncate(path.stat().st_size // 2)
    with pytest.raises(ImageError, match=r"cut\.czi"):
        open_image(path)
    path.write_bytes(b"ZISRAWFILE" + bytes(600))
    with pytest.raises(ImageError, match=r"cut\.czi"):
        open_image(path)
