"""Fields with boxes around their red cells, white cells and platelets."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from allviewer.domain.slide import RgbArray
from allviewer.errors import DatasetError
from allviewer.progress import CancelToken
from training.datasets import bccd, txl_pbc
from training.datasets.boxes import read_yolo
from training.datasets.catalogue import find_named
from training.datasets.files import read_rgb
from training.datasets.listing import DataSet, Picture

_NUMBER = {"WBC": 0, "RBC": 1, "Platelets": 2}

Boxes = NDArray[np.float32]
"""(n, 4): left, top, right, bottom."""


@dataclass(frozen=True)
class Field:
    """One picture.

    Attributes:
        image: uint8 (H, W, 3), RGB.
        boxes: (n, 4) in its pixels; kinds: (n,), indices of `domain.boxes.KINDS`.
        group: slide or run of neighbours: stays on one side of every split.
        source: "bccd", "pbc" or "raabin".
        mpp: micrometres per pixel.
        missing: the share of each kind that nobody has boxed, roughly.
    """

    image: RgbArray
    boxes: Boxes
    kinds: NDArray[np.int64]
    group: str
    source: str
    name: str
    mpp: float
    missing: tuple[float, float, float] = (0.0, 0.0, 0.0)

    def at_scale(self, mpp: float) -> "Field":
        """The same field at another scale, micrometres per pixel."""
        height, width = self.image.shape[:2]
        size = (max(1, round(width * self.mpp / mpp)), max(1, round(height * self.mpp / mpp)))
        way = cv2.INTER_AREA if size[0] < width else cv2.INTER_LINEAR
        image = np.asarray(cv2.resize(self.image, size, interpolation=way), np.uint8)
        boxes = self.boxes * np.tile(np.array([size[0] / width, size[1] / height], np.float32), 2)
        return replace(self, image=image, boxes=boxes, mpp=mpp)


BCCD_MISSING = (0.0, 0.35, 0.05)
"""Of BCCD's red cells about one in three, looked at, has no box: mostly overlapping and cut-off ones."""


def read_fields(folders: Iterable[Path], cancel: CancelToken) -> list[Field]:
    """All fields with boxes in the folders. Raises `DatasetError` if there are none."""
    places = list(folders)
    fields: list[Field] = []
    for name, read in ((bccd.NAME, _bccd_field), (txl_pbc.NAME, _txl_field)):
        found = find_named(places, name)
        if found is None:
            continue
        for picture in found.complete().pictures:
            cancel.check()
            field = read(found, picture)
            if field is not None:
                fields.append(field)
    if not fields:
        raise DatasetError("No field with boxes was found.", "Expected BCCD or TXL-PBC as they are downloaded.")
    return fields


def _bccd_field(data: DataSet, picture: Picture) -> Field | None:
    table = bccd.boxes_file(data.folder, picture)
    if table is None:
        return None
    marked = [(_NUMBER[kind], box) for kind, box in bccd.read_voc(table) if min(box[2:]) > 0]
    group = f"{bccd.NAME}-{picture.group}"
    return _field(read_rgb(picture.file), marked, group, bccd.NAME, picture.name, bccd.UM_PER_PX, BCCD_MISSING)


def _txl_field(data: DataSet, picture: Picture) -> Field | None:
    image = read_rgb(picture.file)
    source = txl_pbc.source_of(picture, image)
    if not source:
        return None
    height, width = image.shape[:2]
    lines = read_yolo(txl_pbc.boxes_file(picture))
    marked = [
        (_NUMBER[txl_pbc.KINDS[kind]], (x * width, y * height, w * width, h * height)) for kind, (x, y, w, h) in lines
    ]
    return _field(image, marked, picture.group, source, picture.name, txl_pbc.UM_PER_PX[source])


def _field(
    image: RgbArray,
    marked: list[tuple[int, tuple[float, float, float, float]]],
    group: str,
    source: str,
    name: str,
    mpp: float,
    missing: tuple[float, float, float] = (0.0, 0.0, 0.0),
) -> Field:
    """A field from boxes given by centre and size, cut at the picture's edge."""
    height, width = image.shape[:2]
    middle = np.array([box for _, box in marked], np.float32).reshape(-1, 4)
    half = middle[:, 2:] / 2
    boxes = np.concatenate([middle[:, :2] - half, middle[:, :2] + half], axis=1)
    boxes = np.clip(boxes, 0, np.array([width, height, width, height], np.float32))
    return Field(image, boxes, np.array([kind for kind, _ in marked], np.int64), group, source, name, mpp, missing)
