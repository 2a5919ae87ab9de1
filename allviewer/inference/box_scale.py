"""Micrometres per pixel from the red cells that the detection network finds: they are 7.2 um across."""

import numpy as np
from numpy.typing import NDArray

from allviewer.domain.boxes import RED_CELL, Boxes
from allviewer.domain.scale import Scale
from allviewer.domain.slide import PixelSource, RgbArray
from allviewer.inference.box_finder import BoxFinder
from allviewer.inference.instances import MapFrame
from allviewer.inference.red_cells import RED_CELL_UM
from allviewer.inference.resample import resized
from allviewer.inference.scale import overviews

ENOUGH = 3
RUNG = 2.0
"""Ratio of neighbouring scales that are tried; the network sees red cells from 0.35 to 1.5 times their usual size."""
SMALLEST_PX, LARGEST_SHARE = 8, 0.6
"""Red cells that can be told: so many pixels across at least, this share of the shorter side at most."""
MOST_PIXELS = 1_000_000
MANY, PAST = 6, 0.3
"""So many red cells are no chance find; below this share of the best support the right scale is past."""
GOOD_RATIO = 1.05
ROUNDS = 3
METHOD_SPREAD = 0.05
"""Standard deviation (natural logarithm) against boxes drawn by hand: see docs/results/detection.md."""
BOXED = 0.97
"""Mean side of the network's boxes over that of boxes drawn by hand, of the same red cells."""
PERSON_SPREAD = 0.05
"""From one person's mean red cell to the next, on dry smears."""


def scale_from_boxes(source: PixelSource, finder: BoxFinder, guess: Scale | None = None) -> Scale:
    """The scale at which red cells are 7.2 um across; without micrometres where too few are seen.

    Args:
        guess: where to look first; without it a ladder of scales is tried.
    """
    for overview, step in overviews(source):
        sides = _usual_sides(overview, finder, guess.um_per_px * step if guess and guess.um_per_px else None)
        if sides.size >= ENOUGH:
            of_median = 1.253 * float(np.log(sides).std(ddof=1)) / np.sqrt(sides.size)
            spread = float(np.sqrt(of_median**2 + METHOD_SPREAD**2 + PERSON_SPREAD**2))
            return Scale(BOXED * RED_CELL_UM / (float(np.median(sides)) * step), "red cells", sides.size).refined(
                spread
            )
    return Scale(None, "unknown")


def _usual_sides(overview: RgbArray, finder: BoxFinder, um_per_px: float | None) -> NDArray[np.float32]:
    """Mean side of each red cell that the edge does not cut, in pixels of the overview."""
    usual_px = RED_CELL_UM / finder.spec.mpp
    known = um_per_px / finder.spec.mpp if um_per_px is not None else None
    factor = known or _best_rung(overview, finder, usual_px)
    sides = np.zeros(0, np.float32)
    for _ in range(ROUNDS):
        seen = _seen(overview, factor, finder)
        sides = seen.sides.mean(axis=1)
        if len(seen) < ENOUGH:
            break
        ratio = usual_px / (float(np.median(sides)) * factor)
        if 1 / GOOD_RATIO <= ratio <= GOOD_RATIO:
            break
        factor *= ratio
    return sides


def _best_rung(overview: RgbArray, finder: BoxFinder, usual_px: float) -> float:
    """The factor at which red cells of the usual size are seen best. Each finer one costs four times as much: once
    many were seen and far fewer are, no finer one is tried."""
    best, highest, many = 0.0, -1.0, False
    for rung in _ladder(overview, usual_px):
        seen = _seen(overview, rung, finder)
        support = _support(rung, seen, usual_px)
        if many and support < PAST * highest:
            break
        if support > highest:
            best, highest, many = rung, support, len(seen) >= MANY
    return best


def _ladder(overview: RgbArray, usual_px: float) -> list[float]:
    """Factors of enlargement, from red cells that fill most of the picture down to the smallest that can be told."""
    height, width = overview.shape[:2]
    factor, rungs = usual_px / (LARGEST_SHARE * min(height, width)), []
    while factor <= usual_px / SMALLEST_PX and factor**2 * height * width <= MOST_PIXELS:
        rungs.append(factor)
        factor *= RUNG
    return rungs or [factor]


def _seen(overview: RgbArray, factor: float, finder: BoxFinder) -> Boxes:
    """The red cells with the overview enlarged by a factor, in pixels of the overview; none that the edge cuts."""
    height, width = overview.shape[:2]
    size = (max(16, round(width * factor)), max(16, round(height * factor)))
    frame = MapFrame(0, 0, width / size[0], height / size[1])
    found = finder.boxes_in(resized(overview, *size), frame).of(RED_CELL)
    rim = 1 / factor
    inside = (found.edges[:, :2] > rim).all(axis=1) & (found.edges[:, 2:] < np.array([width, height]) - rim).all(axis=1)
    return found.where(np.asarray(inside, bool))


def _support(factor: float, seen: Boxes, usual_px: float) -> float:
    """How surely so many red cells of the usual size are seen: what is found at a wrong scale is of the wrong size."""
    if not len(seen):
        return 0.0
    ratio = np.log(seen.sides.mean(axis=1) * factor / usual_px)
    return float((seen.scores * seen.sides.prod(axis=1) * np.exp(-((ratio / 0.5) ** 2))).sum())
