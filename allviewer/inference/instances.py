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

Maps = NDArray[np.float32]
"""(channels, height, width), each 0 to 1, named by `SegmentationSpec.channels`."""
Plane = NDArray[np.float32]
Labels = NDArray[np.int32]

SEED_PROMINENCE = 0.1
"""A core is a second cell of its piece of foreground only where its peak stands this far above the core level."""
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
        nucleus: lies inside `mask`, never empty.
        boundary_entropy: mean entropy of the foreground along the cell's border, 0 (sure) to 1.
    """

    mask: Mask
    nucleus: Mask
    boundary_entropy: float


def find_cells(maps: Maps, spec: SegmentationSpec, frame: MapFrame, bounds: Region) -> list[FoundCell]:
    """The cells of maps, from the top left to the bottom right.

    Args:
        bounds: level-0 rectangle that no mask leaves (the image).
    """
    foreground, nucleus_lead, distance = planes_of(maps, spec)
    labels = label_cells(foreground, distance, spec)
    if not labels.any():
        return []
    from skimage.segmentation import expand_labels

    territory = expand_labels(labels, distance=2)  # type: ignore[no-untyped-call]
    found: list[FoundCell] = []
    for number, box in enumerate(ndimage.find_objects(labels), start=1):
        if box is None:
            continue
        rows, columns = _padded(box[0], labels.shape[0]), _padded(box[1], labels.shape[1])
        own = territory[rows, columns] == number
        planes = np.dstack([foreground[rows, columns], nucleus_lead[rows, columns], own.astype(np.float32)])
        cell = _cut_cell(planes, _moved(frame, columns.start, rows.start), bounds, spec.foreground)
        if cell is not None:
            inside = labels[rows, columns] == number
            found.append(FoundCell(*cell, boundary_entropy(foreground[rows, columns], inside)))
    return found


def nucleus_within(maps: Maps, spec: SegmentationSpec, frame: MapFrame, cell: Mask) -> Mask:
    """The nucleus of a cell whose mask is known already (level-0 pixels). May be empty."""
    nucleus_lead = planes_of(maps, spec)[1]
    fine = _resampled(nucleus_lead, frame, cell.region)
    return Mask(nucleus_of(fine, cell.bitmap), cell.region.x, cell.region.y)


def label_cells(foreground: Plane, distance: Plane, spec: SegmentationSpec) -> Labels:
    """A label image of separate cells at the scale of the maps, too small finds dropped (0 is background)."""
    from skimage.segmentation import watershed

    inside = foreground >= spec.foreground
    pieces, piece_count = ndimage.label(inside)
    if piece_count == 0:
        return np.zeros(foreground.shape, np.int32)
    seeds = _seeds(pieces, piece_count, distance, spec.core)
    flooded = watershed(-distance, seeds, mask=inside)  # type: ignore[no-untyped-call]
    labels: Labels = flooded.astype(np.int32)
    return _without_small(labels, spec.min_diameter_px)


def nucleus_of(nucleus_lead: Plane, cell: Bitmap) -> Bitmap:
    """The nucleus inside a cell: where nucleus leads cytoplasm, holes filled, specks dropped. May be empty.

    Args:
        nucleus_lead: nucleus minus cytoplasm, the shape of `cell`.
    """
    nucleus = ndimage.binary_fill_holes((nucleus_lead > 0) & cell) & cell
    pieces, count = ndimage.label(nucleus)
    if count > 1:
        sizes = np.bincount(pieces.ravel())
        keep = sizes >= min(SPECK_SHARE * np.count_nonzero(cell), sizes[1:].max())
        keep[0] = False
        nucleus = keep[pieces]
    result: Bitmap = nucleus
    return result


def boundary_entropy(foreground: Plane, inside: Bitmap) -> float:
    """Mean binary entropy (bits) of the foreground in the ring of two map pixels about a cell's border."""
    ring = ndimage.binary_dilation(inside) & ~ndimage.binary_erosion(inside)
    if not ring.any():
        return 1.0
    p = np.clip(foreground[ring].astype(np.float64), 1e-6, 1 - 1e-6)
    return float(np.mean(-(p * np.log2(p) + (1 - p) * np.log2(1 - p))))


def class_entropy(probabilities: NDArray[np.floating]) -> float:
    """Entropy of class probabilities over the highest it could be: 0 (sure) to 1 (no idea)."""
    p = np.clip(np.asarray(probabilities, np.float64), 1e-12, 1.0)
    return float(np.clip(-(p * np.log(p)).sum() / np.log(max(2, p.size)), 0.0, 1.0))


def planes_of(maps: Maps, spec: SegmentationSpec) -> tuple[Plane, Plane, Plane]:
    """Foreground (cytoplasm plus nucleus), nucleus lead (nucleus minus cytoplasm), distance; each (height, width)."""
    named = dict(zip(spec.channels, maps, strict=True))
    foreground = named["cytoplasm"] + named["nucleus"]
    distance = named.get("distance")
    if distance is None:
        distance = _distance_from(foreground >= spec.foreground)
    return foreground, named["nucleus"] - named["cytoplasm"], distance


def _distance_from(inside: Bitmap) -> Plane:
    """Distance to the border over its highest value in each piece, for networks that give no distance."""
    distance = ndimage.distance_transform_edt(inside)
    pieces, count = ndimage.label(inside)
    highest = np.ones(count + 1)
    if count:
        highest[1:] = ndimage.maximum(distance, pieces, np.arange(1, count + 1))
    result: Plane = (distance / highest[pieces]).astype(np.float32)
    return result


def _seeds(pieces: Labels, piece_count: int, distance: Plane, core: float) -> Labels:
    """Numbered seeds, at least one in every piece of foreground."""
    cores, core_count = ndimage.label((pieces > 0) & (distance >= core))
    numbers = np.arange(1, core_count + 1)
    peaks = np.atleast_1d(ndimage.maximum(distance, cores, numbers)) if core_count else np.zeros(0)
    piece_of = np.atleast_1d(ndimage.maximum(pieces, cores, numbers)).astype(int) if core_count else np.zeros(0, int)
    order = np.lexsort((numbers, -peaks))
    leaders = np.zeros(core_count, bool)
    leaders[order[np.unique(piece_of[order], return_index=True)[1]]] = True
    kept = np.flatnonzero(leaders | (peaks >= core + SEED_PROMINENCE))
    new_number = np.zeros(core_count + 1, np.int32)
    new_number[kept + 1] = np.arange(1, kept.size + 1)
    seeds: Labels = new_number[cores]
    without = np.setdiff1d(np.arange(1, piece_count + 1), piece_of)
    for number, place in enumerate(ndimage.maximum_position(distance, pieces, without) if without.size else []):
        seeds[place] = kept.size + number + 1
    return seeds


def _without_small(labels: Labels, min_diameter_px: float) -> Labels:
    """Finds below the smallest diameter dropped; cut off by the border, half of it is enough. Numbers run from 1."""
    areas = np.bincount(labels.ravel())
    diameters = np.sqrt(4 * areas / np.pi)
    edge = np.concatenate([labels[0], labels[-1], labels[:, 0], labels[:, -1]])
    needed = np.full(areas.size, min_diameter_px)
    needed[np.unique(edge)] /= 2
    keep = diameters >= needed
    keep[0] = False
    new_number = np.zeros(areas.size, np.int32)
    new_number[keep] = np.arange(1, np.count_nonzero(keep) + 1)
    result: Labels = new_number[labels]
    return result


def _cut_cell(
    planes: NDArray[np.float32], frame: MapFrame, bounds: Region, foreground: float
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
    fine = _resampled(planes, frame, box)
    cell = largest_piece((fine[..., 0] >= foreground) & (fine[..., 2] > 0.5))
    cell = ndimage.binary_fill_holes(cell)
    nucleus = nucleus_of(fine[..., 1], cell)
    if np.count_nonzero(nucleus) < max(1.0, NUCLEUS_MIN_SHARE * np.count_nonzero(cell)):
        return None
    return Mask(cell, box.x, box.y), Mask(nucleus, box.x, box.y)


def _resampled(planes: NDArray[np.float32], frame: MapFrame, box: Region) -> NDArray[np.float32]:
    """Planes (height, width, n) seen at the pixels of a level-0 box, bilinear."""
    # level-0 pixel centres in map pixels, whose own centres lie at whole numbers for OpenCV
    offset_x = (box.x + 0.5 - frame.x) / frame.step_x - 0.5
    offset_y = (box.y + 0.5 - frame.y) / frame.step_y - 0.5
    to_map = np.array([[1 / frame.step_x, 0, offset_x], [0, 1 / frame.step_y, offset_y]])
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    fine = cv2.warpAffine(planes, to_map, (box.width, box.height), flags=flags, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(fine, np.float32)


def largest_piece(bitmap: Bitmap) -> Bitmap:
    """Only the largest connected piece of a bitmap (4 neighbours); the bitmap itself if it is empty."""
    pieces, count = ndimage.label(bitmap)
    if count < 2:
        return bitmap
    sizes = np.bincount(pieces.ravel())
    sizes[0] = 0
    result: Bitmap = pieces == int(sizes.argmax())
    return result


def _padded(part: slice, length: int, margin: int = 2) -> slice:
    return slice(max(0, part.start - margin), min(length, part.stop + margin))


def _moved(frame: MapFrame, columns: int, rows: int) -> MapFrame:
    return MapFrame(frame.x + columns * frame.step_x, frame.y + rows * frame.step_y, frame.step_x, frame.step_y)
