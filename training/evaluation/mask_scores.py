"""How well masks fit drawn ones, picture by picture: counts of pixels and the distance between the outlines."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from training.errors import TrainingError
from training.evaluation.run import Run

Masks = NDArray[np.bool_]


@dataclass(frozen=True, kw_only=True)
class SegmentationScores(Run):
    """Masks of n tested pictures against the drawn ones.

    Attributes:
        parts: what was compared, such as ("nucleus", "cytoplasm", "cell").
        pixels: int64 (n, parts, 4): true positive, false positive, false negative and true negative pixels.
        boundary_px: float32 (n, parts): mean distance between the outlines, both ways; nan where a mask is empty.
    """

    parts: tuple[str, ...]
    pixels: NDArray[np.int64]
    boundary_px: NDArray[np.float32]

    def __post_init__(self) -> None:
        super().__post_init__()
        if (
            self.pixels.shape != (len(self.names), len(self.parts), 4)
            or self.boundary_px.shape != self.pixels.shape[:2]
        ):
            raise TrainingError(f"{len(self.parts)} parts do not fit counts of pixels {self.pixels.shape}.")

    @classmethod
    def arrays(cls) -> tuple[str, ...]:
        return ("pixels", "boundary_px")

    @property
    def dice(self) -> NDArray[np.float64]:
        """(n, parts); nan where a part is neither drawn nor found."""
        tp, fp, fn, _ = np.moveaxis(self.pixels, 2, 0)
        return _ratio(2 * tp, 2 * tp + fp + fn)

    def measure(self, rows: NDArray[np.intp]) -> dict[str, float]:
        """Means over pictures for each part: nucleus_dice, nucleus_iou, nucleus_boundary_px, and so on.

        Accuracy, precision and recall are of pixels: the first counts the background too, which flatters small cells.
        """
        tp, fp, fn, tn = np.moveaxis(self.pixels[rows], 2, 0)
        of_pixels: dict[str, NDArray[np.floating]] = {
            "dice": _ratio(2 * tp, 2 * tp + fp + fn),
            "iou": _ratio(tp, tp + fp + fn),
            "boundary_px": self.boundary_px[rows],
            "pixel_accuracy": _ratio(tp + tn, tp + fp + fn + tn),
            "pixel_precision": _ratio(tp, tp + fp),
            "pixel_recall": _ratio(tp, tp + fn),
        }
        return {
            f"{part}_{name}": float(_mean(values[:, column]))
            for column, part in enumerate(self.parts)
            for name, values in of_pixels.items()
        }


def compare_masks(drawn: Sequence[Masks], found: Sequence[Masks]) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """(parts, 4) counts of pixels and (parts,) boundary distances in px of one picture.

    Args:
        drawn, found: a bool (H, W) mask for each part.

    Raises:
        TrainingError: masks of different sizes.
    """
    pairs = list(zip(drawn, found, strict=True))
    for a, b in pairs:
        if a.shape != b.shape:
            raise TrainingError(f"A found mask is {b.shape}, the drawn one {a.shape}.")
    pixels = [[np.count_nonzero(m) for m in (a & b, ~a & b, a & ~b, ~a & ~b)] for a, b in pairs]
    return np.array(pixels, np.int64), np.array([_boundary_px(a, b) for a, b in pairs], np.float32)


def _boundary_px(drawn: Masks, found: Masks) -> float:
    """Mean distance of each outline to the other (MONAI's symmetric average surface distance)."""
    if not drawn.any() or not found.any():
        return float("nan")
    import torch
    from monai.metrics.surface_distance import compute_average_surface_distance

    a, b = (torch.from_numpy(mask.copy())[None, None] for mask in (drawn, found))
    return float(compute_average_surface_distance(b, a, include_background=True, symmetric=True))


def _ratio(part: NDArray[np.int64], whole: NDArray[np.int64]) -> NDArray[np.float64]:
    return np.divide(part, whole, out=np.full(part.shape, np.nan), where=whole > 0)


def _mean(values: NDArray[np.floating]) -> float:
    known = values[~np.isnan(values)]
    return float(known.mean()) if len(known) else float("nan")
