"""Boxes around cells: read from YOLO files, and the weak truth that they give."""

from pathlib import Path

import cv2
import numpy as np

from allviewer.errors import DatasetError
from training.datasets.sample import BACKGROUND, SOME_CELL, UNKNOWN, PartMap

Box = tuple[float, float, float, float]
"""Centre x, centre y, width, height, in pixels."""

WHITE_CELL = "0"


def read_yolo(path: Path) -> list[tuple[str, Box]]:
    """(class number, box as parts of the picture's sides) of each line. Raises `DatasetError`."""
    try:
        rows = [line.split() for line in path.read_text(encoding="ascii").splitlines() if line.strip()]
        return [(row[0], (float(row[1]), float(row[2]), float(row[3]), float(row[4]))) for row in rows]
    except (OSError, ValueError, IndexError) as error:
        raise DatasetError(f"The boxes {path} cannot be read: {error}.") from error


def read_boxes(path: Path, shape: tuple[int, ...], wanted: str = WHITE_CELL) -> list[Box]:
    """The boxes of one class of a picture of that shape, in its pixels; class "0" is white cells."""
    height, width = shape[:2]
    return [(x * width, y * height, w * width, h * height) for kind, (x, y, w, h) in read_yolo(path) if kind == wanted]


def weak_parts(shape: tuple[int, ...], boxes: list[Box]) -> PartMap:
    """Parts for a picture with boxes: UNKNOWN within each box (and a little around), SOME_CELL in its middle."""
    parts = np.full(shape, BACKGROUND, np.uint8)
    for x, y, w, h in boxes:
        left, top, right, bottom = x - 0.53 * w, y - 0.53 * h, x + 0.53 * w, y + 0.53 * h
        parts[max(0, int(top)) : max(0, int(bottom) + 1), max(0, int(left)) : max(0, int(right) + 1)] = UNKNOWN
    for x, y, w, h in boxes:
        axes = (max(1, round(0.3 * w)), max(1, round(0.3 * h)))
        cv2.ellipse(parts, (round(x), round(y)), axes, 0, 0, 360, SOME_CELL, -1)
    return parts
