"""A cell from one click: the segmentation network on a crop around it, then more clicks that correct what it found.

The network looks once; its maps are kept. Every further click says inside or outside, and the map is bent so that it
agrees with all clicks: what it is wrong by at the clicks is spread to pixels near them and of like colour (simple
kriging, as in Krige 1951, over place and Lab colour), so that a click corrects its own stretch of the outline and
leaves the rest alone. Settings were measured: `docs/results/clicks.md`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from allviewer.domain.geometry import Region
from allviewer.domain.mask import Bitmap, Mask
from allviewer.domain.slide import PixelSource
from allviewer.exchange.model_card import SegmentationSpec
from allviewer.inference.clicks import Click, Outline, wanted_pieces
from allviewer.inference.instances import MapFrame, Maps, Plane, find_cells, planes_of, resampled, without_holes
from allviewer.inference.resample import read_scaled
from allviewer.inference.segmenter import Segmenter

WINDOW_CELLS = 2.6
"""Side of what is read around a click, in diameters of a usual cell."""
TRIED_STEPS = (0.42, 0.6, 0.85, 1.2, 1.7)
"""Level-0 pixels per pixel of the network that are tried where nobody knows the scale."""
HIGHEST_LOGIT = 3.0
"""The network's certainty is capped: a person's click must be able to overrule it."""
UNDER_CLICK_LOGIT = 1.0
"""What the bent map has at every click; 0 is the outline."""
_OUTSIDE = -0.05
"""What the network takes for another cell lies outside, but only just: a click may take it in."""
_JITTER = 1e-2
"""Keeps clicks on nearly the same place from fighting."""


@dataclass(frozen=True, slots=True)
class _Reach:
    """How far a click speaks: standard deviations in diameters of a usual cell, and in Lab units."""

    of_cell: float
    of_lab: float


_REACHES = {"cytoplasm": _Reach(0.2, 20.0), "nucleus": _Reach(0.1, 15.0)}
_REACH_OF_UNSEEN = _Reach(0.5, 15.0)
"""Where the network sees no cell, one click has to do more."""


@dataclass(frozen=True, slots=True)
class Ground:
    """What is known of the surroundings of a click, at the network's scale.

    Attributes:
        lab: float32 (height, width, 3): L of 0 to 255 and a, b as OpenCV gives them for 8 bit, a little smoothed.
        maps: as the network gave them.
        frame: where they lie in the image; `bounds` is all of the image, `region` the part they cover.
    """

    lab: NDArray[np.float32]
    maps: Maps
    spec: SegmentationSpec
    frame: MapFrame
    bounds: Region

    @property
    def region(self) -> Region:
        height, width = self.lab.shape[:2]
        left, top = round(self.frame.x), round(self.frame.y)
        size = round(width * self.frame.step_x), round(height * self.frame.step_y)
        return Region(left, top, *size).intersection(self.bounds)


@dataclass(frozen=True, slots=True)
class NetworkGround:
    """The segmentation network's answer to the first click, corrected by the others."""

    ground: Ground
    first: Outline

    def outline(self, clicks: Sequence[Click]) -> Outline:
        found = self.first
        opening, *others = clicks
        for part in ("cytoplasm", "nucleus"):
            present = found.nucleus if part == "nucleus" else found.mask
            obeyed = [click for click in others if click.part == part]
            if opening.part == part and not present.contains_point(opening.x, opening.y):
                obeyed.insert(0, opening)
            found = corrected_outline(self.ground, found, obeyed, part)
        return found


def network_ground(segmenter: Segmenter, source: PixelSource, click: Click, um_per_px: float | None) -> NetworkGround:
    """Look around a first click; without a scale, at the one at which the cell there has the usual size."""
    step = segmenter.spec.mpp / um_per_px if um_per_px else step_at(segmenter, source, click.x, click.y)
    ground = look_around(segmenter, source, click.x, click.y, step)
    return NetworkGround(ground, first_outline(ground, click))


def look_around(segmenter: Segmenter, source: PixelSource, x: float, y: float, step: float) -> Ground:
    """Read and run the network around a level-0 point; `step` is level-0 pixels per pixel of the network."""
    spec = segmenter.spec
    side = round(WINDOW_CELLS * spec.cell_diameter_px / spec.multiple_of) * spec.multiple_of * step
    window = Region(round(x - side / 2), round(y - side / 2), round(side), round(side))
    rgb, frame = read_scaled(source, window.intersection(source.info.bounds), step)
    lab = cv2.cvtColor(cv2.GaussianBlur(rgb, (0, 0), 1.0), cv2.COLOR_RGB2LAB).astype(np.float32)
    return Ground(lab, segmenter.maps_of(rgb), spec, frame, source.info.bounds)


def step_at(segmenter: Segmenter, source: PixelSource, x: float, y: float) -> float:
    """The scale at which the cell under a point is as large as the network's usual one, for images without a scale."""
    usual = segmenter.spec.cell_diameter_px
    best, best_step = np.inf, 1.0
    for step in TRIED_STEPS:
        found = first_outline(look_around(segmenter, source, x, y, step), Click(x, y)).mask
        if found.is_empty:
            continue
        difference = abs(float(np.log(np.sqrt(4 * found.area_px / np.pi) / step / usual)))
        if difference < best:
            best, best_step = difference, step
    return best_step


def first_outline(ground: Ground, click: Click) -> Outline:
    """The cell that the network sees under a click; where it sees none, what is coloured as the click is."""
    for cell in find_cells(ground.maps, ground.spec, ground.frame, ground.bounds):
        if cell.mask.contains_point(click.x, click.y):
            return Outline(cell.mask, cell.nucleus)
    foreground = planes_of(ground.maps, ground.spec)[0]
    mask = _bent(ground, _logit(foreground), Mask.empty(), [click], _REACH_OF_UNSEEN)
    lead = planes_of(ground.maps, ground.spec)[1]
    nucleus = Mask(resampled(lead, ground.frame, mask.region) > 0, mask.region.x, mask.region.y) & mask
    return Outline(mask, nucleus)


def corrected_outline(ground: Ground, first: Outline, clicks: Sequence[Click], part: str) -> Outline:
    """The outline with all clicks on a part ("cytoplasm" is the whole cell, or "nucleus") obeyed."""
    if not clicks:
        return first
    foreground, lead, _ = planes_of(ground.maps, ground.spec)
    if part == "nucleus":
        certainty = 2 * np.arctanh(np.clip(lead, -0.99, 0.99))
        nucleus = _bent(ground, certainty, first.nucleus, clicks, _REACHES[part])
        return Outline(first.mask | nucleus, nucleus)
    mask = _bent(ground, _logit(foreground), first.mask, clicks, _REACHES[part])
    return Outline(mask, first.nucleus & mask)


def _bent(ground: Ground, certainty: Plane, first: Mask, clicks: Sequence[Click], reach: _Reach) -> Mask:
    """The pieces that belong to the first mask or to a click inside, of a map bent to agree with all clicks.

    Args:
        certainty: (height, width): above 0 inside, below outside.
    """
    present = _seen_at_map(first, ground)
    plane = np.clip(certainty, -HIGHEST_LOGIT, HIGHEST_LOGIT)
    plane = np.where(present, np.maximum(plane, -_OUTSIDE), np.minimum(plane, _OUTSIDE)).astype(np.float32)
    plane += _correction(ground, plane, clicks, reach)
    box = ground.region
    inside = without_holes(resampled(plane, ground.frame, box) > 0) & ~_denied(clicks, box)
    return Mask(wanted_pieces(inside, first.within(box), clicks, box), box.x, box.y)


def _correction(ground: Ground, plane: Plane, clicks: Sequence[Click], reach: _Reach) -> Plane:
    """What has to be added to a plane so that it agrees with the clicks: simple kriging of what it is wrong by."""
    height, width = plane.shape
    spread_px = reach.of_cell * ground.spec.cell_diameter_px
    at = np.array(
        [[(c.x - ground.frame.x) / ground.frame.step_x, (c.y - ground.frame.y) / ground.frame.step_y] for c in clicks]
    )
    columns, rows = np.clip(at.astype(int), 0, [width - 1, height - 1]).T
    said = np.where([c.is_inside for c in clicks], UNDER_CLICK_LOGIT, -UNDER_CLICK_LOGIT)
    lacking = np.where(said * plane[rows, columns] >= UNDER_CLICK_LOGIT**2, 0.0, said - plane[rows, columns])
    own = np.column_stack([at / spread_px, ground.lab[rows, columns] / reach.of_lab]).astype(np.float32)
    alike = np.exp(-((own[:, None] - own[None]) ** 2).sum(axis=2) / 2)
    weights = np.linalg.solve(alike + _JITTER * np.eye(len(clicks)), lacking)
    added = np.zeros_like(plane)
    xs = (np.arange(width, dtype=np.float32) + 0.5) / spread_px
    ys = (np.arange(height, dtype=np.float32)[:, None] + 0.5) / spread_px
    for weight, (x, y, *lab) in zip(weights, own, strict=True):
        if weight:
            colour = (((ground.lab / reach.of_lab) - np.array(lab, np.float32)) ** 2).sum(axis=2)
            added += np.float32(weight) * np.exp(-((xs - x) ** 2 + (ys - y) ** 2 + colour) / 2)
    return added


def _logit(probability: Plane) -> Plane:
    likely = np.clip(probability, 1e-3, 1 - 1e-3)
    certainty: Plane = np.log(likely / (1 - likely))
    return certainty


def _seen_at_map(mask: Mask, ground: Ground) -> Bitmap:
    """A level-0 mask at the pixels of the maps."""
    height, width = ground.lab.shape[:2]
    box, frame = ground.region, ground.frame
    to_box = np.array(
        [
            [frame.step_x, 0, frame.x + 0.5 * frame.step_x - 0.5 - box.x],
            [0, frame.step_y, frame.y + 0.5 * frame.step_y - 0.5 - box.y],
        ]
    )
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    seen = cv2.warpAffine(mask.within(box).astype(np.float32), to_box, (width, height), flags=flags)
    return np.asarray(seen > 0.5, bool)


def _denied(clicks: Sequence[Click], box: Region) -> Bitmap:
    """The very pixels that were clicked as outside: filling holes must not take them back."""
    denied = np.zeros((box.height, box.width), bool)
    for click in clicks:
        if not click.is_inside and box.contains_point(click.x, click.y):
            denied[int(click.y) - box.y, int(click.x) - box.x] = True
    return denied
