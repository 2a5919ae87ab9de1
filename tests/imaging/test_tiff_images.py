"""TIFF in all its kinds: what was written is what is seen."""

import numpy as np
import pytest
import tifffile

from allviewer.errors import ImageError
from allviewer.imaging.openers import open_image


def close(found, expected, tolerance=0):
    assert found.shape == expected.shape
    assert np.abs(found.astype(int) - expected.astype(int)).max() <= tolerance


@pytest.mark.parametrize("compression", [None, "lzw", "deflate", "zstd", "packbits", "jpeg2000", "webp", "png", "lzma"])
@pytest.mark.parametrize("layout", [{"tile": (32, 48)}, {"rowsperstrip": 7}, {"tile": (256, 256)}])
def test_layouts_and_lossless_compressions(tmp_path, picture, whole_level, compression, layout):
    pixels = picture(131, 93)
    options = {"compressionargs": {"lossless": True}} if compression == "webp" else {}
    options |= {"compressionargs": {"reversible": True}} if compression == "jpeg2000" else {}
    path = tmp_path / "image.tif"
    tifffile.imwrite(path, pixels, photometric="rgb", compression=compression, **layout, **options)
    close(whole_level(open_image(path)), pixels)


@pytest.mark.parametrize("layout", [{"tile": (64, 64)}, {"rowsperstrip": 16}])
def test_jpeg_inside_equals_pillow(tmp_path, picture, whole_level, layout):
    from PIL import Image

    path = tmp_path / "image.tif"
    tifffile.imwrite(path, picture(150, 110), photometric="rgb", compression="jpeg", **layout)
    with Image.open(path) as image:
        reference = np.asarray(image.convert("RGB"))
    close(whole_level(open_image(path)), reference, 4)


@pytest.mark.parametrize("layout", [{"tile": (32, 32)}, {}])
@pytest.mark.parametrize(
    "options",
    [
        {"bigtiff": True},
        {"byteorder": ">"},
        {"planarconfig": "separate"},
        {"predictor": True, "compression": "lzw"},
    ],
    ids=str,
)
def test_ways_to_write_the_same_pixels(tmp_path, picture, whole_level, layout, options):
    pixels = picture(70, 50)
    data = np.moveaxis(pixels, 2, 0) if "planarconfig" in options else pixels
    tifffile.imwrite(tmp_path / "image.tif", data, photometric="rgb", **layout, **options)
    close(whole_level(open_image(tmp_path / "image.tif")), pixels)


def test_grey_and_its_inverse(tmp_path, picture, whole_level):
    grey = picture(40, 30)[:, :, 0]
    tifffile.imwrite(tmp_path / "black.tif", grey, photometric="minisblack")
    tifffile.imwrite(tmp_path / "white.tif", 255 - grey, photometric="miniswhite")
    expected = np.repeat(grey[:, :, None], 3, axis=2)
    close(whole_level(open_image(tmp_path / "black.tif")), expected)
    close(whole_level(open_image(tmp_path / "white.tif")), expected)


def test_one_bit(tmp_path, whole_level):
    bits = np.eye(20, dtype=bool)
    tifffile.imwrite(tmp_path / "bits.tif", bits, photometric="minisblack")
    close(whole_level(open_image(tmp_path / "bits.tif"))[:, :, 0], bits * np.uint8(255))


@pytest.mark.parametrize("layout", [{"tile": (16, 16)}, {}])
@pytest.mark.parametrize(
    ("stored", "seen"),
    [
        (np.array([0, 1024, 4095], dtype=np.uint16), [0, 64, 255]),
        (np.array([0, 32768, 65535], dtype=np.uint16), [0, 128, 255]),
        (np.array([-100, 0, 100], dtype=np.int16), [0, 128, 255]),
        (np.array([-2, 0, 2], dtype=np.int8), [0, 128, 255]),
        (np.array([0.0, 0.5, 1.0], dtype=np.float32), [0, 128, 255]),
        (np.array([-1.0, np.nan, 1.0], dtype=np.float64), [0, 0, 255]),
    ],
    ids=["12 of 16 bits", "16 bits", "signed 16", "signed 8", "float", "not a number"],
)
def test_grey_of_any_depth(tmp_path, whole_level, stored, seen, layout):
    image = np.repeat(stored[None, :], 16, axis=0)
    tifffile.imwrite(tmp_path / "deep.tif", image, photometric="minisblack", **layout)
    assert whole_level(open_image(tmp_path / "deep.tif"))[3, :, 0].tolist() == seen


@pytest.mark.parametrize("layout", [{"tile": (16, 16)}, {}])
def test_deep_colour(tmp_path, picture, whole_level, layout):
    pixels = picture(40, 40).astype(np.uint16) * 257
    pixels[0, 0] = 65535
    tifffile.imwrite(tmp_path / "deep.tif", pixels, photometric="rgb", **layout)
    close(whole_level(open_image(tmp_path / "deep.tif")), (pixels // 257).astype(np.uint8))


@pytest.mark.parametrize(("kind", "seen"), [("unassalpha", [227, 127, 127]), ("assocalpha", [255, 127, 127])])
def test_transparency_lies_on_white(tmp_path, whole_level, kind, seen):
    rgba = np.full((16, 16, 4), (200, 0, 0, 128), dtype=np.uint8)
    tifffile.imwrite(tmp_path / "clear.tif", rgba, photometric="rgb", extrasamples=[kind])
    assert whole_level(open_image(tmp_path / "clear.tif"))[5, 5].tolist() == seen


def test_palette(tmp_path, whole_level):
    table = np.zeros((3, 256), dtype=np.uint16)
    table[:, 7] = (200 * 257, 100 * 257, 50 * 257)
    indices = np.full((10, 10), 7, dtype=np.uint8)
    tifffile.imwrite(tmp_path / "palette.tif", indices, photometric="palette", colormap=table)
    assert whole_level(open_image(tmp_path / "palette.tif"))[0, 0].tolist() == [200, 100, 50]


def test_inks(tmp_path, whole_level):
    inks = np.full((10, 10, 4), (0, 255, 128, 0), dtype=np.uint8)
    tifffile.imwrite(tmp_path / "inks.tif", inks, photometric="separated")
    assert whole_level(open_image(tmp_path / "inks.tif"))[0, 0].tolist() == [255, 0, 127]


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("layout", [{"tile": (16, 16)}, {}])
def test_orientation_tag_as_in_pillow(tmp_path, picture, whole_level, orientation, layout, crop_of):
    from PIL import Image

    path = tmp_path / "turned.tif"
    tag = [(274, "H", 1, orientation, True)]
    tifffile.imwrite(path, picture(60, 34), photometric="rgb", extratags=tag, **layout)
    from PIL import ImageOps

    with Image.open(path) as image:
        reference = np.asarray(ImageOps.exif_transpose(image).convert("RGB"))
    source = open_image(path)
    close(whole_level(source), reference)
    close(source.read(0, 5, -3, 20, 70), crop_of(reference, 5, -3, 20, 70))


@pytest.mark.parametrize("sub_ifds", [True, False])
def test_pyramids_keep_their_levels(tmp_path, picture, whole_level, sub_ifds):
    levels = [picture(600 // 2**k, 400 // 2**k, seed=k) for k in range(3)]
    path = tmp_path / "pyramid.tif"
    with tifffile.TiffWriter(path) as writer:
        common = {"photometric": "rgb", "tile": (64, 64), "metadata": None}
        writer.write(levels[0], subifds=2 if sub_ifds else 0, **common)
        for level in levels[1:]:
            writer.write(level, subfiletype=1, **common)
    source = open_image(path)
    assert [level.downsample for level in source.info.levels] == [1, 2, 4]
    for index, level in enumerate(levels):
        close(whole_level(source, index), level)


def test_ome_channels_and_scale(tmp_path, picture, whole_level):
    channels = np.moveaxis(picture(40, 30), 2, 0)[:2]
    metadata = {
        "axes": "CYX",
        "PhysicalSizeX": 110,
        "PhysicalSizeXUnit": "nm",
        "PhysicalSizeY": 0.11,
        "Channel": {"Color": [0x0000FFFF, -16776961]},
    }
    tifffile.imwrite(tmp_path / "two.ome.tif", channels, photometric="minisblack", metadata=metadata)
    source = open_image(tmp_path / "two.ome.tif")
    assert source.info.mpp == pytest.approx(0.11)
    close(whole_level(source), np.stack([channels[1], np.zeros_like(channels[0]), channels[0]], axis=2))


def test_of_focal_planes_the_middle_one(tmp_path, picture, whole_level):
    planes = np.stack([picture(40, 30, seed)[:, :, 0] for seed in range(5)])
    tifffile.imwrite(tmp_path / "z.ome.tif", planes, photometric="minisblack", metadata={"axes": "ZYX"})
    close(whole_level(open_image(tmp_path / "z.ome.tif"))[:, :, 0], planes[2])


@pytest.mark.parametrize(
    ("resolution", "unit", "mpp"),
    [
        ((40_000, 40_000), "centimeter", 0.25),
        ((101_600, 101_600), "inch", 0.25),
        ((72, 72), "inch", None),
        ((300, 300), "inch", None),
        ((4, 4), "none", None),
        ((0, 0), "centimeter", None),
    ],
)
def test_only_a_microscope_scale_is_believed(tmp_path, picture, resolution, unit, mpp):
    tifffile.imwrite(
        tmp_path / "scaled.tif", picture(20, 20), photometric="rgb", resolution=resolution, resolutionunit=unit
    )
    found = open_image(tmp_path / "scaled.tif").info.mpp
    assert found == (None if mpp is None else pytest.approx(mpp))


def test_imagej_scale(tmp_path, picture):
    tifffile.imwrite(
        tmp_path / "ij.tif", picture(20, 20)[:, :, 0], imagej=True, resolution=(8, 8), metadata={"unit": "um"}
    )
    assert open_image(tmp_path / "ij.tif").info.mpp == pytest.approx(0.125)


def test_left_out_tiles_are_white(tmp_path, whole_level):
    path = tmp_path / "sparse.tif"
    tifffile.imwrite(path, shape=(64, 64, 3), dtype=np.uint8, photometric="rgb", tile=(32, 32), compression="zstd",
                     data=iter([np.zeros((32, 32, 3), np.uint8), None, None, None]))  # fmt: skip
    pixels = whole_level(open_image(path))
    assert (pixels[:32, :32] == 0).all()
    assert (pixels[32:] == 255).all()


def test_a_huge_tiled_image_opens_without_being_decoded(tmp_path):
    """100 000 x 100 000 px of which one tile is looked at."""
    side, tile = 100_000, 512
    blank = np.full((tile, tile, 3), 220, dtype=np.uint8)
    path = tmp_path / "slide.tif"
    count = (-(-side // tile)) ** 2
    with tifffile.TiffWriter(path, bigtiff=True) as writer:
        writer.write(
            (blank if index in (0, count - 1) else None for index in range(count)),
            shape=(side, side, 3),
            dtype=np.uint8,
            tile=(tile, tile),
            photometric="rgb",
            compression="jpeg",
        )
    source = open_image(path)
    assert source.info.width == side
    last = source.read(0, side - 10, side - 10, 20, 20)
    assert np.abs(last[:10, :10].astype(int) - 220).max() <= 2
    assert (last[10:] == 255).all()


def test_a_bomb_in_strips_is_refused(tmp_path):
    path = tmp_path / "bomb.tif"
    tifffile.imwrite(path, np.zeros((8, 8), np.uint8), photometric="minisblack", metadata=None)
    with tifffile.TiffFile(path, mode="r+") as tif:
        for name in ("ImageWidth", "ImageLength", "RowsPerStrip"):
            tif.pages[0].tags[name].overwrite(4_000_000_000 if name != "RowsPerStrip" else 8)
    with pytest.raises(ImageError, match=r"bomb\.tif"):
        open_image(path)


def test_a_broken_tile_is_named_when_it_is_read(tmp_path, picture):
    path = tmp_path / "broken.tif"
    tifffile.imwrite(path, picture(256, 256), photometric="rgb", tile=(64, 64), compression="zstd")
    with tifffile.TiffFile(path) as tif:
        offset, count = tif.pages[0].dataoffsets[0], tif.pages[0].databytecounts[0]
    data = bytearray(path.read_bytes())
    data[offset : offset + count] = b"\xaa" * count
    path.write_bytes(data)
    source = open_image(path)
    source.read(0, 64, 64, 10, 10)
    with pytest.raises(ImageError, match=r"broken\.tif"):
        source.read(0, 0, 0, 10, 10)
