"""Slides of every maker, made by us after what OpenSlide documents: every pixel of every level, label, scale, profile."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from allviewer.errors import ImageError
from allviewer.imaging.coarser_levels import halved
from allviewer.imaging.openers import open_image
from tests.imaging import vendor_files
from tests.imaging.dicom_files import write_dicom
from tests.imaging.icc import rgb_profile
from tests.imaging.slide_files import write_mirax, write_ndpi, write_vms, write_vmu

WIDTH, HEIGHT = 1024, 896
LABEL = np.add.outer(np.arange(90), np.arange(120))[:, :, None].repeat(3, axis=2).astype(np.uint8)
TIFF_DIALECTS = {
    "a.svs": vendor_files.write_aperio,
    "p.tiff": vendor_files.write_philips,
    "v.bif": vendor_files.write_ventana,
    "l.scn": vendor_files.write_leica,
    "t.tif": vendor_files.write_trestle,
}
MAKERS = {
    "a.svs": "aperio",
    "p.tiff": "philips",
    "v.bif": "ventana",
    "l.scn": "leica",
    "t.tif": "trestle",
    "m.mrxs": "mirax",
    "h.ndpi": "hamamatsu",
    "h.vms": "hamamatsu",
    "plain.dcm": "dicom",
    "jpeg.dcm": "dicom",
}
LEICA_OFFSET = (2000, 2800)
"""Where the scanned area lies on Leica's slide, in level-0 pixels."""


@pytest.fixture(scope="module")
def slides(tmp_path_factory, picture):
    """By name: the open slide and what its levels must look like."""
    folder = tmp_path_factory.mktemp("slides")
    pixels = picture(WIDTH, HEIGHT)
    levels = [pixels, halved(pixels), halved(halved(pixels))]
    truth = dict.fromkeys(["a.svs", "p.tiff", "v.bif", "l.scn", "t.tif", "m.mrxs"], levels)
    for name, write in TIFF_DIALECTS.items():
        write(folder / name, levels, LABEL)
    write_mirax(folder / "m.mrxs", levels, LABEL)
    truth["h.ndpi"] = write_ndpi(folder / "h.ndpi", levels, LABEL)[0]
    stored = write_vms(folder / "h.vms", pixels, LABEL)
    truth["h.vms"] = [stored[0], None, None, stored[1]]  # OpenSlide makes the levels between from the first
    for name in ("plain", "jpeg"):
        (folder / name).mkdir()
        truth[f"{name}.dcm"] = write_dicom(folder / name, levels, LABEL, encoding=name)[0]
        (folder / f"{name}.dcm").symlink_to(folder / name / "level0.dcm")
    opened = {name: open_image((folder / name).resolve()) for name in MAKERS}
    return opened, truth


def _expected(name, whole, crop_of, level, x, y, width, height):
    left, top = (LEICA_OFFSET[0] >> level, LEICA_OFFSET[1] >> level) if name == "l.scn" else (0, 0)
    return crop_of(whole, x - left, y - top, width, height)


@pytest.mark.parametrize("name", MAKERS)
def test_what_is_known_of_it(slides, name):
    info = slides[0][name].info
    assert MAKERS[name] in info.reader
    assert info.mpp == pytest.approx(0.25)
    assert info.objective == (None if name == "p.tiff" else 40)
    picture = "label" if name in ("a.svs", "p.tiff", "m.mrxs", "plain.dcm", "jpeg.dcm") else "macro"
    assert picture in info.associated
    seen = slides[0][name].associated_image(picture)
    assert np.abs(seen.astype(int) - LABEL).max() <= 4
    if MAKERS[name] == "dicom":
        assert dict(info.properties)["dicom.Manufacturer"] == "Nobody"
        assert "Somebody" not in str(info), "the patient"
    else:
        assert dict(info.properties)["openslide.vendor"] == MAKERS[name]


@pytest.mark.parametrize("name", MAKERS)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    level=st.integers(0, 3),
    x=st.integers(-70, 1100),
    y=st.integers(-70, 950),
    width=st.integers(1, 400),
    height=st.integers(1, 400),
)
def test_any_region_of_any_level(slides, crop_of, name, level, x, y, width, height):
    opened, truth = slides
    if level >= len(truth[name]) or truth[name][level] is None:
        level = 0
    if name == "l.scn":
        x, y = x + (LEICA_OFFSET[0] >> level), y + (LEICA_OFFSET[1] >> level)
    found = opened[name].read(level, x, y, width, height)
    assert np.array_equal(found, _expected(name, truth[name][level], crop_of, level, x, y, width, height))


@pytest.mark.parametrize("name", TIFF_DIALECTS)
def test_the_scanners_colour_profile_is_applied(tmp_path, picture, name):
    pixels, profile = picture(512, 512), rgb_profile("Scanner", gamma=1.0)
    path = TIFF_DIALECTS[name](tmp_path / name, [pixels], LABEL, profile=profile)
    source = open_image(path)
    left, top = LEICA_OFFSET if name == "l.scn" else (0, 0)
    stored = source.look(managed=False).read(0, left, top, 500, 500)
    assert np.array_equal(stored, pixels[:500, :500])
    if name == "l.scn":  # OpenSlide hands out none
        assert source.info.profile == ""
        return
    assert source.info.profile == "Scanner"
    assert np.abs(source.read(0, left, top, 500, 500).astype(int) - stored).max() > 60


@pytest.mark.parametrize("name", ["a.svs", "v.bif"])
def test_a_damaged_profile_is_named_and_the_slide_shown(tmp_path, picture, name):
    pixels = picture(512, 512)
    source = open_image(TIFF_DIALECTS[name](tmp_path / name, [pixels], LABEL, profile=b"no profile" * 30))
    assert "damaged" in source.info.profile
    assert np.array_equal(source.read(0, 0, 0, 500, 500), pixels[:500, :500])


@pytest.mark.parametrize("name", ["a.svs", "p.tiff", "t.tif", "h.ndpi", "level0.dcm"])
def test_levels_that_are_no_whole_number_of_times_smaller(tmp_path, picture, name):
    finest = picture(1021, 891)
    coarser = np.ascontiguousarray(finest[:890:2, :1020:2])
    levels = [finest, coarser, np.ascontiguousarray(coarser[:444:2, :510:2])]
    if name == "h.ndpi":
        levels = write_ndpi(tmp_path / name, levels, LABEL)[0]
    elif name == "level0.dcm":
        write_dicom(tmp_path, levels, LABEL)
    else:
        TIFF_DIALECTS[name](tmp_path / name, levels, LABEL)
    source = open_image(tmp_path / name)
    rng = np.random.default_rng(0)
    for index, level in enumerate(levels):
        for _ in range(15):
            x, y = int(rng.integers(0, level.shape[1] - 60)), int(rng.integers(0, level.shape[0] - 60))
            assert np.array_equal(source.read(index, x, y, 60, 60), level[y : y + 60, x : x + 60])


def test_the_profile_of_a_dicom_slide(tmp_path, picture):
    write_dicom(tmp_path, [picture(300, 200)], LABEL, profile=rgb_profile("Scanner"))
    source = open_image(tmp_path / "level0.dcm")
    assert source.info.profile == "Scanner"
    stored = source.look(managed=False).read(0, 0, 0, 300, 200)
    assert np.abs(source.read(0, 0, 0, 300, 200).astype(int) - stored).max() > 60


def test_every_focal_plane_of_an_ndpi(tmp_path, picture):
    pixels = picture(768, 640)
    truth = write_ndpi(tmp_path / "z.ndpi", [pixels, halved(pixels)], LABEL, planes=5)
    source = open_image(tmp_path / "z.ndpi")
    info = source.info
    assert (info.plane_count, info.plane, info.plane_spacing_um, info.associated) == (5, 2, 2.0, ("macro",))
    assert "hamamatsu" in info.reader
    rng = np.random.default_rng(0)
    for plane, levels in enumerate(truth):
        for index, level in enumerate(levels):
            for _ in range(5):
                x, y = int(rng.integers(0, level.shape[1] - 99)), int(rng.integers(0, level.shape[0] - 99))
                assert np.array_equal(source.look(plane=plane).read(index, x, y, 99, 99), level[y : y + 99, x : x + 99])


def test_an_uncompressed_slide_of_hamamatsu(tmp_path, picture):
    truth = write_vmu(tmp_path / "h.vmu", picture(512, 256), LABEL)
    source = open_image(tmp_path / "h.vmu")
    assert source.info.associated == ("macro",)
    assert (source.info.mpp, source.info.objective) == (pytest.approx(0.25), 40)
    for index, level in enumerate(truth):
        assert np.array_equal(source.read(index, 0, 0, level.shape[1], level.shape[0]), level)
    assert np.array_equal(source.read(0, 301, 77, 90, 120), truth[0][77:197, 301:391])


def test_a_slide_with_a_part_missing_is_refused(tmp_path, picture):
    pixels = picture(512, 448)
    write_mirax(tmp_path / "m.mrxs", [pixels], LABEL)
    (tmp_path / "m" / "Data0000.dat").unlink()
    with pytest.raises(ImageError, match=r"m\.mrxs"):
        open_image(tmp_path / "m.mrxs")
    write_vms(tmp_path / "h.vms", pixels, LABEL)
    (tmp_path / "h(1,0).jpg").unlink()
    with pytest.raises(ImageError, match=r"h\.vms"):
        open_image(tmp_path / "h.vms")
