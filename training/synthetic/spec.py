"""What a synthetic smear is asked to be: size, scale, seed, cells, stain and optics. Frozen values, no rendering."""

import math
from dataclasses import dataclass, field

from allviewer.errors import UserError

Rgb = tuple[float, float, float]

MAX_SIDE_PX = 400_000
WHITE_CLASSES = ("blast", "lymphocyte", "neutrophil", "monocyte", "eosinophil", "basophil", "smudge")
OTHER_CLASSES = ("platelet", "artefact", "red_cell")
CLASSES = WHITE_CLASSES + OTHER_CLASSES
"""Every class the generator draws; keys as in `allviewer.domain.labels`."""


class SpecError(UserError):
    """A smear cannot be made as asked for."""


@dataclass(frozen=True, slots=True)
class Stain:
    """Colours of one Romanowsky stain under one lamp and camera (Beer-Lambert: optical densities add).

    Attributes:
        background: colour of the empty glass, 0 to 255; above 255 where the camera clips.
        haemoglobin, chromatin, basophilia, eosin_granule: optical density in red, green and blue of one unit of each.
        strength: factor on all optical densities.
        film: optical density of the uneven protein film between the cells.
    """

    background: Rgb
    haemoglobin: Rgb
    chromatin: Rgb
    basophilia: Rgb
    eosin_granule: Rgb
    strength: float = 1.0
    film: float = 0.006


@dataclass(frozen=True, slots=True)
class Optics:
    """Lens and camera.

    Attributes:
        blur_um: standard deviation of the blur of lens and focus; 0.12 is sharp, 0.4 clearly out of focus.
        sharpening: strength of the camera's unsharp mask, 0 for none.
        aberration_um: lateral shift between red and blue in the corner of the image.
        vignette: loss of light in the corner, as a part of 1.
        tilt: difference of light between left and right, as a part of 1.
        noise: standard deviation of the sensor noise in grey levels.
        jpeg_quality: 1 to 100; 0 for no JPEG artefacts.
    """

    blur_um: float = 0.13
    sharpening: float = 0.35
    aberration_um: float = 0.05
    vignette: float = 0.04
    tilt: float = 0.02
    noise: float = 1.2
    jpeg_quality: int = 92


@dataclass(frozen=True, slots=True)
class NormalMix:
    """Shares of the white cells that are no blasts; need not sum to 1."""

    neutrophil: float = 0.50
    lymphocyte: float = 0.27
    monocyte: float = 0.10
    eosinophil: float = 0.06
    basophil: float = 0.02
    smudge: float = 0.05


def _default_stain() -> Stain:
    from training.synthetic.stains import PRESETS

    return PRESETS["cellavision"]


@dataclass(frozen=True, slots=True)
class SmearSpec:
    """One smear. The same spec always gives the same pixels and the same truth, whole or tile by tile.

    The smear itself is laid out in micrometres and has no edge; width and height say what part of it is seen.

    Attributes:
        width, height: pixels.
        mpp: micrometres per pixel.
        seed: any integer from 0 on.
        white_cells_per_mm2: expected density, 500 to 1500 in leukaemic blood; no more than about 2400 find room.
        blast_fraction: part of the white cells that are blasts.
        cluster_fraction: part of the white-cell groups that are clusters of 2 to 6 touching cells.
        red_cells_per_mm2: expected density where the film is even; 4000 (sparse) to 13000 (crowded).
        platelets_per_mm2, artefacts_per_mm2: expected densities.
        unevenness: how much the density of cells varies from place to place, 0 to 1.
        variants: different cells drawn of each class; each appears in eight orientations and many strengths.

    Raises:
        SpecError: for a size, scale or share that no smear can have.
    """

    width: int = 1600
    height: int = 1200
    mpp: float = 0.1
    seed: int = 0
    white_cells_per_mm2: float = 1200.0
    blast_fraction: float = 0.4
    cluster_fraction: float = 0.12
    red_cells_per_mm2: float = 8500.0
    platelets_per_mm2: float = 900.0
    artefacts_per_mm2: float = 60.0
    unevenness: float = 0.35
    variants: int = 256
    normal_mix: NormalMix = field(default_factory=NormalMix)
    stain: Stain = field(default_factory=_default_stain)
    optics: Optics = field(default_factory=Optics)

    def __post_init__(self) -> None:
        if not (0 < self.width <= MAX_SIDE_PX and 0 < self.height <= MAX_SIDE_PX):
            raise SpecError(f"A smear of {self.width} x {self.height} px cannot be made.", f"1 to {MAX_SIDE_PX} px.")
        if not (math.isfinite(self.mpp) and 0.02 <= self.mpp <= 2.0):
            raise SpecError(f"A scale of {self.mpp} um per px cannot be drawn.", "Use 0.02 to 2.0.")
        if self.seed < 0 or self.variants < 1:
            raise SpecError("The seed must not be negative, and variants must be at least 1.")
        for name in ("blast_fraction", "cluster_fraction", "unevenness"):
            if not 0 <= getattr(self, name) <= 1:
                raise SpecError(f"{name} is {getattr(self, name)}, but must lie between 0 and 1.")
        for name in ("white_cells_per_mm2", "red_cells_per_mm2", "platelets_per_mm2", "artefacts_per_mm2"):
            if not 0 <= getattr(self, name) <= 1e5:
                raise SpecError(f"{name} is {getattr(self, name)}, but must lie between 0 and 100000.")

    @property
    def class_shares(self) -> tuple[float, ...]:
        """Probability of each of `WHITE_CLASSES`, in that order; sums to 1."""
        normal = [float(getattr(self.normal_mix, key)) for key in WHITE_CLASSES if key != "blast"]
        total = sum(normal)
        if total <= 0:
            return (1.0, *([0.0] * len(normal)))
        return (self.blast_fraction, *[(1 - self.blast_fraction) * share / total for share in normal])
