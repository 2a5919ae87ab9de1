"""Photographs in every usual format, their orientation, transparency and scale."""

import io

import numpy as np
import pytest
from PIL import Image, PngImagePlugin

from allviewer.errors import ImageError
from allviewer.imaging import limits
from allviewer.imaging.openers import open_image
from allviewer.imaging.orientation import upright


@pytest.mark.parametrize(
    ("suffix", "options"),
    [
        (".png", {}),
        (".bmp", {}),
        (".webp", {"lossless": True}),
        (".jp2", {"irreversible": False}),
        (".ppm", {}),
    ],
)
def test_lossless_formats_are_read_exactly(tmp_path, picture, whole_level, suffix, options):
    pixels = picture(83, 57)
    path = tmp_path / f"kühler Ausstrich {suffix}{suffix}"
    Image.fromarray(pixels).save(path, **options)
    assert np.array_equal(whole_level(open_image(path)), pixels)


def test_jpeg_equals_opencv(tmp_path, picture, whole_level):
    import cv2

    path = tmp_path / "photo.jpg"
    Image.fromarray(picture(200, 150)).save(path, quality=90)
    reference = cv2.cvtColor(cv2.imread(str(path)), cv2.COLOR_BGR2RGB).astype(int)
    assert np.abs(whole_level(open_image(path)).astype(int) - reference).max() <= 4


def test_content_decides_not_the_name(tmp_path, picture, whole_level):
    pixels = picture(40, 30)
    for name in ("image.jpg", "image.tif", "image", "image.svs"):
        Image.fromarray(pixels).save(tmp_path / name, format="PNG")
        assert np.array_equal(whole_level(open_image(tmp_path / name)), pixels)


def test_first_picture_of_an_animation(tmp_path, whole_level):
    frames = [Image.new("RGB", (20, 10), colour) for colour in ((250, 10, 10), (10, 250, 10))]
    path = tmp_path / "moving.gif"
    frames[0].save(path, save_all=True, append_images=frames[1:])
    assert np.abs(whole_level(open_image(path)).astype(int) - (250, 10, 10)).max() <= 4


def test_transparency_lies_on_white(tmp_path, whole_level):
    rgba = np.zeros((4, 3, 4), dtype=np.uint8)
    rgba[:, 0] = (200, 0, 0, 255)
    rgba[:, 1] = (200, 0, 0, 128)
    path = tmp_path / "clear.png"
    Image.fromarray(rgba).save(path)
    pixels = whole_level(open_image(path))
    assert pixels[0].tolist() == [[200, 0, 0], [227, 127, 127], [255, 255, 255]]


@pytest.mark.parametrize("mode", ["1", "L", "P", "LA", "CMYK"])
def test_every_kind_of_pixel_looks_as_in_pillow(tmp_path, picture, whole_level, mode):
    image = Image.fromarray(picture(30, 20)).convert(mode)
    path = tmp_path / ("image.jpg" if mode == "CMYK" else "image.png")
    image.save(path)
    with Image.open(path) as again:
        reference = np.asarray(again.convert("RGB"))
    assert np.array_equal(whole_level(open_image(path)), reference)


def test_sixteen_bits_fill_the_range_of_the_camera(tmp_path, whole_level):
    grey = np.array([[0, 1024, 4095]], dtype=np.uint16)
    Image.fromarray(grey).save(tmp_path / "camera12.png")
    assert whole_level(open_image(tmp_path / "camera12.png"))[0, :, 0].tolist() == [0, 64, 255]


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("suffix", [".jpg", ".png"])
def test_exif_orientation(tmp_path, picture, whole_level, orientation, suffix):
    from PIL import ImageOps

    exif = Image.Exif()
    exif[0x0112] = orientation
    path = tmp_path / f"turned{suffix}"
    Image.fromarray(picture(40, 24)).save(path, exif=exif)
    with Image.open(path) as image:
        reference = np.asarray(ImageOps.exif_transpose(image).convert("RGB"))
        stored = np.asarray(image.convert("RGB"))
    assert np.array_equal(whole_level(open_image(path)), reference)
    assert np.array_equal(upright(stored, orientation), reference)


@pytest.mark.parametrize(
    ("dpi", "mpp"),
    [((72, 72), None), ((96, 96), None), ((300, 300), None), ((254000, 254000), 0.1), ((254000, 150000), None)],
)
def test_only_a_microscope_scale_is_believed(tmp_path, picture, dpi, mpp):
    Image.fromarray(picture(20, 20)).save(tmp_path / "scaled.png", dpi=dpi)
    found = open_image(tmp_path / "scaled.png").info.mpp
    assert found == (None if mpp is None else pytest.approx(mpp, rel=1e-3))


def test_zoomed_out_levels_are_the_mean(tmp_path, whole_level):
    pixels = np.zeros((1400, 2050, 3), dtype=np.uint8)
    pixels[::2] = 200
    Image.fromarray(pixels).save(tmp_path / "large.png")
    source = open_image(tmp_path / "large.png")
    assert [(level.width, level.height) for level in source.info.levels] == [
        (2050, 1400),
        (1025, 700),
        (513, 350),
    ]
    assert (whole_level(source, 1) == 100).all()
    assert (whole_level(source, 2) == 100).all()


def test_a_bomb_is_refused_from_its_header(tmp_path):
    buffer = io.BytesIO()
    Image.new("1", (8, 8)).save(buffer, "PNG")
    data = bytearray(buffer.getvalue())
    data[16:24] = (200_000).to_bytes(4, "big") * 2
    import zlib

    data[29:33] = zlib.crc32(data[12:29]).to_bytes(4, "big")
    (tmp_path / "bomb.png").write_bytes(data)
    with pytest.raises(ImageError, match=r"bomb\.png is too large .* 200000 x 200000"):
        open_image(tmp_path / "bomb.png")


def test_large_scans_that_pillow_would_refuse_are_opened(tmp_path, picture, monkeypatch):
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 100)
    Image.fromarray(picture(50, 40)).save(tmp_path / "scan.png")
    assert open_image(tmp_path / "scan.png").info.width == 50
    limits.check_decoded("scan", 14_000, 14_000)


def test_a_text_bomb_inside_a_png_is_refused(tmp_path):
    notes = PngImagePlugin.PngInfo()
    notes.add_text("Comment", "a" * 80_000_000, zip=True)
    Image.new("RGB", (8, 8)).save(tmp_path / "wordy.png", pnginfo=notes)
    with pytest.raises(ImageError, match=r"wordy\.png"):
        open_image(tmp_path / "wordy.png")


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("empty.png", b"", "empty.png is empty"),
        ("words.jpg", b"these are words, not pixels", "words.jpg is not an image"),
        ("short.png", b"\x89PNG", "short.png cannot be read"),
        ("short.tif", b"II*\0", "short.tif cannot be read"),
        ("riff.webp", b"RIFF\0\0\0\0WAVE", "riff.webp cannot be read"),
    ],
)
def test_what_is_no_image_is_refused_by_name(tmp_path, name, content, sentence):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(ImageError, match=sentence):
        open_image(tmp_path / name)


@pytest.mark.parametrize("suffix", [".png", ".jpg", ".bmp", ".webp", ".jp2"])
def test_half_a_file_is_refused(tmp_path, picture, suffix):
    path = tmp_path / f"half{suffix}"
    Image.fromarray(picture(300, 200)).save(path)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(ImageError, match=f"half{suffix}"):
        open_image(path)


def test_missing_files_and_folders_are_named(tmp_path):
    with pytest.raises(ImageError, match=r"nowhere\.png does not exist"):
        open_image(tmp_path / "nowhere.png")
    with pytest.raises(ImageError, match="is a folder"):
        open_image(tmp_path)


@pytest.mark.filterwarnings("ignore:Corrupt EXIF")
def test_damaged_exif_does_not_cost_the_picture(tmp_path, picture, whole_level):
    pixels = picture(20, 20)
    Image.fromarray(pixels).save(tmp_path / "odd.png", exif=b"Exif\0\0II*\0\xff\xff\xff\xff")
    assert np.array_equal(whole_level(open_image(tmp_path / "odd.png")), pixels)


@pytest.mark.parametrize(
    "options", [{}, {"progressive": True}, {"subsampling": 0}, {"restart_marker_rows": 1}, {"comment": "\xff\xd9"}]
)
@pytest.mark.parametrize("mode", ["RGB", "L"])
def test_jpeg_streams_equal_pillow_and_cut_ones_are_refused(tmp_path, picture, whole_level, mode, options):
    path = tmp_path / "photo.jpg"
    Image.fromarray(picture(90, 70)).convert(mode).save(path, quality=85, **options)
    with Image.open(path) as image:
        reference = np.asarray(image.convert("RGB")).astype(int)
    assert np.abs(whole_level(open_image(path)).astype(int) - reference).max() <= 2
    whole = path.read_bytes()
    path.write_bytes(whole + b"what some cameras put after the end")
    assert np.abs(whole_level(open_image(path)).astype(int) - reference).max() <= 2
    for missing in (2, 3, len(whole) // 3):
        path.write_bytes(whole[:-missing])
        with pytest.raises(ImageError, match=r"photo\.jpg"):
            open_image(path)
