"""Micrometres per pixel of an image, always with the name of its source.

In this order: what the user gives, what the file says, red cells (7.2 um across), the size of the white cells that
the network finds. Networks are sharp at one scale, so a wrong guess costs cells; the sizes found at several
scales tell which one is right.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from allviewer.domain.geometry import Region
from allviewer.domain.mask import Bitmap
from allviewer.domain.scale import Scale
from allviewer.domain.slide import PixelSource, RgbArray
from allviewer.exchange.model_card import SegmentationSpec
from allviewer.inference.instances import Labels, Maps, label_cells, planes_of, sees_nuclei
from allviewer.inference.red_cells import RED_CELL_UM, measure_red_cells
from allviewer.inference.resample import read_scaled, resized

Segment = Callable[[RgbArray], Maps]
"""From pixels at the network's scale to maps of the same size."""

OVERVIEW_PX = 1024
"""Longest side of a picture in which cells are measured."""
RUNG = 1.7
"""Ratio of neighbouring scales that are tried."""
LADDER_CELLS_ACROSS = 40
"""The smallest scale tried shows this many cell diameters across the shorter side."""
MAX_TRIAL_PX = 640
ROUNDS = 3
AGREEING = 0.2
"""Trials whose wanted scales differ by less (natural logarithm) agree."""
CELL_SIZE_SPREAD = 0.2
"""Standard deviation (natural logarithm) of the mean size of white cells from field to field: lymphoblasts are 10 to
20 um across, small ones in one patient and large ones in the next."""
GOOD_RATIO = 1.08
"""Rounds end where the median cell is this near to the trained one."""


@dataclass(frozen=True, slots=True)
class _Trial:
    """Cells found with the overview enlarged by a factor: their number and median diameter, and how sure they are.

    `wanted` is the factor at which these cells would be as large as those the network was trained on.
    """

    factor: float
    wanted: float
    cells: int
    weight: float


def scale_from_red_cells(source: PixelSource) -> Scale | None:
    """The scale at which red cells are 7.2 um across; None where too few are seen."""
    for overview, step in overviews(source):
        found = measure_red_cells(overview)
        if found is not None:
            return Scale(RED_CELL_UM / (found.diameter_px * step), "red cells", found.count).refined(found.spread)
    return None


def scale_from_cell_size(source: PixelSource, spec: SegmentationSpec, segment: Segment) -> Scale:
    """The scale at which the white cells that the network finds are as large as those it was trained on."""
    for overview, step in overviews(source):
        scale = _scale_of_overview(overview, step, spec, segment)
        if scale is not None:
            return scale
    return Scale(None, "unknown")


def _scale_of_overview(overview: RgbArray, step: float, spec: SegmentationSpec, segment: Segment) -> Scale | None:
    trials = [t for factor in _ladder(overview, spec) if (t := _try(overview, factor, spec, segment)) is not None]
    if not trials:
        return None
    best = max(trials, key=lambda trial: (_support(trial, trials), trial.weight))
    for _ in range(ROUNDS):
        if 1 / GOOD_RATIO <= best.wanted / best.factor <= GOOD_RATIO:
            break
        again = _try(overview, best.wanted, spec, segment)
        if again is None:
            break
        best = again
    # a pixel of the network is spec.mpp micrometres, and 1 / factor overview pixels of `step` level-0 pixels each
    return Scale(spec.mpp * best.wanted / step, "cell size", best.cells).refined(CELL_SIZE_SPREAD)


def _support(trial: _Trial, trials: Sequence[_Trial]) -> float:
    """How many trials want the same scale. Cells want theirs from whatever scale they are seen at; the fragments that
    a network finds in too large a picture always want the scale they were found at."""
    return sum(t.weight * float(np.exp(-((np.log(t.wanted / trial.wanted) / AGREEING) ** 2))) for t in trials)


def overviews(source: PixelSource) -> Iterator[tuple[RgbArray, float]]:
    """Parts in which single cells can be measured, each with its level-0 pixels per pixel.

    The whole of a field; of a slide windows at full resolution, from the middle outwards.
    """
    info = source.info
    side = max(info.width, info.height)
    if side <= 4 * OVERVIEW_PX:
        rgb, frame = read_scaled(source, info.bounds, max(1.0, side / OVERVIEW_PX))
        yield rgb, frame.step_x
        return
    for right, down in ((2, 2), (1, 2), (3, 2), (2, 1), (2, 3), (1, 1), (3, 3), (3, 1), (1, 3)):
        left, top = info.width * right // 4 - OVERVIEW_PX // 2, info.height * down // 4 - OVERVIEW_PX // 2
        window = Region(left, top, OVERVIEW_PX, OVERVIEW_PX).intersection(info.bounds)
        yield source.read(0, window.x, window.y, window.width, window.height), 1.0


def _ladder(overview: RgbArray, spec: SegmentationSpec) -> list[float]:
    """Scales to try: from one cell filling the shorter side to many small ones in it."""
    shorter = min(overview.shape[:2])
    factors = []
    factor = 1.1 * spec.cell_diameter_px / shorter
    while factor * shorter <= min(MAX_TRIAL_PX, LADDER_CELLS_ACROSS * spec.cell_diameter_px) and factor <= 4:
        factors.append(factor)
        factor *= RUNG
    return factors or [spec.cell_diameter_px / shorter]


def _try(overview: RgbArray, factor: float, spec: SegmentationSpec, segment: Segment) -> _Trial | None:
    """What the network finds with the overview enlarged by a factor; None if nothing."""
    height, width = (max(16, round(side * factor)) for side in overview.shape[:2])
    foreground, nucleus_lead, distance = planes_of(segment(resized(overview, width, height)), spec)
    labels = label_cells(foreground, distance, spec)
    diameters = _diameters(labels, nucleus_lead > 0 if sees_nuclei(spec) else labels > 0)
    if not diameters.size:
        return None
    ratio = spec.cell_diameter_px / float(np.median(diameters))
    surety = float(np.abs(2 * foreground[labels > 0] - 1).mean())
    return _Trial(factor, factor * ratio, diameters.size, surety * float(np.exp(-((np.log(ratio) / 0.7) ** 2))))


def _diameters(labels: Labels, nucleus: Bitmap) -> NDArray[np.float64]:
    """Of the cells that have a nucleus; cut-off ones only where there are no others."""
    count = int(labels.max(initial=0))
    edge = np.unique(np.concatenate([labels[0], labels[-1], labels[:, 0], labels[:, -1]]))
    areas = np.bincount(labels.ravel(), minlength=count + 1).astype(float)
    good = np.bincount(labels.ravel(), weights=nucleus.ravel(), minlength=count + 1) > 0.1 * areas
    good[0] = False
    if good[edge].sum() < good.sum():
        good[edge] = False
    result: NDArray[np.float64] = np.sqrt(4 * areas[good] / np.pi)
    return result
