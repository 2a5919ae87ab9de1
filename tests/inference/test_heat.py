"""What a classifier looked at: its second output, class by class; packs without it say so."""

import numpy as np
import pytest

from allviewer.domain.mask import Mask
from allviewer.errors import PackError
from allviewer.inference.catalogue import Catalogue, read_pack
from allviewer.inference.heat import gives_heat, heat_of_cell
from allviewer.inference.onnx_session import OnnxSession
from allviewer.progress import CancelToken
from tests.inference.networks import CLASSES, classification_pack, redness_with_heat, segmentation_pack, write_pack
from tests.inference.pictures import Picture, disc


@pytest.fixture
def pack(tmp_path):
    return read_pack(write_pack(tmp_path / "warm", redness_with_heat(), CLASSES, name="warm"), shipped=False)


@pytest.fixture
def cell():
    """A cell whose left half is red and whose right half is green."""
    inside = disc(100, 100, 50, 50, 20)
    picture = np.full((100, 100, 3), 230, np.uint8)
    left = np.arange(100)[None, :] < 50
    picture[inside & left] = (200, 0, 0)
    picture[inside & ~left] = (0, 150, 0)
    return Picture(picture), Mask(inside)


def test_each_class_has_its_own_map_over_the_crop(pack, cell):
    found = heat_of_cell(OnnxSession(pack), *cell, 0.25, CancelToken())
    assert found.crop.shape == (48, 48, 3)
    assert found.maps.shape == (2, 48, 48)
    assert found.maps.dtype == np.float32
    red, green = found.maps
    assert red.max() == pytest.approx(1.0)
    assert red[24, 12] > 0.8 > 0.2 > red[24, 36]
    assert green[24, 36] > 0.8 > 0.2 > green[24, 12]
    assert red[0, 0] == 0, "nothing speaks outside the cell"
    assert [key for key, _ in found.probabilities] == ["blast", "lymphocyte"]
    assert sum(p for _, p in found.probabilities) == pytest.approx(1.0)


def test_the_crop_is_the_one_that_is_classified(pack, cell):
    session = OnnxSession(pack)
    found = heat_of_cell(session, *cell, 0.25, CancelToken())
    rows = session.run(found.crop[None], CancelToken())
    assert rows[0] == pytest.approx([p for _, p in found.probabilities])


def test_a_pack_without_the_output_says_so(tmp_path, cell):
    session = OnnxSession(classification_pack(tmp_path))
    assert not gives_heat(session)
    with pytest.raises(PackError, match=r"'redness' 1\.0\.0 cannot show what it looked at\. It has no heat output"):
        heat_of_cell(session, *cell, 0.25, CancelToken())


def test_a_pack_that_segments_cannot_be_asked(tmp_path, cell):
    with pytest.raises(PackError, match="cannot classify"):
        heat_of_cell(OnnxSession(segmentation_pack(tmp_path)), *cell, 0.25, CancelToken())


def test_a_pack_whose_heat_has_too_many_maps_is_not_installed(tmp_path, cell):
    wrong = read_pack(write_pack(tmp_path / "odd", redness_with_heat(maps=3), CLASSES, name="odd"), shipped=False)
    with pytest.raises(PackError, match="not one map"):
        heat_of_cell(OnnxSession(wrong), *cell, 0.25, CancelToken())
    with pytest.raises(PackError, match="not one map for each of its classes"):
        Catalogue(tmp_path / "none", tmp_path / "user").install(tmp_path / "odd")


def test_a_pack_with_heat_is_installed(tmp_path, pack):
    assert Catalogue(tmp_path / "none", tmp_path / "user").install(pack.folder).name == "warm"


def test_a_cell_at_the_edge_and_a_map_of_nothing(pack):
    picture = np.zeros((30, 30, 3), np.uint8)
    picture[..., 2] = 200
    found = heat_of_cell(OnnxSession(pack), Picture(picture), Mask(disc(30, 30, 2, 2, 9)), 0.25, CancelToken())
    assert not found.maps.any()
