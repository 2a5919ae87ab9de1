"""Which cells a person would correct next, and what they leave behind: the cell known, its surroundings not."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from allviewer.domain.cell import Cell, Origin
from allviewer.domain.mask import Mask
from allviewer.domain.review_order import chance_of_mistake, review_order
from allviewer.exchange.model_card import ClassificationSpec
from allviewer.inference.crops import cut_cell
from allviewer.inference.embedding import embed
from training.datasets.sample import BACKGROUND, NUCLEUS, UNKNOWN, Sample
from training.segmentation.finder import Finder
from training.segmentation.scoring import IOU_OF_A_HIT

_CROP = ClassificationSpec(mpp=0.3, crop_px=64, classes=("cell", "other"))


@dataclass(frozen=True)
class DrawnCell:
    """One cell of the pool: the picture it is in, and its number there."""

    picture: int
    number: int


def drawn_cells(pool: Sequence[Sample]) -> list[DrawnCell]:
    return [DrawnCell(index, number) for index, sample in enumerate(pool) for number in sample.cell_numbers()]


def by_chance(pool: Sequence[Sample], seed: int) -> list[DrawnCell]:
    """All cells in a random order."""
    cells = drawn_cells(pool)
    return [cells[i] for i in np.random.default_rng(seed).permutation(len(cells))]


def by_gain(pool: Sequence[Sample], finder: Finder, seed: int) -> list[DrawnCell]:
    """All cells in the order of the viewer's "What next": by the doubt of what was found, near doubles apart.

    A cell that was not found at all is as doubtful as can be.
    """
    cells, doubts, looks = drawn_cells(pool), [], []
    for index, sample in enumerate(pool):
        found = finder.find(sample.image, sample.mpp).cells
        for cell in (cell for cell in cells if cell.picture == index):
            mask = Mask(sample.cells == cell.number)
            best = max(found, key=lambda find: mask.iou(find.mask), default=None)
            hit = best is not None and mask.iou(best.mask) >= IOU_OF_A_HIT
            doubts.append(best.uncertainty if best is not None and hit else 1.0)
            looks.append(embed(cut_cell(sample.image, (0, 0), mask, sample.mpp, _CROP), _as_cell(sample, mask)))
    chance = chance_of_mistake(np.array(doubts), np.zeros(len(doubts)))
    return [cells[i] for i in review_order(chance, np.stack(looks), len(cells), seed)]


def corrected(pool: Sequence[Sample], chosen: Sequence[DrawnCell], mpp: float) -> list[Sample]:
    """The pictures of the chosen cells, at `mpp`: known is each of them and as much around it as the viewer exports."""
    lessons = []
    for index in sorted({cell.picture for cell in chosen}):
        sample = pool[index]
        numbers = [cell.number for cell in chosen if cell.picture == index]
        parts = np.full(sample.parts.shape, UNKNOWN, np.uint8)
        for number in numbers:
            parts = np.where(_near(sample.cells == number), sample.parts, parts)
        others = (sample.cells > 0) & ~np.isin(sample.cells, numbers)
        parts[others] = UNKNOWN
        cells = np.where(np.isin(sample.cells, numbers), sample.cells, 0).astype(np.uint16)
        lessons.append(replace(sample, parts=parts, cells=cells, source="exported").at_scale(mpp))
    return lessons


def _near(cell: np.ndarray) -> np.ndarray:
    """The cell and half its diameter around it."""
    import cv2

    away = cv2.distanceTransform((~cell).astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    return np.asarray(away <= np.sqrt(cell.sum() / np.pi))


def _as_cell(sample: Sample, mask: Mask) -> Cell:
    nucleus = Mask((sample.parts == NUCLEUS) & (sample.parts != BACKGROUND)) & mask
    return Cell(1, mask, nucleus, "unclassified", Origin.person("truth"))
