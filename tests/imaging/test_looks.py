"""One open file looked at otherwise: focal planes, single channels; pictures beside the slide."""

import numpy as np
import pytest
import tifffile

from allviewer.errors import ImageError
from allviewer.imaging.openers import open_image


@pytest.fixture(scope="module")
def stack():
    """Values (channel, plane, y, x): no two planes or channels are alike."""
    ys, xs = np.mgrid[0:70, 0:90]
    return np.stack(
        [np.stack([(xs * (1 + channel) + ys * 2 + 40 * plane) % 256 for plane in range(5)]) for channel in range(2)]
    ).astype(np.uint8)


@pytest.mark.parametrize("options", [{"tile": (32, 32)}, {"rowsperstrip": 9}])
def test_focal_planes_of_ome_tiff(tmp_path, stack, whole_level, options):
    metadata = {"axes": "ZYX", "PhysicalSizeZ": 0.5, "PhysicalSizeZUnit": "µm"}
    tifffile.imwrite(tmp_path / "z.ome.tif", stack[0], metadata=metadata, **options)
    source = open_image(tmp_path / "z.ome.tif")
    assert (source.info.plane_count, source.info.plane, source.info.plane_spacing_um) == (5, 2, 0.5)
    assert np.array_equal(whole_level(source)[:, :, 0], stack[0, 2])
    for plane in range(5):
        seen = source.look(plane=plane)
        assert seen.info.plane == plane
        assert np.array_equal(whole_level(seen)[:, :, 0], stack[0, plane])
    assert np.array_equal(whole_level(seen.look())[:, :, 0], stack[0, 2])
    assert seen.look(plane=4) is seen


@pytest.mark.parametrize("axes", ["CZYX", "ZCYX"])
def test_channels_and_planes_together(tmp_path, stack, whole_level, axes):
    stored = stack if axes == "CZYX" else np.swapaxes(stack, 0, 1)
    metadata = {"axes": axes, "Channel": {"Name": ["DAPI", "CD19"]}}
    tifffile.imwrite(tmp_path / "cz.ome.tif", stored, photometric="minisblack", metadata=metadata, tile=(32, 32))
    source = open_image(tmp_path / "cz.ome.tif")
    assert source.info.channels == ("DAPI", "CD19")
    for plane in range(5):
        for channel in range(2):
            grey = whole_level(source.look(plane=plane, channel=channel))
            assert np.array_equal(grey, np.repeat(stack[channel, plane][:, :, None], 3, axis=2))
        both = whole_level(source.look(plane=plane))
        assert np.array_equal(both[:, :, 0], stack[0, plane])
        assert np.array_equal(both[:, :, 1], stack[1, plane])


def test_planes_of_a_pyramid(tmp_path, stack, whole_level):
    with tifffile.TiffWriter(tmp_path / "pyramid.ome.tif") as writer:
        planes = np.repeat(np.repeat(stack[0], 40, axis=1), 40, axis=2)
        writer.write(planes, tile=(256, 256), subifds=1, metadata={"axes": "ZYX"})
        writer.write(planes[:, ::2, ::2], tile=(256, 256), subfiletype=1)
    source = open_image(tmp_path / "pyramid.ome.tif")
    for plane in (0, 3):
        seen = source.look(plane=plane)
        assert np.array_equal(whole_level(seen, 0)[:, :, 0], planes[plane])
        assert np.array_equal(whole_level(seen, 1)[:, :, 0], planes[plane, ::2, ::2])
        coarse = whole_level(seen, 2)[:, :, 0].astype(int)
        assert np.abs(coarse - planes[plane, ::4, ::4]).max() <= 1


def test_an_imagej_stack(tmp_path, stack, whole_level):
    metadata = {"axes": "ZYX", "spacing": 0.25, "unit": "um"}
    tifffile.imwrite(tmp_path / "ij.tif", stack[0], imagej=True, resolution=(4, 4), metadata=metadata)
    source = open_image(tmp_path / "ij.tif")
    assert (source.info.plane_count, source.info.plane_spacing_um) == (5, 0.25)
    assert source.info.mpp == pytest.approx(0.25)
    for plane in range(5):
        assert np.array_equal(whole_level(source.look(plane=plane))[:, :, 0], stack[0, plane])


def test_pages_in_a_row_open_at_the_first(tmp_path, picture, whole_level):
    pages = [picture(60, 40, seed) for seed in range(3)]
    with tifffile.TiffWriter(tmp_path / "pages.tif") as writer:
        for page in pages:
            writer.write(page, photometric="rgb", metadata=None)
    source = open_image(tmp_path / "pages.tif")
    assert (source.info.plane_count, source.info.plane) == (3, 0)
    for plane, page in enumerate(pages):
        assert np.array_equal(whole_level(source.look(plane=plane)), page)


def test_samples_of_one_page_as_channels(tmp_path, whole_level):
    values = np.random.default_rng(1).integers(0, 4000, (50, 60, 5)).astype(np.uint16)
    tifffile.imwrite(tmp_path / "five.tif", values, photometric="minisblack", planarconfig="contig", metadata=None)
    source = open_image(tmp_path / "five.tif")
    assert source.info.channels == tuple(f"Channel {number}" for number in range(1, 6))
    for channel in range(5):
        own = values[:, :, channel].astype(float)
        expected = (own - own.min()) * 255 / (own.max() - own.min())
        assert np.abs(whole_level(source.look(channel=channel))[:, :, 2] - expected).max() <= 0.51


def test_orientation_and_planes(tmp_path, stack, whole_level):
    tag = [(274, "H", 1, 6, True)]
    with tifffile.TiffWriter(tmp_path / "turned.tif") as writer:
        for plane in stack[0]:
            writer.write(plane, metadata=None, extratags=tag)
    source = open_image(tmp_path / "turned.tif")
    assert np.array_equal(whole_level(source.look(plane=3))[:, :, 0], np.rot90(stack[0, 3], -1))


def test_what_is_not_there_is_refused(tmp_path, picture):
    tifffile.imwrite(tmp_path / "one.tif", picture(30, 20), photometric="rgb")
    source = open_image(tmp_path / "one.tif")
    assert (source.info.plane_count, source.info.channels, source.info.associated) == (1, (), ())
    for wrong in ({"plane": 1}, {"plane": -1}, {"channel": 0}):
        with pytest.raises(ImageError, match="There is no"):
            source.look(**wrong)
    with pytest.raises(ImageError, match="label"):
        source.associated_image("label")
    with pytest.raises(ValueError, match="no level 5"):
        source.read(5, 0, 0, 1, 1)


@pytest.mark.real_data
def test_label_and_macro_of_a_slide(data_dir):
    import openslide

    path = data_dir / "viewer_samples" / "slides" / "CMU-1-Small-Region.svs"
    source = open_image(path)
    assert source.info.associated == ("label", "macro", "thumbnail")
    with openslide.OpenSlide(path) as slide:
        for name in source.info.associated:
            assert np.array_equal(
                source.associated_image(name), np.asarray(slide.associated_images[name].convert("RGB"))
            )
    source.close()
    with pytest.raises(ImageError, match="closed"):
        source.associated_image("label")


@pytest.mark.real_data
def test_planes_of_a_real_stack(data_dir):
    path = data_dir / "viewer_samples" / "tiff" / "multi-channel-z-series.ome.tif"
    source = open_image(path)
    assert (source.info.plane_count, len(source.info.channels)) == (5, 3)
    values = tifffile.imread(path).astype(float)  # (channel, plane, y, x), signed
    for plane in range(5):
        for channel in range(3):
            seen = source.look(plane=plane, channel=channel).read(0, 0, 0, 439, 167)[:, :, 0].astype(float)
            low, high = values[channel, 2].min(), values[channel, 2].max()
            expected = np.clip((values[channel, plane] - low) * 255 / (high - low), 0, 255)
            assert np.abs(seen - expected).max() <= 1
