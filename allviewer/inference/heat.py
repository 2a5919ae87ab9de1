"""What a classification network looked at: the maps that its second output, `heat`, gives for a cell.

Grad-CAM (Selvaraju et al. 2017) of each class at the last convolution, computed inside the network's own graph; a pack
without that output cannot be asked.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from allviewer.domain.mask import Mask
from allviewer.domain.slide import PixelSource, RgbArray
from allviewer.errors import PackError
from allviewer.inference.classifier import classification_spec
from allviewer.inference.crops import cut_cell
from allviewer.inference.onnx_session import HEAT_OUTPUT, OnnxSession
from allviewer.progress import CancelToken


@dataclass(frozen=True, slots=True)
class CellHeat:
    """The crop that the network got of a cell, and for each class what in it spoke for that class.

    Attributes:
        crop: uint8 (side, side, 3), the cell on black.
        maps: float32 (classes, side, side), each 0 (nothing) to 1 (the most); all 0 where nothing spoke for a class.
        probabilities: (class key, probability), in the order of the maps.
    """

    crop: RgbArray
    maps: NDArray[np.float32]
    probabilities: tuple[tuple[str, float], ...]


def gives_heat(session: OnnxSession) -> bool:
    """Whether the pack's network has the second output."""
    return any(port.name == HEAT_OUTPUT for port in session.outputs)


def heat_of_cell(
    session: OnnxSession, source: PixelSource, cell: Mask, um_per_px: float, cancel: CancelToken
) -> CellHeat:
    """Ask the network about one cell (level-0 mask of all of it).

    Raises:
        PackError: for a pack that segments, or has no heat output, or gives one of another shape.
        Cancelled: soon after the cancel.
    """
    spec, card = classification_spec(session.pack), session.pack.card
    if not gives_heat(session):
        raise PackError(
            f"The pack '{card.name}' {card.version} cannot show what it looked at.",
            "It has no heat output: choose, or export, a pack that has one.",
        )
    box = cell.region.intersection(source.info.bounds)
    rgb = source.read(0, box.x, box.y, box.width, box.height)
    crop = cut_cell(rgb, (box.x, box.y), cell, um_per_px, spec)
    rows, heat = session.run_outputs(crop[None], ("probabilities", HEAT_OUTPUT), cancel)
    if heat.ndim != 4 or heat.shape[:2] != (1, len(spec.classes)):
        raise PackError(f"The heat output of the pack '{card.name}' has the shape {heat.shape}, not one map a class.")
    maps = np.stack([_from_none_to_all(plane, spec.crop_px) for plane in heat[0]])
    probabilities = tuple(zip(spec.classes, (float(p) for p in rows[0]), strict=True))
    return CellHeat(crop, maps, probabilities)


def _from_none_to_all(plane: NDArray[np.float32], side_px: int) -> NDArray[np.float32]:
    """A map at the size of the crop, what speaks against the class left out, its highest value 1."""
    speaks_for = np.maximum(np.nan_to_num(plane), 0)
    most = float(speaks_for.max(initial=0.0))
    if most <= 0:
        return np.zeros((side_px, side_px), np.float32)
    fine = cv2.resize(speaks_for / most, (side_px, side_px), interpolation=cv2.INTER_LINEAR)
    return np.clip(fine, 0, 1).astype(np.float32)
