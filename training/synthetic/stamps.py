"""Finished cells at the smear's scale, drawn once and used many times."""

import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from training.synthetic.drawing import Drawing
from training.synthetic.filters import reduced
from training.synthetic.lymphoid import draw_blast, draw_lymphocyte, draw_smudge
from training.synthetic.myeloid import draw_basophil, draw_eosinophil, draw_monocyte, draw_neutrophil
from training.synthetic.shapes import Sheet
from training.synthetic.spec import CLASSES
from training.synthetic.unnucleated import draw_artefact, draw_platelet, draw_red_cell

DYE_UNIT = 100
"""Stored dye values are uint8 in steps of 1 / DYE_UNIT."""

_FINEST_UM = 0.06
_CACHE_BYTES = 400_000_000

Draw = Callable[[Sheet, np.random.Generator, float], Drawing]

_PAINTERS: dict[str, tuple[Draw, float, float, float]] = {
    # class: painter, least and greatest radius in um, how far it may reach as a multiple of the radius
    "blast": (draw_blast, 5.0, 7.9, 1.5),
    "lymphocyte": (draw_lymphocyte, 4.0, 5.3, 1.25),
    "neutrophil": (draw_neutrophil, 6.0, 7.4, 1.3),
    "monocyte": (draw_monocyte, 7.0, 8.9, 1.4),
    "eosinophil": (draw_eosinophil, 6.1, 7.8, 1.25),
    "basophil": (draw_basophil, 5.2, 6.8, 1.25),
    "smudge": (draw_smudge, 6.0, 9.0, 1.8),
    "platelet": (draw_platelet, 0.8, 1.7, 1.7),
    "artefact": (draw_artefact, 1.0, 3.2, 2.2),
    "red_cell": (draw_red_cell, 3.2, 3.95, 1.5),
}
_RADII = np.array([_PAINTERS[name][1:3] for name in CLASSES])
MAX_REACH_UM = max(high * reach for _, _, high, reach in _PAINTERS.values())


@dataclass(frozen=True, slots=True)
class Stamp:
    """A cell ready to be laid into a smear; its centre is the middle of the arrays.

    Attributes:
        dyes: uint8 (height, width, 4), in steps of 1 / DYE_UNIT.
        coverage: uint8 (height, width), 255 where the cell hides what is below.
        cell, nucleus: bool (height, width); the nucleus lies inside the cell and may be empty.
    """

    dyes: NDArray[np.uint8]
    coverage: NDArray[np.uint8]
    cell: NDArray[np.bool_]
    nucleus: NDArray[np.bool_]

    @property
    def nbytes(self) -> int:
        return self.dyes.nbytes + self.coverage.nbytes + self.cell.nbytes + self.nucleus.nbytes

    def turned(self, orientation: int) -> "Stamp":
        """One of eight orientations (four quarter turns, mirrored or not), as views."""

        def turn(array: NDArray) -> NDArray:
            array = np.rot90(array, orientation % 4)
            return array[:, ::-1] if orientation >= 4 else array

        return Stamp(turn(self.dyes), turn(self.coverage), turn(self.cell), turn(self.nucleus))


def radii_um(seed: int, kinds: NDArray[np.integer], variants: NDArray[np.integer]) -> NDArray[np.float64]:
    """Radii of variants of classes (by number), known without drawing them; the middle sizes are the commonest."""
    low, high = _RADII[kinds].T
    mixed = variants.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15) + kinds.astype(np.uint64) * np.uint64(
        0xC2B2AE3D27D4EB4F
    )
    mixed += np.uint64(seed * 0xD6E8FEB86659FD93 & 0xFFFFFFFFFFFFFFFF)
    for shift in (32, 29):
        mixed = (mixed ^ (mixed >> np.uint64(shift))) * np.uint64(0xBF58476D1CE4E5B9)
    first, second = (mixed >> np.uint64(48)) / 0xFFFF, (mixed >> np.uint64(32) & np.uint64(0xFFFF)) / 0xFFFF
    return low + (high - low) * (first + second) / 2


def mean_radii_um() -> NDArray[np.float64]:
    """Mean radius of each class, by number."""
    return _RADII.mean(axis=1)


class StampAtlas:
    """Draws stamps when first asked for and keeps the last ones used. Safe between threads."""

    def __init__(self, seed: int, mpp: float, cache_bytes: int = _CACHE_BYTES) -> None:
        self.seed = seed
        self.mpp = mpp
        self._budget = cache_bytes
        self._used = 0
        self._stamps: OrderedDict[tuple[int, int], Stamp] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, kind: int, variant: int) -> Stamp:
        key = (kind, variant)
        with self._lock:
            found = self._stamps.get(key)
            if found is not None:
                self._stamps.move_to_end(key)
                return found
        made = draw_stamp(self.seed, kind, variant, self.mpp)
        with self._lock:
            if key not in self._stamps:
                self._stamps[key] = made
                self._used += made.nbytes
            while self._used > self._budget and len(self._stamps) > 1:
                self._used -= self._stamps.popitem(last=False)[1].nbytes
        return made


def draw_stamp(seed: int, kind: int, variant: int, mpp: float) -> Stamp:
    """Draw one variant on a finer sheet and reduce it to the smear's scale."""
    draw, _, _, reach = _PAINTERS[CLASSES[kind]]
    radius = float(radii_um(seed, np.array([kind]), np.array([variant]))[0])
    finer = max(1, int(np.ceil(mpp / _FINEST_UM)))
    half_px = int(np.ceil(radius * reach / mpp)) + 2
    sheet = Sheet.of(half_px * mpp - 1e-9, mpp / finer)
    drawing = draw(sheet, np.random.default_rng((seed, kind, variant)), radius)
    return _reduced(drawing, sheet, finer)


def _reduced(drawing: Drawing, sheet: Sheet, finer: int) -> Stamp:
    side = sheet.shape[0] // finer
    coverage = reduced(sheet.soft(drawing.cell), side)
    cell = coverage >= 0.5
    nucleus = np.zeros_like(cell)
    if drawing.nucleus is not None:
        nucleus = (reduced(sheet.soft(drawing.nucleus), side) >= 0.5) & cell
    dyes = np.clip(np.rint(reduced(drawing.dyes, side) * DYE_UNIT), 0, 255).astype(np.uint8)
    return Stamp(dyes, np.rint(coverage * 255).astype(np.uint8), cell, nucleus)
