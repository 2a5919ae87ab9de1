"""Touching cells told apart: panoptic quality on clusters whose truth is known.

Two kinds of cluster: rendered ones (`training.synthetic`, 2 to 6 cells), and photographs of unseen cells laid against
each other. Panoptic quality (Kirillov et al. 2019, arXiv:1801.00868) of the cells in clusters only: the sum of IoU of
the pairs with IoU above 0.5, over their number + half of the cells missed + half of the false finds.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

import cv2
import msgspec
import numpy as np
from numpy.typing import NDArray

from allviewer.domain.geometry import Region
from allviewer.domain.mask import Mask
from allviewer.exchange.model_card import Figure
from allviewer.progress import CancelToken
from training.datasets.sample import CYTOPLASM, NUCLEUS, Sample
from training.segmentation.config import Augmentation, SegmentationConfig
from training.segmentation.crops import Crop
from training.segmentation.finder import Finder, masks_of
from training.segmentation.paste import CellBank
from training.segmentation.scoring import Found
from training.statistics import bootstrap_over_groups
from training.synthetic.crops import random_crops
from training.synthetic.spec import SmearSpec

RENDERED, PASTED = "rendered clusters", "pasted clusters"
RENDERED_FIELDS, PASTED_FIELDS = 24, 40
"""Of each fold."""
SIDE_PX = 384
TEST_SEED = 7919
"""Added to the seed: rendered fields other than those that are learnt from."""
DRAWN_SOURCES = ("bccd", "ds1", "ds2")


class TouchingScore(msgspec.Struct, frozen=True):
    """One picture: matched pairs with the sum of their IoU, cells of clusters that were missed, false finds there."""

    source: str
    name: str
    pairs: int
    iou: float
    missed: int
    false: int


def rendered_clusters(count: int, mpp: float, seed: int) -> Iterator[Sample]:
    """Fields of rendered smears in which white cells lie in clusters of 2 to 6."""
    spec = SmearSpec(variants=96, white_cells_per_mm2=2000, cluster_fraction=1.0)
    for number, smear in enumerate(random_crops(count, SIDE_PX, mpp=mpp, seed=seed + TEST_SEED, spec=spec)):
        parts = np.where(smear.cells > 0, CYTOPLASM, 0).astype(np.uint8)
        parts[smear.nuclei > 0] = NUCLEUS
        name = f"{RENDERED} {seed}-{number}"
        yield Sample(smear.image, parts, smear.cells.astype(np.uint16), name, RENDERED, name, mpp)


def pasted_clusters(samples: Sequence[Sample], count: int, seed: int) -> Iterator[Sample]:
    """Photographs (all at one scale), set into plain background, with one to three other cells laid against theirs."""
    drawn = [sample for sample in samples if sample.source in DRAWN_SOURCES and sample.cells.any()]
    banks = {source: CellBank([s for s in drawn if s.source == source]) for source in DRAWN_SOURCES}
    for number in range(count if drawn else 0):
        rng = np.random.default_rng([seed, TEST_SEED, number])
        home = drawn[int(rng.integers(len(drawn)))]
        crop = _on_plain_square(home)
        banks[home.source].paste_into(crop, Augmentation(), rng)
        yield Sample(crop.image, crop.parts, crop.cells, home.group, PASTED, f"{PASTED} {seed}-{number}", home.mpp)


def _on_plain_square(sample: Sample) -> Crop:
    height, width = sample.parts.shape
    side = max(height, width, SIDE_PX)
    top, left = (side - height) // 2, (side - width) // 2
    image = np.empty((side, side, 3), np.uint8)
    image[:] = np.percentile(sample.image.reshape(-1, 3), 90, axis=0)
    crop = Crop(image, np.zeros((side, side), np.uint8), np.zeros((side, side), np.uint16))
    inner = np.s_[top : top + height, left : left + width]
    crop.image[inner], crop.parts[inner], crop.cells[inner] = sample.image, sample.parts, sample.cells
    return crop


def score_clusters(
    pack: Path, samples: Sequence[Sample], config: SegmentationConfig, turn: int, cancel: CancelToken
) -> list[TouchingScore]:
    """Scores of clusters of both kinds through the viewer's own code, scale known.

    Args:
        samples: unseen, at the working scale; `turn`: number of the fold, so that each has clusters of its own.
    """
    finder, seed = Finder(pack, cancel), config.seed + 100 * turn
    pictures = (
        *rendered_clusters(min(RENDERED_FIELDS, config.synthetic_fields), config.mpp, seed),
        *pasted_clusters(samples, PASTED_FIELDS, seed),
    )
    scores = []
    for sample in pictures:
        cancel.check()
        scores.append(score_touching(sample, masks_of(finder.find(sample.image, sample.mpp).cells)))
    return scores


def score_touching(sample: Sample, found: Found) -> TouchingScore:
    """Score the finds that lie mostly on cells of clusters, against those cells."""
    numbers = touching_cells(sample.cells)
    where = np.isin(sample.cells, numbers)
    finds = [cell for cell, _ in found if _share_in(cell, where) > 0.5]
    drawn = [Mask(sample.cells == number) for number in numbers]
    ious = [max((a.iou(b) for b in finds), default=0.0) for a in drawn]  # above 0.5 a pair is the only one of both
    hits = [iou for iou in ious if iou > 0.5]
    pairs = len(hits)
    missed, false = len(drawn) - pairs, len(finds) - pairs
    return TouchingScore(sample.source, sample.name, pairs, float(sum(hits)), missed, false)


def touching_cells(cells: NDArray[np.uint16]) -> list[int]:
    """The numbers of cells that touch another one: not a pixel of background lies between them."""
    grown = cv2.dilate(cells, np.ones((3, 3), np.uint8))
    lowest = cv2.erode(np.where(cells > 0, cells, np.iinfo(np.uint16).max), np.ones((3, 3), np.uint8))
    contact = (cells > 0) & ((grown != cells) | (lowest != cells))
    others = np.concatenate([grown[contact], lowest[contact], cells[contact]])
    pairs = np.concatenate([cells[contact], cells[contact], cells[contact]])
    return [int(number) for number in np.unique(pairs[(others != pairs) & (others > 0)])]


def panoptic_quality(scores: Sequence[TouchingScore]) -> float:
    pairs, missed = sum(s.pairs for s in scores), sum(s.missed for s in scores)
    total = pairs + 0.5 * missed + 0.5 * sum(s.false for s in scores)
    return sum(s.iou for s in scores) / total if total else float("nan")


def touching_figures(scores: Sequence[TouchingScore], protocol: str) -> tuple[Figure, ...]:
    """Panoptic quality of each kind of cluster, with an interval over pictures."""
    figures = []
    scores = [score for score in scores if score.pairs + score.missed]
    for source in dict.fromkeys(score.source for score in scores):
        own = [score for score in scores if score.source == source]
        names = [score.name for score in own]
        value, low, high = bootstrap_over_groups(own, names, panoptic_quality)
        cells = sum(score.pairs + score.missed for score in own)
        figures.append(
            Figure(
                metric="panoptic quality of touching cells",
                source=source,
                value=round(value, 4),
                low=round(low, 4),
                high=round(high, 4),
                groups=len(own),
                items=cells,
                protocol=protocol,
            )
        )
    return tuple(figures)


def _share_in(cell: Mask, where: NDArray[np.bool_]) -> float:
    r: Region = cell.region
    return float(np.count_nonzero(cell.bitmap & where[r.y : r.bottom, r.x : r.right])) / max(1, cell.area_px)
