"""Lymphocytes, lymphoblasts and smudge cells."""

import numpy as np

from training.synthetic.drawing import BASOPHILIA, CHROMATIN, EOSIN_GRANULE, Drawing, Palette, chromatin_texture
from training.synthetic.filters import Floats as Field
from training.synthetic.shapes import Sheet, blob


def draw_lymphocyte(sheet: Sheet, rng: np.random.Generator, radius_um: float) -> Drawing:
    """Round dense nucleus in clumps, thin pale blue cytoplasm, often only on one side."""
    cell = blob(sheet, rng, radius_um, 0.022, stretch=rng.uniform(1.0, 1.12), turn=rng.uniform(0, np.pi))
    share = rng.uniform(0.78, 0.93) if radius_um < 4.9 else rng.uniform(0.68, 0.86)
    nucleus = _eccentric_nucleus(sheet, rng, cell, radius_um, share, 0.02)
    palette = Palette(sheet)
    _basophilic_cytoplasm(sheet, rng, palette, cell, rng.uniform(0.45, 0.75), grain=0.08)
    amount = rng.uniform(0.95, 1.12)
    _lay_nucleus(sheet, palette, nucleus, amount * chromatin_texture(sheet, rng, nucleus, 0.55, 0.12, 0.22))
    return Drawing(palette.clear_outside(sheet.soft(cell)), cell, nucleus)


def draw_blast(sheet: Sheet, rng: np.random.Generator, radius_um: float) -> Drawing:
    """Large nucleus with fine chromatin and nucleoli, scant deep blue cytoplasm; sometimes cleft or hand-mirror."""
    cell = blob(sheet, rng, radius_um, 0.04, stretch=rng.uniform(1.0, 1.22), turn=rng.uniform(0, np.pi))
    if rng.random() < 0.1:
        cell = _with_tail(sheet, rng, cell, radius_um)
    nucleus = _eccentric_nucleus(sheet, rng, cell, radius_um, rng.uniform(0.87, 0.95), 0.045)
    if rng.random() < 0.35:
        nucleus = _cleft(sheet, rng, nucleus, radius_um)
    palette = Palette(sheet)
    _basophilic_cytoplasm(sheet, rng, palette, cell, rng.uniform(0.7, 1.2), grain=0.12)
    grain_um, contrast = rng.uniform(0.3, 0.6), rng.uniform(0.07, 0.12)
    texture = chromatin_texture(sheet, rng, nucleus, grain_um, contrast, rng.uniform(0.0, 0.12), 0.8)
    texture, blue = _with_nucleoli(sheet, rng, nucleus, texture, radius_um)
    _lay_nucleus(sheet, palette, nucleus, rng.uniform(0.62, 0.86) * texture)
    palette.add(BASOPHILIA, blue)
    if rng.random() < 0.15:
        _vacuoles(sheet, rng, palette, np.minimum(cell - 0.3, -nucleus + 0.5), radius_um, int(rng.integers(1, 5)))
    return Drawing(palette.clear_outside(sheet.soft(cell)), cell, nucleus)


def draw_smudge(sheet: Sheet, rng: np.random.Generator, radius_um: float) -> Drawing:
    """A burst nucleus: a pale smear of chromatin with ragged, drawn-out edges and no cytoplasm."""
    body = blob(sheet, rng, radius_um * 0.86, 0.13, stretch=rng.uniform(1.1, 1.7), turn=rng.uniform(0, np.pi), waves=11)
    ragged = (body + 0.45 * sheet.noise(rng, 1.1) + 0.2 * sheet.noise(rng, 0.4)).astype(np.float32)
    strands = sheet.noise(rng, 0.5) * 0.1 + sheet.noise(rng, 1.6) * 0.12
    fade = np.clip(ragged / 1.6, 0.25, 1)
    palette = Palette(sheet)
    palette.add(CHROMATIN, (rng.uniform(0.36, 0.55) * np.clip(1 + strands, 0.3, 1.7) * fade).astype(np.float32))
    palette.add(EOSIN_GRANULE, np.full(sheet.shape, 0.12, np.float32))
    return Drawing(palette.clear_outside(sheet.soft(ragged, 0.35)), ragged, ragged)


def _eccentric_nucleus(
    sheet: Sheet, rng: np.random.Generator, cell: Field, radius_um: float, share: float, roughness: float
) -> Field:
    """A nucleus of about `share` of the cell's radius, off the middle, kept inside the cell's membrane."""
    room = radius_um * (1 - share)
    angle = rng.uniform(0, 2 * np.pi)
    shift = room * rng.uniform(0.1, 0.9)
    own = blob(sheet, rng, radius_um * share, roughness, (shift * np.cos(angle), shift * np.sin(angle)))
    follows_cell = cell - np.float32(room * 0.8)
    mixed = 0.55 * own + 0.45 * follows_cell
    return np.minimum(mixed, cell - np.float32(0.12)).astype(np.float32)


def _basophilic_cytoplasm(
    sheet: Sheet, rng: np.random.Generator, palette: Palette, cell: Field, amount: float, grain: float
) -> None:
    """Blue, denser towards the membrane."""
    rim = np.exp(-((np.maximum(cell, 0) / 0.45) ** 2))
    uneven = 1 + grain * sheet.noise(rng, 0.35) + grain * sheet.noise(rng, 1.2)
    palette.add(BASOPHILIA, (amount * uneven * (0.72 + 0.42 * rim)).astype(np.float32))
    palette.add(CHROMATIN, np.full(sheet.shape, 0.03, np.float32))


def _lay_nucleus(sheet: Sheet, palette: Palette, nucleus: Field, amount: Field) -> None:
    coverage = sheet.soft(nucleus, 0.14)
    palette.cover(coverage, left=0.12)
    palette.add(CHROMATIN, amount * coverage)


def _with_nucleoli(
    sheet: Sheet, rng: np.random.Generator, nucleus: Field, texture: Field, radius_um: float
) -> tuple[Field, Field]:
    """Paler bluish discs with a dark ring of chromatin; returns the texture and the blue they hold."""
    blue = np.zeros(sheet.shape, np.float32)
    for _ in range(int(rng.choice((0, 1, 2, 3), p=(0.12, 0.38, 0.32, 0.18)))):
        size = rng.uniform(0.11, 0.19) * radius_um
        angle, away = rng.uniform(0, 2 * np.pi), radius_um * rng.uniform(0.05, 0.55)
        depth = blob(sheet, rng, size, 0.06, (away * np.cos(angle), away * np.sin(angle)), rng.uniform(1, 1.3))
        inside = sheet.soft(np.minimum(depth, nucleus - 0.4), 0.35)
        ring = np.exp(-((depth / 0.22) ** 2)) * sheet.soft(nucleus - 0.4, 0.3)
        texture = texture * (1 - rng.uniform(0.3, 0.5) * inside) + 0.14 * ring
        blue += np.float32(rng.uniform(0.15, 0.35)) * inside
    return texture.astype(np.float32), blue


def _cleft(sheet: Sheet, rng: np.random.Generator, nucleus: Field, radius_um: float) -> Field:
    """A notch from the border inwards."""
    angle, depth = rng.uniform(0, 2 * np.pi), rng.uniform(0.25, 0.6) * radius_um
    along = sheet.x * np.cos(angle) + sheet.y * np.sin(angle)
    across = sheet.y * np.cos(angle) - sheet.x * np.sin(angle) + 0.25 * np.sin(along * 1.3)
    tip = radius_um - depth
    width = np.clip((along - tip) / radius_um, 0, 1) * rng.uniform(0.5, 1.4) + 0.1
    wedge = np.where(along > tip, np.abs(across) - width, np.hypot(along - tip, across) - 0.1)
    return np.minimum(nucleus, wedge).astype(np.float32)


def _with_tail(sheet: Sheet, rng: np.random.Generator, cell: Field, radius_um: float) -> Field:
    """The handle of a hand-mirror cell."""
    angle = rng.uniform(0, 2 * np.pi)
    at = (radius_um * 1.02 * np.cos(angle), radius_um * 1.02 * np.sin(angle))
    tail = blob(sheet, rng, radius_um * rng.uniform(0.22, 0.34), 0.1, at, rng.uniform(1.2, 1.8), angle)
    return np.maximum(cell, tail)


def _vacuoles(
    sheet: Sheet, rng: np.random.Generator, palette: Palette, where: Field, radius_um: float, count: int
) -> None:
    for _ in range(count):
        angle, away = rng.uniform(0, 2 * np.pi), radius_um * rng.uniform(0.55, 0.95)
        depth = blob(sheet, rng, rng.uniform(0.25, 0.6), 0.03, (away * np.cos(angle), away * np.sin(angle)))
        palette.cover(sheet.soft(np.minimum(depth, where), 0.15), left=0.15)
