"""Pixels of an image at the scale of a network."""

import math

import cv2
import numpy as np

from allviewer.domain.geometry import Region
from allviewer.domain.slide import PixelSource, RgbArray
from allviewer.inference.instances import MapFrame


def resized(rgb: RgbArray, width: int, height: int) -> RgbArray:
    """An image at another size: area mean when shrinking, bilinear when growing."""
    if rgb.shape[1] == width and rgb.shape[0] == height:
        return rgb
    shrinks = width <= rgb.shape[1] and height <= rgb.shape[0]
    return np.asarray(cv2.resize(rgb, (width, height), interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR))


def read_scaled(source: PixelSource, region: Region, step: float) -> tuple[RgbArray, MapFrame]:
    """A level-0 region at `step` level-0 pixels per pixel (about: whole pixels decide), and where it lies."""
    info = source.info
    index = info.level_for(step)
    level = info.levels[index]
    left, top = math.floor(region.x / level.downsample), math.floor(region.y / level.downsample)
    right = min(level.width, math.ceil(region.right / level.downsample))
    bottom = min(level.height, math.ceil(region.bottom / level.downsample))
    part = Region.from_edges(left, top, max(right, left + 1), max(bottom, top + 1))
    rgb = source.read(index, part.x, part.y, part.width, part.height)
    width = max(1, round(part.width * level.downsample / step))
    height = max(1, round(part.height * level.downsample / step))
    frame = MapFrame(
        part.x * level.downsample,
        part.y * level.downsample,
        part.width * level.downsample / width,
        part.height * level.downsample / height,
    )
    return resized(rgb, width, height), frame


def padded(rgb: RgbArray, multiple_of: int) -> RgbArray:
    """The image mirrored at its right and lower border until both sides are a multiple (at least two of it)."""
    height, width = rgb.shape[:2]
    more_y = max(2, -(-height // multiple_of)) * multiple_of - height
    more_x = max(2, -(-width // multiple_of)) * multiple_of - width
    if not more_x and not more_y:
        return rgb
    return np.pad(rgb, ((0, more_y), (0, more_x), (0, 0)), mode="symmetric")
