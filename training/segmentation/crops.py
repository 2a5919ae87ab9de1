"""Crops: a window of a sample, turned, mirrored and scaled, with its parts and cells."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from training.datasets.sample import BACKGROUND, UNKNOWN, CellMap, PartMap, Sample
from training.segmentation.config import Augmentation

Matrix = NDArray[np.float64]
"""2x3, from the sample's pixels to the crop's."""

_PARTS = 8  # parts and cell number travel as one value: number * 8 + part


@dataclass
class Crop:
    """image uint8 (S, S, 3), parts uint8 (S, S), cells uint16 (S, S)."""

    image: NDArray[np.uint8]
    parts: PartMap
    cells: CellMap


def draw_crop(
    sample: Sample, side_px: int, settings: Augmentation, rng: np.random.Generator, near_cell: float = 0.7
) -> Crop:
    """A random window; with chance `near_cell` around one of the sample's cells."""
    far = rng.random() < settings.far
    upright = not far and rng.random() < settings.upright
    factor = _far_factor(rng) if far else 1.0 if upright else _factor(settings, rng)
    middle = _middle(sample, rng, near_cell, jitter_px=0.3 * side_px / factor)
    matrix = upright_at(middle, rng, side_px) if upright else turn_and_scale(middle, factor, rng, side_px)
    black = not sample.image[0, 0].any()  # cut out on black: so it goes on beyond its edge
    plain = black or rng.random() < settings.plain_edge
    fill = 0 if black or rng.random() < 0.3 else 255
    crop = warp(sample, matrix, side_px, fill if plain else None)
    if far:  # what a cell is at such a scale is not asked, only what is none
        crop.parts[crop.parts > BACKGROUND] = UNKNOWN
        crop.cells[:] = 0
    return crop


def _factor(settings: Augmentation, rng: np.random.Generator) -> float:
    """Of size: between `smallest` and `largest`, three in five near 1."""
    low, high = np.log(settings.smallest), np.log(settings.largest)
    return float(np.exp(rng.uniform(low, high) * (0.4 if rng.random() < 0.6 else 1.0)))


def _far_factor(rng: np.random.Generator) -> float:
    factor = float(np.exp(rng.uniform(np.log(1.6), np.log(4.0))))
    return factor if rng.random() < 0.7 else 1 / factor


def turn_and_scale(middle: tuple[float, float], factor: float, rng: np.random.Generator, side_px: int) -> Matrix:
    """A 2x3 matrix that puts `middle` (x, y) into the crop's middle, turned at random, mirrored half the time."""
    angle = rng.uniform(0, 2 * np.pi)
    turn = factor * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    if rng.random() < 0.5:
        turn[:, 0] *= -1
    shift = np.full(2, (side_px - 1) / 2) - turn @ np.asarray(middle)
    return np.column_stack([turn, shift])


def upright_at(middle: tuple[float, float], rng: np.random.Generator, side_px: int) -> Matrix:
    """As `turn_and_scale`, but by right angles and whole pixels: no value is mixed with its neighbours."""
    turn = np.linalg.matrix_power(np.array([[0.0, -1.0], [1.0, 0.0]]), int(rng.integers(4)))
    if rng.random() < 0.5:
        turn[:, 0] *= -1
    return np.column_stack([turn, np.round(np.full(2, (side_px - 1) / 2) - turn @ np.asarray(middle))])


def warp(sample: Sample, matrix: Matrix, side_px: int, fill: int | None) -> Crop:
    """The sample through a 2x3 matrix; beyond its edge the mirror image, or `fill` as plain background."""
    border = cv2.BORDER_REFLECT_101 if fill is None else cv2.BORDER_CONSTANT
    size = (side_px, side_px)
    grey = 0 if fill is None else fill
    image = cv2.warpAffine(
        sample.image, matrix, size, flags=cv2.INTER_LINEAR, borderMode=border, borderValue=(grey, grey, grey)
    )
    joined = sample.cells.astype(np.float32) * _PARTS + sample.parts
    warped = cv2.warpAffine(joined, matrix, size, flags=cv2.INTER_NEAREST, borderMode=border, borderValue=BACKGROUND)
    values = np.asarray(warped, np.int32)
    crop = Crop(np.asarray(image, np.uint8), (values % _PARTS).astype(np.uint8), (values // _PARTS).astype(np.uint16))
    if fill is None:
        _forget_mirrored_halves(sample, matrix, crop)
    return crop


def _forget_mirrored_halves(sample: Sample, matrix: Matrix, crop: Crop) -> None:
    """A cell that the picture's edge cuts and its mirror image would count as one: beyond the edge it is UNKNOWN."""
    cells = sample.cells
    cut = np.unique(np.concatenate([cells[0], cells[-1], cells[:, 0], cells[:, -1]]))
    mirrored = np.isin(crop.cells, cut[cut > 0])
    if mirrored.any():
        inside = cv2.warpAffine(np.ones(cells.shape, np.uint8), matrix, crop.parts.shape[::-1], flags=cv2.INTER_NEAREST)
        mirrored &= inside == 0
        crop.parts[mirrored] = UNKNOWN
        crop.cells[mirrored] = 0


def black_out(crop: Crop, rng: np.random.Generator) -> None:
    """Make all but the cells black, in place, with a ragged or generous outline."""
    inside = (crop.cells > 0).astype(np.uint8)
    if not inside.any():
        return
    side = 2 * int(rng.integers(0, 4)) + 1
    kept = cv2.dilate(inside, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side))) > 0
    crop.image[~kept] = 0
    crop.parts[~kept & (crop.parts == UNKNOWN)] = BACKGROUND


def _middle(sample: Sample, rng: np.random.Generator, near_cell: float, jitter_px: float) -> tuple[float, float]:
    height, width = sample.parts.shape
    numbers = sample.cell_numbers()
    if not numbers or rng.random() >= near_cell:
        return rng.uniform(0, width), rng.uniform(0, height)
    ys, xs = np.nonzero(sample.cells == numbers[int(rng.integers(len(numbers)))])
    dx, dy = rng.uniform(-jitter_px, jitter_px, 2)
    return float(np.clip(xs.mean() + dx, 0, width)), float(np.clip(ys.mean() + dy, 0, height))
