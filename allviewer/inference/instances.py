"""From probability maps to cells: one mask and one nucleus for each cell, at the resolution of the image. Pure.

Cells come from the cores of the distance map, never from pieces of nucleus, so that a lobed nucleus stays one
cell. Masks are cut from the upsampled probabilities, not from upsampled masks: borders are smooth at level 0.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from allviewer.domain.geometry import Region
from allviewer.domain.mask import Bitmap, Mask
from allviewer.exchange.model_card import SegmentationSpec
from allviewer.progress import CancelToken

Maps = NDArray[np.float32]
"""(channels, height, width), each 0 to 1, named by `SegmentationSpec.channels`."""
Plane = NDArray[np.float32]
Labels = NDArray[np.int32]

SEED_PROMINENCE = 0.06
"""A summit of the distance map is a second cell only where it stands this far above the pass to a higher one."""
SEED_SHARE = 0.45
"""It also reaches this share of the highest summit of its piece, and two thirds of the core level of the card."""
SMOOTHING = 0.05
"""Of a cell's diameter: standard deviation by which the distance map is smoothed; ripples of it are no cells."""
CUT_OFF_SHARE = 0.6
"""Of a cell that the border of the maps cuts off this part of the smallest diameter has to be seen."""
NUCLEUS_MIN_SHARE = 0.03
"""A find with a smaller nucleus is no white cell."""
SPECK_SHARE = 0.03
"""Pieces of nucleus smaller than this share of the cell are dropped."""


@dataclass(frozen=True, slots=True)
class MapFrame:
    """Where maps lie: level-0 position of their top left corner, level-0 pixels per map pixel."""

    x: float
    y: float
    step_x: float
    step_y: float


@dataclass(frozen=True, slots=True)
class FoundCell:
    """One cell in level-0 pixels.

    Attributes:
        nucleus: lies inside `mask`; empty only where the network knows no nuclei.
        boundary_entropy: mean entropy of the foreground along the cell's border, 0 (sure) to 1.
    """

    mask: Mask
    nucleus: Mask
    boundary_entropy: float


def find_cells(
    maps: Maps,
    spec: SegmentationSpec,
    frame: MapFrame,
    bounds: Region,
    wanted: Region | None = None,
    cancel: CancelToken | None = None,
) -> list[FoundCell]:
    """The cells of maps, from the top left to the bottom right.

    Args:
        bounds: level-0 rectangle that no mask leaves (the image).
        wanted: cells whose centre (to a map pixel or two) lies outside this level-0 rectangle are left out.
        cancel: looked at for every piece and every cell: maps without a network may be one piece of a thousand cells.

    Raises:
        Cancelled: if it is.
    """
    token = cancel or CancelToken()
    foreground, nucleus_lead, distance = planes_of(maps, spec)
    labels = label_cells(foreground, distance, spec, token)
    found: list[FoundCell] = []
    for number, box in enumerate(ndimage.find_objects(labels), start=1):
        token.check()
        rows, columns = _padded(box[0], labels.shape[0]), _padded(box[1], labels.shape[1])
        around, likely = labels[rows, columns], foreground[rows, columns]
        place = _moved(frame, columns.start, rows.start)
        if wanted is not None and not wanted.contains_point(*_centre(around == number, place)):
            continue
        planes = np.dstack([likely, nucleus_lead[rows, columns], _territory(around, number)])
        cell = _cut_cell(planes, place, bounds, spec)
        if cell is not None:
            found.append(FoundCell(*cell, boundary_entropy(likely, around == number)))
    return found


def nucleus_within(maps: Maps, spec: SegmentationSpec, frame: MapFrame, cell: Mask) -> Mask:
    """The nucleus of a cell whose mask is known already (level-0 pixels). May be empty."""
    nucleus_lead = planes_of(maps, spec)[1]
    fine = resampled(nucleus_lead, frame, cell.region)
    return Mask(nucleus_of(fine, cell.bitmap), cell.region.x, cell.region.y)


def label_cells(
    foreground: Plane, distance: Plane, spec: SegmentationSpec, cancel: CancelToken | None = None
) -> Labels:
    """A label image of separate cells at the scale of the maps (0 is background).

    Left out is what is too small, and where the distance map has no summit: the network sees no whole cell there.
    """
    inside = (foreground >= spec.foreground).astype(np.uint8)
    count, pieces, boxes, _ = cv2.connectedComponentsWithStats(inside, connectivity=4)
    labels = np.zeros(foreground.shape, np.int32)
    last = 0
    for piece in range(1, count):
        if cancel is not None:
            cancel.check()
        left, top, width, height, area = boxes[piece].tolist()
        if _diameter(area) < CUT_OFF_SHARE * spec.min_diameter_px:
            continue
        at = np.s_[top : top + height, left : left + width]
        parts = _split(pieces[at] == piece, distance[at], spec)
        for number in range(1, int(parts.max()) + 1):
            part = parts == number
            if _diameter(int(np.count_nonzero(part))) >= _needed(part, at, labels.shape, spec.min_diameter_px):
                last += 1
                labels[at][part] = last
    return labels


def nucleus_of(nucleus_lead: Plane, cell: Bitmap) -> Bitmap:
    """The nucleus inside a cell: where nucleus leads cytoplasm, holes filled, specks dropped. May be empty.

    Args:
        nucleus_lead: nucleus minus cytoplasm, the shape of `cell`.
    """
    nucleus = without_holes((nucleus_lead > 0) & cell) & cell
    count, pieces, boxes, _ = cv2.connectedComponentsWithStats(nucleus.astype(np.uint8), connectivity=4)
    if count > 2:
        sizes = boxes[:, cv2.CC_STAT_AREA].astype(float)
        keep = sizes >= min(SPECK_SHARE * np.count_nonzero(cell), sizes[1:].max())
        keep[0] = False
        nucleus = keep[pieces]
    return nucleus


def boundary_entropy(foreground: Plane, inside: Bitmap) -> float:
    """Mean binary entropy (bits) of the foreground in the ring of two map pixels about a cell's border."""
    cross = cv2.getStructuringElement(cv2.MORPH_CROSS, (3, 3))
    grown, shrunk = cv2.dilate(inside.astype(np.uint8), cross), cv2.erode(inside.astype(np.uint8), cross)
    p = np.clip(foreground[grown > shrunk].astype(np.float64), 1e-6, 1 - 1e-6)
    return float(np.mean(-(p * np.log2(p) + (1 - p) * np.log2(1 - p)))) if p.size else 1.0


def class_entropy(probabilities: NDArray[np.floating]) -> float:
    """Entropy of class probabilities over the highest it could be: 0 (sure) to 1 (no idea)."""
    p = np.clip(np.asarray(probabilities, np.float64), 1e-12, 1.0)
    return float(np.clip(-(p * np.log(p)).sum() / np.log(max(2, p.size)), 0.0, 1.0))


def planes_of(maps: Maps, spec: SegmentationSpec) -> tuple[Plane, Plane, Plane]:
    """Foreground, nucleus lead and distance to the border, each (height, width), of whatever maps a network gives.

    Foreground is the map of the cell, else cytoplasm plus nucleus. The nucleus is where it leads the cytoplasm, or
    where it is likelier than not if cytoplasm has no map: with nuclei alone the cell is its nucleus. Without a map of
    the nucleus it leads nowhere. Without a map of the distance the shape of the foreground tells it.
    """
    named = dict(zip(spec.channels, maps, strict=True))
    nothing = np.zeros(maps.shape[1:], np.float32)
    nucleus, cytoplasm = named.get("nucleus", nothing), named.get("cytoplasm")
    foreground = named.get("cell", nucleus + (nothing if cytoplasm is None else cytoplasm))
    lead = nucleus - (0.5 if cytoplasm is None else cytoplasm)
    distance = named.get("distance")
    if distance is None:
        distance = _distance_from(foreground >= spec.foreground)
    return foreground, lead, distance


def sees_nuclei(spec: SegmentationSpec) -> bool:
    """Whether a network has a map of the nucleus; without one, no find is dropped for the lack of it."""
    return "nucleus" in spec.channels


def _distance_from(inside: Bitmap) -> Plane:
    """Distance to the border over its highest value in each piece, for networks that give no distance."""
    depth = cv2.distanceTransform(inside.astype(np.uint8), cv2.DIST_L2, 5)
    count, pieces = cv2.connectedComponents(inside.astype(np.uint8), connectivity=4)
    highest = np.ones(count)
    if count > 1:
        highest[1:] = ndimage.maximum(depth, pieces, np.arange(1, count))
    result: Plane = (depth / highest[pieces]).astype(np.float32)
    return result


def _split(piece: Bitmap, distance: Plane, spec: SegmentationSpec) -> Labels:
    """One connected piece of foreground as cells numbered from 1, flooded from the summits of the distance map."""
    from skimage.morphology import local_maxima, reconstruction
    from skimage.segmentation import watershed

    solid = without_holes(piece)
    own = np.where(solid, distance, 0).astype(np.float32)
    hill = np.where(solid, cv2.GaussianBlur(own, (0, 0), SMOOTHING * spec.cell_diameter_px), 0)
    lowest = 2 / 3 * spec.core
    if own.max() < lowest:
        return np.zeros(piece.shape, np.int32)
    least = max(lowest, SEED_SHARE * float(hill.max()))
    # most pieces have one high summit whatever its prominence; what follows costs many times as much as this look
    if _count((local_maxima(hill) > 0) & (hill >= least)) == 1:  # type: ignore[no-untyped-call]
        return piece.astype(np.int32)
    # hills lowered by the prominence and filled up again from below: each plateau that stays on top is a summit
    plain = reconstruction(hill - SEED_PROMINENCE, hill)  # type: ignore[no-untyped-call]
    tops = local_maxima(plain)  # type: ignore[no-untyped-call]
    high = plain + SEED_PROMINENCE >= least
    count, seeds = cv2.connectedComponents((tops & high).astype(np.uint8), connectivity=8)
    if count <= 2:
        return piece.astype(np.int32)
    flooded = watershed(-hill, seeds, mask=solid)  # type: ignore[no-untyped-call]
    return np.where(piece, flooded, 0).astype(np.int32)


def _count(bitmap: Bitmap) -> int:
    """Number of connected pieces (8 neighbours)."""
    return int(cv2.connectedComponents(bitmap.astype(np.uint8), connectivity=8)[0]) - 1


def _needed(part: Bitmap, at: tuple[slice, slice], shape: tuple[int, ...], min_diameter_px: float) -> float:
    """The smallest diameter that counts; less for what the border of the maps cuts off."""
    rows, columns = at
    cut = (
        (rows.start == 0 and part[0].any())
        or (columns.start == 0 and part[:, 0].any())
        or (rows.stop == shape[0] and part[-1].any())
        or (columns.stop == shape[1] and part[:, -1].any())
    )
    return CUT_OFF_SHARE * min_diameter_px if cut else min_diameter_px


def _diameter(area_px: float) -> float:
    return float(np.sqrt(4 * area_px / np.pi))


def _territory(around: Labels, number: int) -> Plane:
    """1 where a pixel is nearest to this cell, 0 where another one is nearer (ties: to the lower number)."""
    others = [int(other) for other in np.unique(around) if other not in (0, number)]
    own = np.ones(around.shape, np.float32)
    if not others:
        return own
    reach = ndimage.distance_transform_edt(around != number)
    for other in others:
        theirs = ndimage.distance_transform_edt(around != other)
        own[(theirs < reach) if number < other else (theirs <= reach)] = 0
    return own


def _cut_cell(
    planes: NDArray[np.float32], frame: MapFrame, bounds: Region, spec: SegmentationSpec
) -> tuple[Mask, Mask] | None:
    """Mask and nucleus from the planes (foreground, nucleus lead, own territory) of a cell's box; None: no cell."""
    height, width = planes.shape[:2]
    box = Region.from_edges(
        int(np.floor(frame.x)),
        int(np.floor(frame.y)),
        int(np.ceil(frame.x + width * frame.step_x)),
        int(np.ceil(frame.y + height * frame.step_y)),
    ).intersection(bounds)
    if box.is_empty:
        return None
    fine = resampled(planes, frame, box)
    cell = without_holes(largest_piece((fine[..., 0] >= spec.foreground) & (fine[..., 2] > 0.5)))
    nucleus = nucleus_of(fine[..., 1], cell)
    if not cell.any():
        return None
    if sees_nuclei(spec) and np.count_nonzero(nucleus) < max(1.0, NUCLEUS_MIN_SHARE * np.count_nonzero(cell)):
        return None
    return Mask(cell, box.x, box.y), Mask(nucleus, box.x, box.y)


def resampled(planes: NDArray[np.float32], frame: MapFrame, box: Region) -> NDArray[np.float32]:
    """Planes (height, width, n) seen at the pixels of a level-0 box, bilinear."""
    # level-0 pixel centres in map pixels, whose own centres lie at whole numbers for OpenCV
    offset_x = (box.x + 0.5 - frame.x) / frame.step_x - 0.5
    offset_y = (box.y + 0.5 - frame.y) / frame.step_y - 0.5
    to_map = np.array([[1 / frame.step_x, 0, offset_x], [0, 1 / frame.step_y, offset_y]])
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    fine = cv2.warpAffine(planes, to_map, (box.width, box.height), flags=flags, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(fine, np.float32)


def largest_piece(bitmap: Bitmap) -> Bitmap:
    """Only the largest connected piece of a bitmap (4 neighbours); the bitmap itself if it has one or none."""
    count, pieces, boxes, _ = cv2.connectedComponentsWithStats(bitmap.astype(np.uint8), connectivity=4)
    if count <= 2:
        return bitmap
    result: Bitmap = pieces == 1 + int(boxes[1:, cv2.CC_STAT_AREA].argmax())
    return result


def without_holes(bitmap: Bitmap) -> Bitmap:
    """The bitmap with all that it encloses."""
    contours, _ = cv2.findContours(bitmap.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    filled = cv2.drawContours(np.zeros(bitmap.shape, np.uint8), contours, -1, 1, -1)
    result: Bitmap = filled > 0
    return result


def _centre(inside: Bitmap, frame: MapFrame) -> tuple[float, float]:
    """Centre of mass in level-0 pixels."""
    ys, xs = np.nonzero(inside)
    return frame.x + (float(xs.mean()) + 0.5) * frame.step_x, frame.y + (float(ys.mean()) + 0.5) * frame.step_y


def _padded(part: slice, length: int, margin: int = 4) -> slice:
    return slice(max(0, part.start - margin), min(length, part.stop + margin))


def _moved(frame: MapFrame, columns: int, rows: int) -> MapFrame:
    return MapFrame(frame.x + columns * frame.step_x, frame.y + rows * frame.step_y, frame.step_x, frame.step_y)
