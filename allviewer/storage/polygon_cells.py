"""Cells drawn as polygons in JSON files of other programs: GeoJSON of QuPath, JSON of labelme and X-AnyLabeling.

What is read here comes from outside: coordinates are held near the image, so that a stray one cannot ask for a mask
of any size, and whatever has not the form it should have is refused in a sentence.
"""

import base64
import binascii
import io
import math
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from allviewer.domain.brush import polygon_mask
from allviewer.domain.geometry import Region
from allviewer.domain.mask import Bitmap, Mask
from allviewer.errors import ImageError

Found = Iterator[tuple[Mask, Mask, str]]
"""(whole cell, nucleus, name of the class)"""

_Undecoded = dict[str, msgspec.Raw] | list[msgspec.Raw]

_MOST_BYTES = 1 << 28
_NUCLEUS = "nucleus"
_BROKEN = (KeyError, TypeError, ValueError, AttributeError, RecursionError, OverflowError)


def holds_polygons(path: Path) -> bool:
    """Whether a JSON file speaks of shapes at all, by its first bytes; other programs keep other things there too."""
    with path.open("rb") as file:
        start = file.read(1 << 16)
    return any(word in start for word in (b'"shapes"', b'"FeatureCollection"', b'"Feature"', b'"geometry"'))


def polygon_cells(path: Path, bounds: Region) -> Found:
    """All cells of a file, in level-0 pixels; what lies outside the image is cut off.

    Raises:
        ImageError: too large, no such file of cells, or of an image of another size.
    """
    if path.stat().st_size > _MOST_BYTES:
        raise ImageError(f"{path.name} is too large to be read as cells.")
    try:
        data = path.read_bytes()
        content = _undecoded(data)
        if isinstance(content, dict) and "shapes" in content:
            yield from _of_labelme(path, msgspec.json.decode(data), bounds)
        else:
            yield from _of_geojson(content, bounds)
    except msgspec.DecodeError as error:
        raise ImageError(f"{path.name} is no JSON: {error}.") from error
    except _BROKEN as error:
        raise ImageError(
            f"{path.name} holds no cells that can be read.",
            "It must be GeoJSON as QuPath writes it, or JSON of labelme or X-AnyLabeling.",
        ) from error


def _undecoded(data: bytes) -> _Undecoded:
    """The outermost list or object alone; decoded at once, a hundred thousand cells would take half a gigabyte."""
    if data.lstrip(b" \t\r\n\xef\xbb\xbf").startswith(b"["):
        return msgspec.json.decode(data, type=list[msgspec.Raw])
    return msgspec.json.decode(data, type=dict[str, msgspec.Raw])


def _of_geojson(content: _Undecoded, bounds: Region) -> Found:
    for feature in _features(content):
        mask = _shape(feature.get("geometry"), bounds)
        if not mask.is_empty:
            yield mask, _shape(feature.get("nucleusGeometry"), bounds), _classification(feature)


def _features(content: _Undecoded) -> Iterator[dict[str, Any]]:
    """Of a collection, a list, or a single feature, one at a time."""
    if isinstance(content, dict) and msgspec.json.decode(content.get("type", b"null")) != "FeatureCollection":
        yield {name: msgspec.json.decode(raw) for name, raw in content.items()}
        return
    features = (
        msgspec.json.decode(content["features"], type=list[msgspec.Raw]) if isinstance(content, dict) else content
    )
    for raw in features:
        yield msgspec.json.decode(raw)


def _shape(geometry: dict[str, Any] | None, bounds: Region) -> Mask:
    """Polygons with holes."""
    if not geometry:
        return Mask.empty()
    kind, coordinates = geometry["type"], geometry["coordinates"]
    if kind not in ("Polygon", "MultiPolygon"):
        return Mask.empty()
    polygons = [coordinates] if kind == "Polygon" else coordinates
    return Mask.union_of(_polygon(rings, bounds) for rings in polygons)


def _polygon(rings: Sequence[Sequence[Sequence[float]]], bounds: Region) -> Mask:
    outer, *holes = [polygon_mask(_corners(ring, bounds)).clipped(bounds) for ring in rings]
    for hole in holes:
        outer = outer - hole
    return outer


def _classification(feature: dict[str, Any]) -> str:
    """QuPath's classification: a name, an object with a name, or nothing."""
    given = (feature.get("properties") or {}).get("classification")
    if isinstance(given, dict):
        given = given.get("name") or ": ".join(given.get("names", ()))
    return str(given or "")


def _of_labelme(path: Path, content: dict[str, Any], bounds: Region) -> Found:
    """A shape is a cell; one named nucleus is the nucleus of the cell around it, if there is one."""
    size = content.get("imageWidth"), content.get("imageHeight")
    if None not in size and size != (bounds.width, bounds.height):
        raise ImageError(
            f"{path.name} does not fit this image: it was drawn on one of {size[0]} x {size[1]} pixels.",
            "Choose the labels of this very image.",
        )
    shapes = [(str(shape["label"] or ""), _labelme_mask(shape, bounds)) for shape in content["shapes"]]
    nuclei = [mask for label, mask in shapes if label.strip().lower() == _NUCLEUS and not mask.is_empty]
    cells = [(label, mask) for label, mask in shapes if label.strip().lower() != _NUCLEUS and not mask.is_empty]
    within: dict[int, Mask] = {}
    for nucleus in nuclei:
        middle = nucleus.centroid
        around = [number for number, (_, mask) in enumerate(cells) if mask.contains_point(*middle)]
        if around:
            smallest = min(around, key=lambda number: cells[number][1].area_px)
            within[smallest] = within.get(smallest, Mask.empty()) | nucleus
        else:
            yield nucleus, nucleus, ""
    for number, (label, mask) in enumerate(cells):
        yield mask, within.get(number, Mask.empty()), label


def _labelme_mask(shape: dict[str, Any], bounds: Region) -> Mask:
    """Polygons, rectangles, circles and bitmaps; points and lines are no cells."""
    kind, points = shape.get("shape_type", "polygon"), shape["points"]
    if kind in ("polygon", "rotation") or (kind == "rectangle" and len(points) > 2):
        return polygon_mask(_corners(points, bounds)).clipped(bounds)
    if kind == "rectangle":
        (left, top), (right, bottom) = _corners(points, bounds)
        return polygon_mask([(left, top), (right, top), (right, bottom), (left, bottom)]).clipped(bounds)
    if kind == "circle":
        return polygon_mask(_circle(*_corners(points, bounds))).clipped(bounds)
    if kind == "mask":
        (left, top), _ = _corners(points, bounds)
        return Mask(_bitmap(shape["mask"], bounds), round(left), round(top)).clipped(bounds)
    return Mask.empty()


def _circle(middle: tuple[float, float], edge: tuple[float, float]) -> list[tuple[float, float]]:
    radius = math.dist(middle, edge)
    turns = (2 * math.pi * step / 64 for step in range(64))
    return [(middle[0] + radius * math.cos(turn), middle[1] + radius * math.sin(turn)) for turn in turns]


def _bitmap(encoded: str, bounds: Region) -> Bitmap:
    """A PNG in base64; no larger than the image."""
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(io.BytesIO(base64.b64decode(encoded, validate=True)), formats=["PNG"]) as picture:
            if picture.width > bounds.width or picture.height > bounds.height:
                raise ValueError("a bitmap is larger than the image")
            bitmap: Bitmap = np.array(picture.convert("L")) > 0
    except (UnidentifiedImageError, OSError, SyntaxError, binascii.Error) as error:
        raise ValueError(f"a bitmap cannot be read ({error})") from error
    return bitmap


def _corners(ring: Sequence[Sequence[float]], bounds: Region) -> list[tuple[float, float]]:
    """Corners, held near the image."""
    return [
        (min(max(float(x), -1.0), bounds.right + 1.0), min(max(float(y), -1.0), bounds.bottom + 1.0))
        for x, y, *_ in ring
    ]
