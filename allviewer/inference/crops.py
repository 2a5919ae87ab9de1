"""A cell cut out on black at a fixed scale: what the classifier sees, in training and in the viewer alike."""

import numpy as np
from numpy.typing import NDArray

from allviewer.domain.geometry import Region
from allviewer.domain.mask import Mask
from allviewer.domain.slide import RgbArray
from allviewer.exchange.model_card import ClassificationSpec

HALF = 0.5


def cut_cell(image: RgbArray, origin_xy: tuple[int, int], mask: Mask, mpp: float, spec: ClassificationSpec) -> RgbArray:
    """One cell, its centre of mass in the middle, everything outside its mask (0, 0, 0).

    The cell keeps its absolute size (blasts are larger than lymphocytes): it is brought to `spec.mpp` and never fitted
    to the frame. What a very large cell has beyond the frame is cut off. Colours are averaged over the cell's own
    pixels only, so the picture does not depend on what lies around the cell.

    Args:
        image: (height, width, 3) uint8 RGB pixels around the cell.
        origin_xy: where the first pixel of `image` lies, in the coordinates of `mask`.
        mask: the whole cell, nucleus included; its part outside `image` is ignored.
        mpp: micrometres per pixel of `image`.
        spec: scale and side of the crop.

    Returns:
        (spec.crop_px, spec.crop_px, 3) uint8.

    Raises:
        ValueError: if no pixel of the mask lies in `image`, or `mpp` is not positive.
    """
    if not mpp > 0:
        raise ValueError(f"micrometres per pixel must be positive, not {mpp}")
    x, y = origin_xy
    seen = mask.clipped(Region(x, y, image.shape[1], image.shape[0]))
    if seen.is_empty:
        raise ValueError("the cell lies outside the picture")

    frame = frame_around(seen, mpp, spec)
    inside = seen.within(frame)
    pixels = pixels_of(image, origin_xy, frame)
    pixels[~inside] = 0
    coverage = resize_to(inside.astype(np.float32), spec.crop_px)
    colour = resize_to(pixels.astype(np.float32), spec.crop_px)
    kept = coverage >= HALF
    crop = np.zeros((spec.crop_px, spec.crop_px, 3), dtype=np.uint8)
    crop[kept] = np.clip(np.rint(colour[kept] / coverage[kept, None]), 0, 255).astype(np.uint8)
    return crop


def cut_cells(
    image: RgbArray, origin_xy: tuple[int, int], masks: list[Mask], mpp: float, spec: ClassificationSpec
) -> NDArray[np.uint8]:
    """`cut_cell` for each mask: (len(masks), crop_px, crop_px, 3) uint8, ready for the network."""
    batch = np.zeros((len(masks), spec.crop_px, spec.crop_px, 3), dtype=np.uint8)
    for index, mask in enumerate(masks):
        batch[index] = cut_cell(image, origin_xy, mask, mpp, spec)
    return batch


def frame_around(mask: Mask, mpp: float, spec: ClassificationSpec) -> Region:
    """The square that becomes the crop, in pixels of `mpp`: its middle is nearest to the mask's centre of mass."""
    side_px = max(1, round(spec.crop_px * spec.mpp / mpp))
    x, y = mask.centroid
    return Region(round(x - side_px / 2), round(y - side_px / 2), side_px, side_px)


def pixels_of(image: RgbArray, origin_xy: tuple[int, int], frame: Region) -> RgbArray:
    """The frame's pixels, a new array; black where the image does not reach."""
    x, y = origin_xy
    shared = Region(x, y, image.shape[1], image.shape[0]).intersection(frame)
    pixels = np.zeros((frame.height, frame.width, 3), dtype=np.uint8)
    pixels[shared.y - frame.y : shared.bottom - frame.y, shared.x - frame.x : shared.right - frame.x] = image[
        shared.y - y : shared.bottom - y, shared.x - x : shared.right - x
    ]
    return pixels


def resize_to(pixels: NDArray[np.float32], side_px: int) -> NDArray[np.float32]:
    """A square array at another size: means over areas when it shrinks, linear when it grows."""
    import cv2

    way = cv2.INTER_AREA if pixels.shape[0] > side_px else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(pixels, (side_px, side_px), interpolation=way), dtype=np.float32)
