"""Shapes and textures that cells are drawn with, in micrometres.

A shape is a *depth map*: micrometres inside the border, negative outside, so that unions are maxima and the same
map gives the mask (depth > 0), a soft edge and a rim.
"""

from dataclasses import dataclass

import numpy as np

from training.synthetic.filters import Floats as Field
from training.synthetic.filters import blurred, enlarged, polar

_OUTLINE_STEPS = 1440


@dataclass(frozen=True, slots=True)
class Sheet:
    """A square to draw one cell on; its middle is (0, 0).

    Attributes:
        um_per_px: scale of the sheet (finer than the smear's).
        x, y: float32 maps of the coordinates in um.
    """

    um_per_px: float
    x: Field
    y: Field

    @classmethod
    def of(cls, half_um: float, um_per_px: float) -> "Sheet":
        half_px = int(np.ceil(half_um / um_per_px))
        axis = ((np.arange(2 * half_px) + 0.5 - half_px) * um_per_px).astype(np.float32)
        return cls(um_per_px, *np.meshgrid(axis, axis))

    @property
    def shape(self) -> tuple[int, int]:
        return self.x.shape[0], self.x.shape[1]

    def soft(self, depth: Field, edge_um: float = 0.0) -> Field:
        """Coverage 0 to 1 of a shape, its edge `edge_um` wide (at least one pixel)."""
        return np.clip(depth / max(edge_um, self.um_per_px) + 0.5, 0, 1)

    def noise(self, rng: np.random.Generator, grain_um: float) -> Field:
        """Smooth noise with grains of about `grain_um`, mean 0, standard deviation 1."""
        sigma = max(grain_um / self.um_per_px / 2, 0.3)
        shrink = int(max(1, sigma // 2))
        small = tuple(-(-side // shrink) for side in self.shape)
        field = rng.standard_normal(small, dtype=np.float32)
        field = blurred(field, sigma / shrink)
        if shrink > 1:
            field = enlarged(field, *self.shape)
        return (field - field.mean()) / max(float(field.std()), 1e-6)


def blob(
    sheet: Sheet,
    rng: np.random.Generator,
    radius_um: float,
    roughness: float = 0.04,
    at: tuple[float, float] = (0.0, 0.0),
    stretch: float = 1.0,
    turn: float = 0.0,
    waves: int = 7,
) -> Field:
    """A rounded shape: an ellipse of the same area as a circle of `radius_um`, its outline waved by `roughness`."""
    dx, dy = sheet.x - np.float32(at[0]), sheet.y - np.float32(at[1])
    along, across = dx * np.cos(turn) + dy * np.sin(turn), dy * np.cos(turn) - dx * np.sin(turn)
    along, across = along / np.float32(np.sqrt(stretch)), across * np.float32(np.sqrt(stretch))
    distance, angle = polar(along, across)
    steps = np.linspace(0, 2 * np.pi, _OUTLINE_STEPS, endpoint=False, dtype=np.float32)
    outline = np.ones_like(steps)
    for wave in range(2, waves + 2):
        outline += roughness * rng.normal() / (wave - 1) ** 0.8 * np.cos(wave * steps + rng.uniform(0, 2 * np.pi))
    index = (angle * np.float32(_OUTLINE_STEPS / (2 * np.pi))).astype(np.int32) % _OUTLINE_STEPS
    return np.float32(radius_um) * outline[index] - distance


def capsule(sheet: Sheet, start: tuple[float, float], end: tuple[float, float], radius_um: float) -> Field:
    """A straight rod with round ends."""
    dx, dy = end[0] - start[0], end[1] - start[1]
    length2 = max(dx * dx + dy * dy, 1e-9)
    along = np.clip(((sheet.x - start[0]) * dx + (sheet.y - start[1]) * dy) / length2, 0, 1)
    return np.float32(radius_um) - np.hypot(sheet.x - start[0] - along * dx, sheet.y - start[1] - along * dy)


def melted(depths: list[Field], reach_um: float) -> Field:
    """Union whose inner corners are rounded, as of drops that touch."""
    total = np.exp(depths[0] / reach_um)
    for depth in depths[1:]:
        total = total + np.exp(depth / reach_um)
    return (np.log(total) * reach_um).astype(np.float32)


def grains(
    sheet: Sheet, rng: np.random.Generator, where: Field, spacing_um: float, radius_um: float, spread: float = 0.25
) -> Field:
    """Round granules wherever `where` (a depth map) is above 0: a map of 0 to 1, highest in each granule's middle."""
    side_um = sheet.shape[0] * sheet.um_per_px
    count = int((side_um / spacing_um) ** 2)
    columns, rows = rng.uniform(0, sheet.shape[0], (2, count))
    radii = np.maximum(radius_um / sheet.um_per_px * np.exp(rng.normal(0, spread, count)), 0.5)
    heights = rng.uniform(0.55, 1.0, count)
    inside = where[rows.astype(int), columns.astype(int)] > 0
    spots = np.zeros(sheet.shape, np.float32)
    for grain in np.stack([columns, rows, radii, heights], axis=1)[inside]:
        _lay_grain(spots, *(float(value) for value in grain))
    return spots


def _lay_grain(spots: Field, column: float, row: float, radius: float, height: float) -> None:
    """One granule; all in pixels of the sheet."""
    left, top = max(0, int(column - radius - 1)), max(0, int(row - radius - 1))
    part = spots[top : int(row + radius + 2), left : int(column + radius + 2)]
    down = (np.arange(top, top + part.shape[0]) + 0.5 - row) ** 2
    across = (np.arange(left, left + part.shape[1]) + 0.5 - column) ** 2
    profile = height * (1.35 - (down[:, None] + across[None, :]) * (1.35 / radius**2))
    np.maximum(part, np.minimum(profile, height), out=part, casting="same_kind")
