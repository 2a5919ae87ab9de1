"""Shapes and textures that cells are drawn with, in micrometres.

A shape is a *depth map*: micrometres inside the border, negative outside, so that unions are maxima and the same
map gives the mask (depth > 0), a soft edge and a rim.
"""

from dataclasses import dataclass

import numpy as np

from training.synthetic.filters import Floats as Field
from training.synthetic.filters import blurred, enlarged


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
    angle, distance = np.arctan2(across, along), np.hypot(along, across)
    steps = np.linspace(-np.pi, np.pi, 257, dtype=np.float32)
    outline = np.ones_like(steps)
    for wave in range(2, waves + 2):
        outline += roughness * rng.normal() / (wave - 1) ** 0.8 * np.cos(wave * steps + rng.uniform(0, 2 * np.pi))
    return (radius_um * np.interp(angle, steps, outline) - distance).astype(np.float32)


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
    half = sheet.shape[0] * sheet.um_per_px / 2
    count = int((2 * half / spacing_um) ** 2)
    spots = np.zeros(sheet.shape, np.float32)
    column = rng.uniform(-half, half, count)
    row = rng.uniform(-half, half, count)
    size = radius_um * np.exp(rng.normal(0, spread, count))
    weight = rng.uniform(0.55, 1.0, count)
    for x, y, radius, height in zip(column, row, size, weight, strict=True):
        _stamp_grain(sheet, spots, where, (x + half, y + half), radius, height)
    return spots


def _stamp_grain(
    sheet: Sheet, spots: Field, where: Field, at_um: tuple[float, float], radius_um: float, height: float
) -> None:
    scale = sheet.um_per_px
    column, row, reach = at_um[0] / scale, at_um[1] / scale, radius_um / scale
    if where[min(int(row), spots.shape[0] - 1), min(int(column), spots.shape[1] - 1)] <= 0:
        return
    left, top = max(0, int(column - reach - 1)), max(0, int(row - reach - 1))
    part = spots[top : int(row + reach + 2), left : int(column + reach + 2)]
    rows = np.arange(top, top + part.shape[0], dtype=np.float32)[:, None] + 0.5 - row
    columns = np.arange(left, left + part.shape[1], dtype=np.float32)[None, :] + 0.5 - column
    profile = height * np.clip(1.35 - (rows**2 + columns**2) / max(reach, 0.5) ** 2 * 1.35, 0, 1)
    np.maximum(part, profile.astype(np.float32), out=part)
