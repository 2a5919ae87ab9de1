"""Cells from label images and GeoJSON."""

import json

import numpy as np
import pytest
import tifffile
from PIL import Image

from allviewer.domain.annotations import Annotations
from allviewer.domain.cell import Cell, Origin, OriginKind
from allviewer.domain.labels import ALL_CLASSES
from allviewer.domain.mask import Mask
from allviewer.errors import ImageError
from allviewer.storage.cell_reader import read_cells
from allviewer.storage.results import write_image_results

WIDTH, HEIGHT = 120, 80


def disc(x, y, radius):
    ys, xs = np.mgrid[:HEIGHT, :WIDTH] + 0.5
    return np.hypot(xs - x, ys - y) < radius


@pytest.fixture
def cells():
    origin = Origin.model("net")
    return [
        Cell(3, Mask(disc(30, 30, 15)), Mask(disc(30, 30, 8)), "blast", origin, probabilities=(("blast", 1.0),)),
        Cell(8, Mask(disc(80, 40, 20)), Mask(disc(80, 40, 9)), "lymphocyte", origin, probabilities=(("blast", 0.0),)),
    ]


def read(path):
    return read_cells(path, WIDTH, HEIGHT, ALL_CLASSES)


def test_what_analyze_wrote_comes_back(tmp_path, cells):
    picture = np.full((HEIGHT, WIDTH, 3), 200, np.uint8)
    write_image_results(tmp_path, "smear", cells, (WIDTH, HEIGHT), picture, 1.0, ALL_CLASSES, 0.1, ("blast",))
    found = read(tmp_path / "smear.cells.tif")
    assert [(c.mask, c.nucleus, c.label) for c in found] == [(c.mask, c.nucleus, c.label) for c in cells]
    assert {c.origin.kind for c in found} == {OriginKind.IMPORT}
    assert not any(c.is_touched for c in found)
    assert len(Annotations(found)) == 2


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.int32])
def test_a_plain_label_image_gives_cells_without_nuclei(tmp_path, cells, dtype):
    labels = np.zeros((HEIGHT, WIDTH), dtype)
    for cell in cells:
        labels[cell.mask.within(Mask(np.ones((HEIGHT, WIDTH), bool)).region)] = cell.id
    tifffile.imwrite(tmp_path / "labels.tif", labels)
    found = read(tmp_path / "labels.tif")
    assert [c.mask for c in found] == [c.mask for c in cells]
    assert all(c.nucleus.is_empty for c in found)
    if dtype is np.uint8:
        Image.fromarray(labels).save(tmp_path / "labels.png")
        assert [c.mask for c in read(tmp_path / "labels.png")] == [c.mask for c in cells]


def ring(*corners):
    return [list(corner) for corner in (*corners, corners[0])]


def square(left, top, side):
    return ring((left, top), (left + side, top), (left + side, top + side), (left, top + side))


def test_geojson_of_qupath_with_nucleus_class_and_hole(tmp_path):
    feature = {
        "type": "Feature",
        "id": "b8c5",
        "geometry": {"type": "Polygon", "coordinates": [square(10, 10, 30), square(12, 12, 4)]},
        "nucleusGeometry": {"type": "Polygon", "coordinates": [square(20, 20, 10)]},
        "properties": {"objectType": "cell", "classification": {"name": "Blast", "color": [200, 0, 0]}},
    }
    stray = feature | {"geometry": {"type": "Polygon", "coordinates": [square(500, 500, 1e12)]}}
    path = tmp_path / "cells.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [feature, stray]}))
    (cell,) = read(path)
    assert cell.label == "blast"
    assert cell.area_px == 30 * 30 - 16
    assert cell.nucleus_area_px == 100


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("x.geojson", b"{", "no JSON"),
        ("x.geojson", b'{"type": "FeatureCollection"}', "must be GeoJSON"),
        ("x.geojson", b"[1, 2]", "must be GeoJSON"),
        ("x.geojson", b"[]", "no cell"),
        ("x.tif", b"not a tiff", "no label image"),
        ("x.png", b"not a png", "no label image"),
    ],
)
def test_bad_files_are_refused_in_words(tmp_path, name, content, words):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(ImageError, match=words):
        read(path)


def test_labels_of_another_image_are_refused(tmp_path):
    tifffile.imwrite(tmp_path / "labels.tif", np.ones((10, 10), np.uint16))
    with pytest.raises(ImageError, match="does not fit"):
        read(tmp_path / "labels.tif")
    Image.new("RGB", (WIDTH, HEIGHT)).save(tmp_path / "colours.png")
    with pytest.raises(ImageError, match="one whole number"):
        read(tmp_path / "colours.png")


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(ImageError, match="gone"):
        read(tmp_path / "gone.tif")
