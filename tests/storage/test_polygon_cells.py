"""Cells from JSON of labelme and X-AnyLabeling, names of classes, files beside images, and whatever else comes."""

import base64
import contextlib
import io
import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from allviewer.domain.geometry import Region
from allviewer.domain.labels import ALL_CLASSES
from allviewer.errors import ImageError
from allviewer.storage.cell_reader import class_of, read_cells
from allviewer.storage.labels_beside import labels_beside
from allviewer.storage.polygon_cells import polygon_cells

WIDTH, HEIGHT = 120, 80
SQUARE = [[20, 10], [60, 10], [60, 50], [20, 50]]
INNER = [[30, 20], [50, 20], [50, 40], [30, 40]]


def labelme(*shapes, width=WIDTH, height=HEIGHT):
    return {
        "version": "5.5.0",
        "flags": {},
        "shapes": [
            {"label": label, "points": points, "shape_type": kind, **more} for label, points, kind, more in shapes
        ],
        "imagePath": "a.jpg",
        "imageData": None,
        "imageHeight": height,
        "imageWidth": width,
    }


def polygon(label, points):
    return label, points, "polygon", {}


def read(tmp_path, content):
    path = tmp_path / "a.json"
    path.write_text(json.dumps(content))
    return read_cells(path, WIDTH, HEIGHT, ALL_CLASSES)


def test_polygons_of_labelme(tmp_path):
    (cell,) = read(tmp_path, labelme(polygon("Blast", SQUARE)))
    assert cell.mask.region == Region(20, 10, 40, 40)
    assert (cell.area_px, cell.label, cell.origin.name) == (1600, "blast", "a.json")


def test_polygons_of_x_anylabeling(tmp_path):
    content = labelme(("rbc", SQUARE, "polygon", {"score": None, "attributes": {}, "difficult": False}))
    content["version"] = "3.0.0"
    (cell,) = read(tmp_path, content)
    assert cell.label == "red_cell"


def test_a_shape_named_nucleus_is_that_of_the_cell_around_it(tmp_path):
    alone = [[90, 60], [100, 60], [100, 70], [90, 70]]
    found = read(tmp_path, labelme(polygon("lymphocyte", SQUARE), polygon("nucleus", INNER), polygon("Nucleus", alone)))
    cell = next(c for c in found if c.label == "lymphocyte")
    lonely = next(c for c in found if c.label == "unclassified")
    assert cell.nucleus.area_px == 400
    assert lonely.nucleus == lonely.mask


@pytest.mark.parametrize(
    ("points", "kind", "area_px", "off_px"),
    [
        ([[20, 10], [60, 50]], "rectangle", 1600, 0),
        ([[60, 50], [20, 10]], "rectangle", 1600, 0),
        (SQUARE, "rectangle", 1600, 0),
        (SQUARE, "rotation", 1600, 0),
        ([[50, 40], [70, 40]], "circle", 1256, 12),
    ],
)
def test_other_shapes(tmp_path, points, kind, area_px, off_px):
    (cell,) = read(tmp_path, labelme(("blast", points, kind, {})))
    assert abs(cell.area_px - area_px) <= off_px


def test_a_bitmap_of_labelme(tmp_path):
    bitmap = np.zeros((10, 20), np.uint8)
    bitmap[2:5, 3:9] = 255
    file = io.BytesIO()
    Image.fromarray(bitmap).save(file, "PNG")
    encoded = base64.b64encode(file.getvalue()).decode()
    (cell,) = read(tmp_path, labelme(("blast", [[40, 30], [59, 39]], "mask", {"mask": encoded})))
    assert cell.mask.region == Region(43, 32, 6, 3)


def test_points_and_lines_are_no_cells(tmp_path):
    with pytest.raises(ImageError, match="no cell"):
        read(tmp_path, labelme(("blast", [[5, 5]], "point", {}), ("blast", SQUARE[:2], "line", {})))


def test_labels_of_an_image_of_another_size_are_refused(tmp_path):
    with pytest.raises(ImageError, match="does not fit"):
        read(tmp_path, labelme(polygon("blast", SQUARE), width=640))


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("Blast", "blast"),
        ("Lymphoblast", "blast"),
        ("red-cell", "red_cell"),
        ("Red cells", "red_cell"),
        ("RBC", "red_cell"),
        ("Platelets", "platelet"),
        ("Smudge cell", "smudge"),
        ("neutrophil", "neutrophil"),
        ("", "unclassified"),
        ("giraffe", "unclassified"),
    ],
)
def test_names_of_classes_are_understood(name, key):
    assert class_of(name, ALL_CLASSES) == key


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**12), 10**12) | st.floats(allow_nan=False) | st.text(max_size=9),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["type", "features", "geometry", "coordinates", "points", "label"]), inner)
    ),
    max_leaves=12,
)


@given(JSON)
def test_whatever_is_in_the_file_there_are_cells_or_a_sentence(tmp_path_factory, content):
    """A feature, a shape, or anything at all: nothing but an `ImageError` comes of it."""
    path = tmp_path_factory.mktemp("any") / "a.json"
    for wrapped in (
        content,
        {"shapes": content},
        {"shapes": [content]},
        {"shapes": [{"label": "x", "points": content, "shape_type": "polygon"}]},
        {"type": "FeatureCollection", "features": [{"geometry": {"type": "Polygon", "coordinates": content}}]},
    ):
        path.write_text(json.dumps(wrapped))
        with contextlib.suppress(ImageError):
            for mask, _, _ in polygon_cells(path, Region(0, 0, WIDTH, HEIGHT)):
                assert Region(0, 0, WIDTH, HEIGHT).contains(mask.region)


@pytest.mark.parametrize("mask", ["", "AAAA", "%%%", None, 5])
def test_a_broken_bitmap_is_refused(tmp_path, mask):
    with pytest.raises(ImageError):
        read(tmp_path, labelme(("blast", [[1, 1], [5, 5]], "mask", {"mask": mask})))


def test_a_pickle_is_never_opened(tmp_path):
    path = tmp_path / "a_seg.npy"
    np.save(path, {"masks": np.zeros((2, 2))})
    with pytest.raises(ImageError, match="may run foreign code"):
        read_cells(path, WIDTH, HEIGHT, ALL_CLASSES)


@pytest.mark.parametrize(
    "name",
    [
        "a.geojson",
        "a.jpg.geojson",
        "a.json",
        "a_labels.tif",
        "a_labels.png",
        "a.cells.tif",
        "a_cp_masks.png",
        "a_seg.npy",
    ],
)
def test_files_of_cells_beside_an_image_are_found(tmp_path, name):
    image = tmp_path / "a.jpg"
    image.touch()
    assert labels_beside(image) is None
    (tmp_path / name).write_text(json.dumps(labelme()))
    assert labels_beside(image) == tmp_path / name


def test_json_of_something_else_is_left_alone(tmp_path):
    image = tmp_path / "a.jpg"
    image.touch()
    (tmp_path / "a.json").write_text('{"camera": "phone", "exposure": 0.01}')
    assert labels_beside(image) is None
