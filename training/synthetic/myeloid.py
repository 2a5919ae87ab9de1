"""Neutrophils, eosinophils, basophils and monocytes."""

from itertools import pairwise

import numpy as np

from training.synthetic.drawing import (
    BASOPHILIA,
    CHROMATIN,
    EOSIN_GRANULE,
    HAEMOGLOBIN,
    Drawing,
    Palette,
    chromatin_texture,
)
from training.synthetic.filters import Floats as Field
from training.synthetic.shapes import Sheet, blob, capsule, grains, melted

Point = tuple[float, float]


def draw_neutrophil(sheet: Sheet, rng: np.random.Generator, radius_um: float) -> Drawing:
    """Two to five joined lobes (or a band) in pale pink cytoplasm full of fine granules."""
    cell = blob(sheet, rng, radius_um, 0.035, stretch=rng.uniform(1.0, 1.2), turn=rng.uniform(0, np.pi))
    if rng.random() < 0.14:
        nucleus = _band(sheet, rng, radius_um)
    else:
        nucleus = _lobes(sheet, rng, radius_um, int(rng.choice((2, 3, 4, 5), p=(0.2, 0.42, 0.28, 0.1))), 0.3)
    nucleus = np.minimum(nucleus, cell - np.float32(0.35))
    palette = Palette(sheet)
    uneven = 1 + 0.12 * sheet.noise(rng, 0.9)
    palette.add(EOSIN_GRANULE, (rng.uniform(0.12, 0.26) * uneven).astype(np.float32))
    palette.add(BASOPHILIA, (rng.uniform(0.1, 0.22) * uneven).astype(np.float32))
    dust = grains(sheet, rng, cell - 0.15, rng.uniform(0.36, 0.6), 0.16)
    palette.add(CHROMATIN, dust * rng.uniform(0.05, 0.2))
    palette.add(EOSIN_GRANULE, dust * 0.2)
    _lay_dense_nucleus(sheet, rng, palette, nucleus, rng.uniform(1.05, 1.25))
    return Drawing(palette.clear_outside(sheet.soft(cell, 0.2)), cell, nucleus)


def draw_eosinophil(sheet: Sheet, rng: np.random.Generator, radius_um: float) -> Drawing:
    """Mostly two lobes among large round orange granules that fill the cell."""
    cell = blob(sheet, rng, radius_um, 0.03, stretch=rng.uniform(1.0, 1.15), turn=rng.uniform(0, np.pi))
    nucleus = _lobes(sheet, rng, radius_um, 2 if rng.random() < 0.75 else 3, 0.45)
    nucleus = np.minimum(nucleus, cell - np.float32(0.3))
    palette = Palette(sheet)
    palette.add(BASOPHILIA, np.full(sheet.shape, rng.uniform(0.1, 0.3), np.float32))
    palette.add(EOSIN_GRANULE, np.full(sheet.shape, rng.uniform(0.3, 0.5), np.float32))
    beads = grains(sheet, rng, cell - 0.2, 0.46, 0.42, 0.15)
    palette.add(EOSIN_GRANULE, beads * rng.uniform(0.6, 1.0))
    palette.add(HAEMOGLOBIN, beads * 0.15)
    _lay_dense_nucleus(sheet, rng, palette, nucleus, rng.uniform(0.9, 1.08))
    return Drawing(palette.clear_outside(sheet.soft(cell, 0.2)), cell, nucleus)


def draw_basophil(sheet: Sheet, rng: np.random.Generator, radius_um: float) -> Drawing:
    """Coarse, almost black granules that lie over a pale, hardly lobed nucleus."""
    cell = blob(sheet, rng, radius_um, 0.035, stretch=rng.uniform(1.0, 1.12), turn=rng.uniform(0, np.pi))
    nucleus = np.minimum(_lobes(sheet, rng, radius_um * 1.08, int(rng.integers(2, 4)), 0.9), cell - np.float32(0.3))
    palette = Palette(sheet)
    palette.add(BASOPHILIA, np.full(sheet.shape, rng.uniform(0.1, 0.25), np.float32))
    palette.add(CHROMATIN, np.full(sheet.shape, 0.16, np.float32))
    coverage = sheet.soft(nucleus, 0.3)
    palette.add(CHROMATIN, 0.55 * chromatin_texture(sheet, rng, nucleus, 0.5, 0.1, 0.15) * coverage)
    beads = grains(sheet, rng, cell + 0.05, rng.uniform(0.55, 0.75), rng.uniform(0.36, 0.48), 0.3)
    palette.add(CHROMATIN, beads * (1.0 - 0.45 * coverage))
    palette.add(BASOPHILIA, beads * 0.15)
    return Drawing(palette.clear_outside(sheet.soft(cell, 0.2)), cell, nucleus)


def draw_monocyte(sheet: Sheet, rng: np.random.Generator, radius_um: float) -> Drawing:
    """Kidney-shaped lacy nucleus in much grey-blue cytoplasm with dust and vacuoles; the outline is uneven."""
    cell = blob(sheet, rng, radius_um, 0.06, stretch=rng.uniform(1.0, 1.25), turn=rng.uniform(0, np.pi))
    nucleus = np.minimum(_kidney(sheet, rng, radius_um), cell - np.float32(0.4))
    palette = Palette(sheet)
    ground = 1 + 0.13 * sheet.noise(rng, 0.3) + 0.1 * sheet.noise(rng, 1.5)
    palette.add(BASOPHILIA, (rng.uniform(0.42, 0.68) * ground).astype(np.float32))
    palette.add(HAEMOGLOBIN, (rng.uniform(0.1, 0.28) * ground).astype(np.float32))
    dust = grains(sheet, rng, cell - 0.2, 0.6, 0.15)
    palette.add(CHROMATIN, dust * 0.15)
    for _ in range(int(rng.choice((0, 2, 4, 7)))):
        angle, away = rng.uniform(0, 2 * np.pi), radius_um * rng.uniform(0.3, 0.9)
        hole = blob(sheet, rng, rng.uniform(0.2, 0.6), 0.04, (away * np.cos(angle), away * np.sin(angle)))
        palette.cover(sheet.soft(np.minimum(hole, cell - 0.3), 0.2), left=0.12)
    coverage = sheet.soft(nucleus, 0.18)
    palette.cover(coverage, left=0.12)
    lace = chromatin_texture(sheet, rng, nucleus, rng.uniform(0.45, 0.65), 0.14, 0.2)
    palette.add(CHROMATIN, rng.uniform(0.74, 0.9) * lace * coverage)
    return Drawing(palette.clear_outside(sheet.soft(cell, 0.3)), cell, nucleus)


def _lay_dense_nucleus(sheet: Sheet, rng: np.random.Generator, palette: Palette, nucleus: Field, amount: float) -> None:
    coverage = sheet.soft(nucleus, 0.14)
    palette.cover(coverage, left=0.12)
    palette.add(CHROMATIN, amount * chromatin_texture(sheet, rng, nucleus, 0.6, 0.13, 0.24) * coverage)


def _lobes(sheet: Sheet, rng: np.random.Generator, radius_um: float, count: int, bridge_um: float) -> Field:
    """Lobes on a bent line, each joined to the next by a bridge."""
    centres = _bent_line(rng, count, radius_um)
    size = radius_um * {2: 0.40, 3: 0.335, 4: 0.295, 5: 0.265}[count]
    shapes: list[Field] = []
    for x, y in centres:
        turn, stretch = rng.uniform(0, np.pi), rng.uniform(1.05, 1.6)
        shapes.append(blob(sheet, rng, size * rng.uniform(0.86, 1.14), 0.07, (x, y), stretch, turn))
    bridges = [capsule(sheet, a, b, bridge_um * rng.uniform(0.6, 1.5)) for a, b in pairwise(centres)]
    return melted([*shapes, *bridges], 0.16)


def _bent_line(rng: np.random.Generator, count: int, radius_um: float) -> list[Point]:
    start, sense = rng.uniform(0, 2 * np.pi), rng.choice((-1, 1))
    step = {2: rng.uniform(1.9, 3.1), 3: rng.uniform(1.5, 2.0), 4: rng.uniform(1.2, 1.5), 5: rng.uniform(1.05, 1.22)}
    offset = radius_um * rng.uniform(0, 0.14)
    shift = rng.uniform(0, 2 * np.pi)
    points = []
    for index in range(count):
        angle = start + sense * step[count] * index + rng.normal(0, 0.12)
        away = radius_um * rng.uniform(0.42, 0.58)
        points.append((away * np.cos(angle) + offset * np.cos(shift), away * np.sin(angle) + offset * np.sin(shift)))
    return points


def _band(sheet: Sheet, rng: np.random.Generator, radius_um: float) -> Field:
    """A bent sausage, slightly pinched."""
    start, sweep = rng.uniform(0, 2 * np.pi), rng.uniform(2.6, 4.2)
    bend = radius_um * rng.uniform(0.46, 0.55)
    angles = start + np.linspace(0, sweep, 9)
    points = [(bend * float(np.cos(a)), bend * float(np.sin(a))) for a in angles]
    thick = radius_um * rng.uniform(0.19, 0.25)
    rods = [capsule(sheet, a, b, thick * rng.uniform(0.82, 1.12)) for a, b in pairwise(points)]
    return melted(rods, 0.3) - np.float32(0.2)


def _kidney(sheet: Sheet, rng: np.random.Generator, radius_um: float) -> Field:
    """An oval with a bay in one side, lying off the middle."""
    turn = rng.uniform(0, 2 * np.pi)
    away = radius_um * rng.uniform(0.08, 0.2)
    at = (away * np.cos(turn), away * np.sin(turn))
    oval = blob(sheet, rng, radius_um * rng.uniform(0.62, 0.7), 0.05, at, rng.uniform(1.15, 1.5), turn + np.pi / 2)
    bay_away = away - radius_um * rng.uniform(0.56, 0.8)
    bay = blob(
        sheet,
        rng,
        radius_um * rng.uniform(0.26, 0.4),
        0.06,
        (bay_away * np.cos(turn), bay_away * np.sin(turn)),
        rng.uniform(1.0, 1.4),
        turn,
    )
    return np.minimum(oval, -bay).astype(np.float32)
