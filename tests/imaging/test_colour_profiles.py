"""A colour profile in a file is applied, can be looked past, and never stands in the way of the picture."""

import io
import threading

import numpy as np
import pytest
import tifffile
from PIL import Image, ImageCms

from allviewer.imaging.openers import open_image
from tests.imaging.icc import grey_profile, rgb_profile

GAMUT_TURNED = ((0.3851, 0.7169, 0.0971), (0.4361, 0.2225, 0.0139), (0.1431, 0.0606, 0.7141))
"""Red and green change places: nobody can overlook whether it was applied."""


def _reference(pixels, profile, mode="RGB"):
    opened = ImageCms.ImageCmsProfile(io.BytesIO(profile))
    image = Image.fromarray(pixels)
    return np.asarray(ImageCms.profileToProfile(image, opened, ImageCms.createProfile("sRGB"), outputMode="RGB"))


def _save(path, pixels, profile):
    if path.suffix == ".tif":
        options = {"tile": (64, 64)} if "tiles" in path.name else {"rowsperstrip": 7}
        kind = "rgb" if pixels.ndim == 3 else "minisblack"
        tifffile.imwrite(path, pixels, photometric=kind, iccprofile=profile, **options)
    else:
        Image.fromarray(pixels).save(
            path, icc_profile=profile, **({"lossless": True} if path.suffix == ".webp" else {})
        )


@pytest.mark.parametrize("name", ["a.png", "a.webp", "strips.tif", "tiles.tif"])
@pytest.mark.parametrize("profile", [rgb_profile(), rgb_profile(primaries=GAMUT_TURNED, gamma=2.2)])
def test_a_profile_is_applied_unless_asked_not_to(tmp_path, picture, whole_level, name, profile):
    pixels = picture(150, 90)
    _save(tmp_path / name, pixels, profile)
    source = open_image(tmp_path / name)
    assert source.info.profile == "Test scanner"
    expected = _reference(pixels, profile)
    assert np.abs(expected.astype(int) - pixels).max() > 60
    assert np.array_equal(whole_level(source), expected)
    assert np.array_equal(whole_level(source.look(managed=False)), pixels)
    assert np.array_equal(whole_level(source.look(managed=False).look()), expected)


def test_in_a_jpeg(tmp_path, picture, whole_level):
    pixels, profile = picture(150, 90), rgb_profile(gamma=1.4)
    Image.fromarray(pixels).save(tmp_path / "a.jpg", quality=95, icc_profile=profile)
    source = open_image(tmp_path / "a.jpg")
    stored = whole_level(source.look(managed=False))
    assert np.abs(stored.astype(int) - np.asarray(Image.open(tmp_path / "a.jpg"))).max() <= 2
    assert np.array_equal(whole_level(source), _reference(stored, profile))


@pytest.mark.parametrize("name", ["a.png", "strips.tif"])
def test_of_a_grey_picture(tmp_path, whole_level, name):
    pixels = np.tile(np.arange(256, dtype=np.uint8), (20, 1))
    _save(tmp_path / name, pixels, grey_profile())
    source = open_image(tmp_path / name)
    assert np.array_equal(whole_level(source), _reference(pixels, grey_profile()))
    assert np.array_equal(whole_level(source.look(managed=False))[:, :, 1], pixels)


def test_srgb_changes_nothing(tmp_path, picture, whole_level):
    pixels = picture(100, 60)
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    Image.fromarray(pixels).save(tmp_path / "a.png", icc_profile=srgb)
    source = open_image(tmp_path / "a.png")
    assert "sRGB" in source.info.profile
    assert np.array_equal(whole_level(source), pixels)


@pytest.mark.parametrize(
    ("profile", "said"),
    [
        (b"no profile at all" * 20, "damaged"),
        (rgb_profile()[:200], "damaged"),
        (grey_profile(), "not for these colours"),
    ],
)
def test_one_that_cannot_be_used_leaves_the_picture_as_it_is(tmp_path, picture, whole_level, profile, said):
    pixels = picture(100, 60)
    _save(tmp_path / "a.tif", pixels, profile)
    source = open_image(tmp_path / "a.tif")
    assert said in source.info.profile
    assert np.array_equal(whole_level(source), pixels)


def test_white_behind_transparency_stays_white(tmp_path, whole_level):
    rgba = np.zeros((8, 8, 4), dtype=np.uint8)
    rgba[:, 4:] = (200, 30, 30, 255)
    profile = rgb_profile(primaries=GAMUT_TURNED)
    Image.fromarray(rgba).save(tmp_path / "a.png", icc_profile=profile)
    pixels = whole_level(open_image(tmp_path / "a.png"))
    assert pixels[0, 0].tolist() == [255, 255, 255]
    assert pixels[0, 7, 1] > 150 > pixels[0, 7, 0]


def test_coarser_levels_follow_the_look(tmp_path, picture):
    pixels, profile = picture(900, 700), rgb_profile(primaries=GAMUT_TURNED)
    _save(tmp_path / "tiles.tif", pixels, profile)
    source = open_image(tmp_path / "tiles.tif")
    stored = source.look(managed=False)
    for index in range(len(source.info.levels)):
        assert np.abs(source.read(index, 0, 0, 90, 90).astype(int) - stored.read(index, 0, 0, 90, 90)).max() > 30
    assert np.array_equal(stored.read(0, 5, 5, 90, 90), pixels[5:95, 5:95])


def test_threads_share_one_transform(tmp_path, picture):
    pixels, profile = picture(600, 500), rgb_profile(primaries=GAMUT_TURNED, gamma=1.8)
    _save(tmp_path / "tiles.tif", pixels, profile)
    source, expected = open_image(tmp_path / "tiles.tif"), _reference(pixels, profile)
    wrong = []

    def work(seed):
        rng = np.random.default_rng(seed)
        for _ in range(60):
            x, y = int(rng.integers(0, 500)), int(rng.integers(0, 400))
            if not np.array_equal(source.read(0, x, y, 100, 100), expected[y : y + 100, x : x + 100]):
                wrong.append((x, y))

    threads = [threading.Thread(target=work, args=(seed,)) for seed in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
