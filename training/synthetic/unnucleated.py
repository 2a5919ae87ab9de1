"""Red cells, platelets and what is no cell at all."""

import numpy as np

from training.synthetic.drawing import BASOPHILIA, CHROMATIN, EOSIN_GRANULE, HAEMOGLOBIN, Drawing, Palette
from training.synthetic.shapes import Sheet, blob, grains


def draw_red_cell(sheet: Sheet, rng: np.random.Generator, radius_um: float) -> Drawing:
    """A disc with a paler middle; sometimes oval, flat-sided, crenated or without pallor."""
    kind = rng.random()
    stretch = rng.uniform(1.25, 1.8) if kind < 0.06 else rng.uniform(1.0, 1.16)
    turn = rng.uniform(0, np.pi)
    roughness = 0.05 if kind > 0.9 else 0.018
    cell = blob(sheet, rng, radius_um, roughness, stretch=stretch, turn=turn, waves=4 if kind < 0.97 else 12)
    pallor = rng.uniform(0.0, 0.12) if rng.random() < 0.15 else rng.uniform(0.35, 0.9)
    wide = radius_um * rng.uniform(0.36, 0.56)
    off = radius_um * rng.uniform(0, 0.12)
    hollow = blob(sheet, rng, wide, 0.05, (off * np.cos(turn), off * np.sin(turn)), stretch, turn)
    dip = 1 / (1 + np.exp(-hollow / (0.1 * radius_um * rng.uniform(0.6, 1.6))))
    rim = np.exp(-((np.maximum(cell, 0) / 0.28) ** 2))
    dome = np.clip(cell / 0.7, 0, 1) ** 0.5
    amount = (0.7 + 0.3 * dome + 0.12 * rim) * (1 - pallor * dip) * (1 + 0.02 * sheet.noise(rng, 0.8))
    palette = Palette(sheet)
    palette.add(HAEMOGLOBIN, amount.astype(np.float32))
    return Drawing(palette.clear_outside(sheet.soft(cell, 0.15)), cell)


def draw_platelet(sheet: Sheet, rng: np.random.Generator, radius_um: float) -> Drawing:
    """A small fragment: purple granules in a pale blue, uneven rim."""
    cell = blob(sheet, rng, radius_um, 0.12, stretch=rng.uniform(1.0, 1.6), turn=rng.uniform(0, np.pi))
    cell = (cell + 0.08 * sheet.noise(rng, 0.5)).astype(np.float32)
    palette = Palette(sheet)
    palette.add(BASOPHILIA, np.full(sheet.shape, rng.uniform(0.15, 0.4), np.float32))
    core = grains(sheet, rng, cell - 0.22 * radius_um, 0.26, 0.22)
    palette.add(CHROMATIN, 0.12 + core * rng.uniform(0.45, 0.85))
    palette.add(EOSIN_GRANULE, 0.08 + core * 0.35)
    return Drawing(palette.clear_outside(sheet.soft(cell, 0.35)), cell)


def draw_artefact(sheet: Sheet, rng: np.random.Generator, radius_um: float) -> Drawing:
    """Stain precipitate: dark grains that stick together, or one opaque speck."""
    if rng.random() < 0.5:
        cell = blob(sheet, rng, radius_um * rng.uniform(0.15, 0.45), 0.12, stretch=rng.uniform(1.0, 1.8))
        amount = np.full(sheet.shape, rng.uniform(1.0, 2.0), np.float32)
    else:
        area = blob(sheet, rng, radius_um, 0.25, stretch=rng.uniform(1.0, 2.0), turn=rng.uniform(0, np.pi))
        amount = grains(sheet, rng, area, 0.5, 0.24, 0.4) * rng.uniform(0.8, 1.5)
        cell = (amount - 0.2).astype(np.float32)
    palette = Palette(sheet)
    palette.add(CHROMATIN, amount)
    palette.add(BASOPHILIA, amount * rng.uniform(0.0, 0.6))
    return Drawing(palette.clear_outside(sheet.soft(cell, 0.2)), cell)
