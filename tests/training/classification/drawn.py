"""Drawn cells with a truth that can be learnt: blasts are large and round, the types differ in lobes and colour."""

import numpy as np

from allviewer.domain.mask import Mask
from training.classification.cells import FoundCell
from training.classification.classes import LYMPHOID, UNKNOWN

UM_PER_PX = 0.3


def draw(rng: np.random.Generator, diameter_um: float, lobes: int, colour: tuple[int, int, int]) -> tuple:
    """A field of 80 px with one cell: (image, whole-cell mask)."""
    side, radius = 80, diameter_um / UM_PER_PX / 2
    ys, xs = np.mgrid[:side, :side] + 0.5
    cell = (xs - side / 2) ** 2 + (ys - side / 2) ** 2 <= radius**2
    image = np.full((side, side, 3), (235, 215, 220), np.int64)
    image[cell] = colour
    turn = rng.uniform(0, np.pi)
    for lobe in range(lobes):
        angle = turn + 2 * np.pi * lobe / lobes
        reach = 0.0 if lobes == 1 else 0.5 * radius
        size = 0.8 * radius if lobes == 1 else 0.35 * radius
        centre = side / 2 + reach * np.cos(angle), side / 2 + reach * np.sin(angle)
        image[(xs - centre[0]) ** 2 + (ys - centre[1]) ** 2 <= size**2] = (80, 40, 110)
    image = image + rng.normal(0, 4, image.shape)
    return np.clip(image, 0, 255).astype(np.uint8), Mask(cell)


def synthetic_cells(count: int, seed: int = 0) -> list[FoundCell]:
    """Blasts (large), normal lymphoid cells (small), and the other types, in many groups."""
    rng = np.random.default_rng(seed)
    looks = {1: (2, (225, 190, 205)), 2: (2, (170, 160, 190)), 3: (2, (230, 120, 90)), 4: (3, (120, 60, 130))}
    cells = []
    for number in range(count):
        kind = number % 6
        if kind < 2:
            blast = kind
            image, mask = draw(rng, 12.5 if blast else 8.0, 1, (150, 130, 190))
            found = (LYMPHOID, blast, "marrow", True)
        else:
            type_index = kind - 1
            image, mask = draw(rng, 13.0, *looks[type_index])
            found = (type_index, UNKNOWN, "blood", False)
        type_index, blast, source, cut_out = found
        group = f"{source}/{blast}-{number // 6 % 5}"
        cells.append(FoundCell(image, mask, UM_PER_PX, type_index, blast, source, group, f"{number}", cut_out))
    return cells
