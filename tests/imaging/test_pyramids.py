"""Large images: shown at once, exact when read, kept in a cache that stays within bounds."""

import os
import threading
import time

import numpy as np
import pytest
import tifffile
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from allviewer.errors import ImageError, OutputError
from allviewer.imaging.coarser_levels import with_coarser_levels
from allviewer.imaging.limits import MAX_CHILD_BYTES, child_bytes
from allviewer.imaging.openers import open_image
from allviewer.imaging.plain_image import open_plain
from allviewer.imaging.pyramids import child, opening
from allviewer.imaging.pyramids import store as store_module
from allviewer.imaging.pyramids.builder import build
from allviewer.imaging.pyramids.child import build_in_child
from allviewer.imaging.pyramids.large_image import LargeImage
from allviewer.imaging.pyramids.messages import BuildRequest, CoarseRows, SparseLook, level_sizes
from allviewer.imaging.pyramids.store import PyramidStore
from allviewer.imaging.pyramids.tile_file import TILE_PX, TileFile, encoded_tile
from allviewer.imaging.tiff_image import open_tiff, open_tiff_levels
from allviewer.memory.byte_budget import ByteBudget
from allviewer.progress import Cancelled, CancelToken, no_report

WIDTH, HEIGHT = 1301, 1550


@pytest.fixture
def store(tmp_path, monkeypatch):
    """A store for which images of a megapixel are large."""
    monkeypatch.setattr("allviewer.imaging.plain_image.LARGE_PX", 1_000_000)
    monkeypatch.setattr(opening, "LARGE_PX", 1_000_000)
    return PyramidStore(tmp_path / "cache", 1 << 30)


def _jpeg(path, pixels):
    Image.fromarray(pixels).save(path, quality=90)


def _turned_jpeg(orientation):
    def write(path, pixels):
        exif = Image.Exif()
        exif[0x0112] = orientation
        Image.fromarray(pixels).save(path, quality=90, exif=exif)

    return write


def _transparent_png(path, pixels):
    Image.fromarray(np.dstack([pixels, pixels[:, :, 0]])).save(path)


def _deep_png(path, pixels):
    Image.fromarray(pixels[:, :, 0].astype(np.uint16) * 16).save(path)


def _strips(path, pixels):
    tifffile.imwrite(path, pixels, photometric="rgb", rowsperstrip=7, compression="deflate")


def _turned_strips(path, pixels):
    tifffile.imwrite(path, pixels, photometric="rgb", rowsperstrip=7, extratags=[(274, "H", 1, 8, True)])


def _tiles(path, pixels):
    tifffile.imwrite(path, pixels, photometric="rgb", tile=(128, 128), compression="jpeg")


def _deep_tiles(path, pixels):
    tifffile.imwrite(path, pixels.astype(np.uint16) * 200, photometric="rgb", tile=(128, 128))


WRITERS = {
    "plain.jpg": _jpeg,
    **{f"turned{number}.jpg": _turned_jpeg(number) for number in range(2, 9)},
    "plain.png": lambda path, pixels: Image.fromarray(pixels).save(path),
    "transparent.png": _transparent_png,
    "deep.png": _deep_png,
    "plain.webp": lambda path, pixels: Image.fromarray(pixels).save(path, quality=80),
    "plain.gif": lambda path, pixels: Image.fromarray(pixels).quantize(64).save(path),
    "progressive.jpg": lambda path, pixels: Image.fromarray(pixels).save(path, quality=90, progressive=True),
    "plain.bmp": lambda path, pixels: Image.fromarray(pixels).save(path),
    "palette.bmp": lambda path, pixels: Image.fromarray(pixels).quantize(50).save(path),
    "plain.ppm": lambda path, pixels: Image.fromarray(pixels).save(path),
    "plain.jp2": lambda path, pixels: Image.fromarray(pixels).save(path, irreversible=False),
    "tiles.jp2": lambda path, pixels: Image.fromarray(pixels).save(path, irreversible=True, tile_size=(512, 512)),
    "shallow.j2k": lambda path, pixels: Image.fromarray(pixels).save(path, num_resolutions=2),
    "strips.tif": _strips,
    "turned.tif": _turned_strips,
    "tiles.tif": _tiles,
    "deep.tif": _deep_tiles,
}


def whole(source, index):
    level = source.info.levels[index]
    return source.read(index, 0, 0, level.width, level.height)


@pytest.mark.parametrize("name", WRITERS)
def test_every_level_is_what_the_ordinary_reader_makes_of_the_file(name, tmp_path, store, picture, monkeypatch):
    monkeypatch.setattr("allviewer.imaging.pyramids.large_image.build_in_child", child._build_here)  # quicker, the same
    path = tmp_path / name
    WRITERS[name](path, picture(WIDTH, HEIGHT))
    large = open_image(path, store)
    assert isinstance(large, LargeImage)
    assert not large.is_whole
    ordinary = with_coarser_levels((open_tiff if path.suffix == ".tif" else open_plain)(path), ByteBudget())
    large.complete(CancelToken(), no_report)
    assert large.is_whole
    assert large.info.levels[: len(ordinary.info.levels)] == ordinary.info.levels
    assert max(large.info.levels[-1].width, large.info.levels[-1].height) <= TILE_PX
    for index in range(len(ordinary.info.levels)):
        assert np.array_equal(whole(large, index), whole(ordinary, index)), index
    edge = large.read(0, large.info.width - 300, -5, 400, 300)
    assert np.array_equal(edge, ordinary.read(0, large.info.width - 300, -5, 400, 300))


@pytest.mark.parametrize("name", ["plain.bmp", "grey.bmp", "plain.ppm", "grey.pgm"])
def test_rows_of_uncompressed_images_are_read_from_the_file_at_once(name, tmp_path, store, picture, crop_of):
    pixels = picture(WIDTH, HEIGHT)
    truth = pixels[:, :, :1].repeat(3, axis=2) if name.startswith("grey") else pixels
    Image.fromarray(pixels[:, :, 0] if name.startswith("grey") else pixels).save(tmp_path / name)
    source = open_image(tmp_path / name, store)
    assert not source.is_whole
    for x, y in ((0, 0), (700, 900), (WIDTH - 50, HEIGHT - 40), (-30, -20)):
        assert source.is_exact(0, x, y, 200, 100)
        assert np.array_equal(source.read(0, x, y, 200, 100), crop_of(truth, x, y, 200, 100))
    without_cache = open_image(tmp_path / name)
    assert np.array_equal(whole(without_cache, 0), truth)
    source.close()
    (tmp_path / name).write_bytes((tmp_path / name).read_bytes()[:-5000])
    with pytest.raises(ImageError, match=rf"{name} is cut off"):
        open_image(tmp_path / name, store)


def test_a_large_jpeg_2000_is_seen_small_before_it_is_decoded(tmp_path, store, picture):
    pixels = np.asarray(Image.fromarray(picture(163, 194)).resize((WIDTH, HEIGHT), Image.Resampling.BICUBIC))
    Image.fromarray(pixels).save(tmp_path / "a.jp2", irreversible=False)
    told = []
    request = BuildRequest(
        tmp_path / "a.jp2", "JPEG2000", 0, WIDTH, HEIGHT, (512, 512), None, first=0, coarse=3, most_bytes=0, threads=1
    )
    build(request, told.append)
    assert isinstance(told[0], SparseLook)
    small = told[0].pixels.astype(int)
    assert small.shape == (-(-HEIGHT // 8), -(-WIDTH // 8), 3)
    truth = np.asarray(Image.fromarray(pixels).resize(small.shape[1::-1], Image.Resampling.BOX)).astype(int)
    assert np.abs(small - truth).mean() < 8


def test_a_claim_that_the_file_cannot_hold_gets_little_memory():
    assert child_bytes(1000, 30_000, 30_000) == MAX_CHILD_BYTES
    assert child_bytes(100_000_000, 30_000, 30_000) >= MAX_CHILD_BYTES


def test_what_was_built_is_there_at_the_next_opening(tmp_path, store, picture, monkeypatch):
    path = tmp_path / "smear.jpg"
    _jpeg(path, picture(WIDTH, HEIGHT))
    first = whole(open_image(path, store), 0)
    monkeypatch.setattr("allviewer.imaging.pyramids.large_image.build_in_child", None)
    again = open_image(path, PyramidStore(store.folder, store.budget_bytes))
    assert again.is_whole
    assert np.array_equal(whole(again, 0), first)


def test_a_file_that_changed_is_read_anew(tmp_path, store, picture):
    path = tmp_path / "smear.png"
    Image.fromarray(picture(WIDTH, HEIGHT)).save(path)
    whole(open_image(path, store), 0)
    other = picture(WIDTH, HEIGHT, seed=1)
    Image.fromarray(other).save(path)
    source = open_image(path, store)
    assert not source.is_whole
    assert np.array_equal(whole(source, 0), other)


def test_a_damaged_cache_file_is_built_again(tmp_path, store, picture):
    path = tmp_path / "smear.png"
    pixels = picture(WIDTH, HEIGHT)
    Image.fromarray(pixels).save(path)
    whole(open_image(path, store), 0)
    (kept,) = store.folder.iterdir()
    kept.write_bytes(kept.read_bytes()[:1000])
    assert np.array_equal(whole(open_image(path, store), 0), pixels)


@pytest.mark.parametrize("name", ["plain.jpg", "plain.png", "strips.tif", "tiles.tif"])
def test_meanwhile_there_is_a_sketch_that_comes_nearer_to_the_picture(name, tmp_path, store, picture):
    path = tmp_path / name
    pixels = picture(WIDTH, HEIGHT)
    WRITERS[name](path, pixels)
    source = open_image(path, store)
    coarsest = len(source.info.levels) - 1
    size = source.info.levels[coarsest]
    seen = []

    def look(_fraction, _text):
        assert source.is_whole or not source.is_exact(coarsest, 0, 0, size.width, size.height)
        sketch = source.sketch(coarsest, 0, 0, size.width, size.height)
        if sketch is not None:
            assert sketch.shape == (size.height, size.width, 3)
            seen.append(sketch)

    source.complete(CancelToken(), look)
    truth = whole(source, coarsest).astype(int)
    errors = [np.abs(sketch - truth).mean() for sketch in seen]
    assert errors
    assert errors[-1] < 10
    assert errors[-1] <= errors[0]


def test_what_is_ready_is_exact_before_the_rest_is(tmp_path, store, picture):
    path = tmp_path / "smear.png"
    pixels = picture(WIDTH, 5000)
    Image.fromarray(pixels).save(path)
    source = open_image(path, store)
    exact_early = []

    def look(_fraction, _text):
        if source.is_exact(0, 0, 0, WIDTH, TILE_PX) and not source.is_exact(0, 0, 4999, 10, 1):
            exact_early.append(np.array_equal(source.read(0, 3, 5, 700, 200), pixels[5:205, 3:703]))

    source.complete(CancelToken(), look)
    assert exact_early
    assert all(exact_early)


def test_cancelled_nothing_half_written_is_left_and_it_can_go_on(tmp_path, store, picture):
    path = tmp_path / "smear.png"
    pixels = picture(WIDTH, 6000)
    Image.fromarray(pixels).save(path)
    source, cancel = open_image(path, store), CancelToken()
    with pytest.raises(Cancelled):
        source.complete(cancel, lambda fraction, _text: cancel.cancel() if fraction > 0.2 else None)
    assert list(store.folder.iterdir()) == []
    with pytest.raises(ImageError, match=r"smear\.png was not read to its end"):
        source.read(0, 0, 5990, 10, 10)
    source.complete(CancelToken(), no_report)
    assert np.array_equal(whole(source, 0), pixels)


@pytest.mark.parametrize("name", ["plain.jpg", "plain.png"])
def test_a_file_cut_off_says_so(name, tmp_path, store, picture):
    path = tmp_path / name
    WRITERS[name](path, picture(WIDTH, HEIGHT))
    path.write_bytes(path.read_bytes()[: path.stat().st_size * 2 // 3])
    source = open_image(path, store)
    with pytest.raises(ImageError, match=name.replace(".", r"\.")):
        whole(source, 0)
    assert list(store.folder.iterdir()) == []


def test_without_room_the_picture_is_coarse_and_says_why(tmp_path, store, picture):
    path = tmp_path / "smear.jpg"
    _jpeg(path, picture(WIDTH, HEIGHT))
    store.budget_bytes = 1000
    source = open_image(path, store)
    with pytest.raises(OutputError, match="The cache has no room"):
        source.complete(CancelToken(), no_report)
    assert np.ptp(source.sketch(2, 0, 0, 300, 300)) > 50
    with pytest.raises(OutputError):
        source.read(0, 0, 0, 10, 10)


def test_a_builder_that_dies_is_an_error_in_words(tmp_path, picture):
    path = tmp_path / "smear.png"
    Image.fromarray(picture(50, 50)).save(path)
    impossible = BuildRequest(path, "PNG", 0, 50, 50, (0, 0), tmp_path / "part", 0, 0, 1 << 20, threads=0)
    with pytest.raises(ImageError, match=r"smear\.png cannot be read: its decoder ended with code"):
        build_in_child(impossible, CancelToken(), lambda message: None)


def test_a_disk_that_refuses_is_an_error_in_words(tmp_path, picture):
    path = tmp_path / "smear.png"
    Image.fromarray(picture(50, 50)).save(path)
    request = BuildRequest(path, "PNG", 0, 50, 50, (0, 0), tmp_path / "nowhere" / "part", 0, 0, 1 << 20, threads=1)
    with pytest.raises(OutputError, match=r"The cache for smear\.png cannot be written"):
        build_in_child(request, CancelToken(), lambda message: None)


def test_two_threads_that_need_it_build_it_once(tmp_path, store, picture, monkeypatch):
    path = tmp_path / "smear.png"
    pixels = picture(WIDTH, HEIGHT)
    Image.fromarray(pixels).save(path)
    source, builds = open_image(path, store), []

    def counted(request, cancel, receive):
        builds.append(request)
        build_in_child(request, cancel, receive)

    monkeypatch.setattr("allviewer.imaging.pyramids.large_image.build_in_child", counted)
    read = []
    threads = [threading.Thread(target=lambda: read.append(source.read(0, 9, 9, 50, 50))) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(builds) == 1
    assert all(np.array_equal(one, pixels[9:59, 9:59]) for one in read)


def _keep(store, key, size, used_s):
    store.folder.mkdir(exist_ok=True)
    path = store.folder / f"{key}.tif"
    path.write_bytes(b"\0" * size)
    os.utime(path, (used_s, used_s))
    return path


def test_the_longest_unused_goes_first(store):
    old, used, new = (_keep(store, key, 1000, number) for number, key in enumerate(["old", "used", "new"], start=1))
    assert store.find("used") == used
    store.budget_bytes = 2900
    store.begin("next", 800)
    assert not old.exists()
    assert used.exists()
    assert new.exists()
    store.set_budget(1500)
    assert not new.exists()
    assert used.exists()


def test_no_more_than_half_of_the_free_disk(store, monkeypatch):
    store.folder.mkdir()
    free = store_module._KEPT_FREE_BYTES + 1000
    monkeypatch.setattr(store_module.shutil, "disk_usage", lambda folder: type("Usage", (), {"free": free}))
    store.begin("small", 499)
    with pytest.raises(OutputError, match="no room"):
        store.begin("large", 501)


def test_files_of_a_killed_program_are_cleared_away(store):
    store.folder.mkdir()
    left, under_way = store.folder / "a.1.part", store.folder / "b.2.part"
    left.write_bytes(b"x")
    under_way.write_bytes(b"x")
    long_ago = time.time() - 3600
    os.utime(left, (long_ago, long_ago))
    store.begin("next", 10)
    assert not left.exists()
    assert under_way.exists()
    assert store.find("a") is None


@given(st.integers(1, 600), st.integers(1, 600), st.integers(0, 9))
@settings(max_examples=20)
def test_a_tile_file_is_a_tiff_that_others_read(tmp_path_factory, width, height, seed):
    path = tmp_path_factory.mktemp("tiles") / "made.tif"
    sizes = level_sizes(width, height)
    rng = np.random.default_rng(seed)
    levels = [rng.integers(0, 256, (tall, wide, 3), dtype=np.uint8) for wide, tall in sizes]
    file, places = TileFile(path), []
    for pixels in levels:
        corners = [(y, x) for y in range(0, pixels.shape[0], TILE_PX) for x in range(0, pixels.shape[1], TILE_PX)]
        places.append([file.append(encoded_tile(pixels[y : y + TILE_PX, x : x + TILE_PX])) for y, x in corners])
    with pytest.raises(ImageError):
        open_tiff_levels(path)
    file.finish(sizes, places)
    source = open_tiff_levels(path)
    assert [(level.width, level.height) for level in source.info.levels] == sizes
    for index, pixels in enumerate(levels):
        assert np.array_equal(tifffile.imread(path, key=index), pixels)
        assert np.array_equal(whole(source, index), pixels)


def test_coarse_rows_do_not_run_over_the_picture():
    from allviewer.imaging.pyramids.growth import Growth

    growth = Growth([(10, 10)], (10, 10))
    growth.take(CoarseRows(8, np.zeros((5, 12, 3), np.uint8)), None)
    assert growth.glance(open_region(10), 1.0)[8:].max() == 0


def open_region(side):
    from allviewer.domain.geometry import Region

    return Region(0, 0, side, side)


def test_an_image_that_is_mostly_long(tmp_path, store, picture):
    path = tmp_path / "ribbon.png"
    pixels = picture(90, 20_000)
    Image.fromarray(pixels).save(path)
    source = open_image(path, store)
    assert np.array_equal(whole(source, 0), pixels)
    level = len(source.info.levels) - 1
    assert whole(source, level).shape[:2] == (source.info.levels[level].height, source.info.levels[level].width)
