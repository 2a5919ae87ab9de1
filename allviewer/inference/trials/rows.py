"""What one pack did with known cells, a row each: the numbers that every figure of a trial is made from. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from allviewer.domain.cell import Cell
from allviewer.domain.geometry import Region
from allviewer.domain.known_picture import KnownCell, KnownPicture
from allviewer.domain.labels import ALL_CLASSES
from allviewer.domain.mask import Mask
from allviewer.inference.classifier import Verdict

IOU_OF_A_HIT = 0.5
Values = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class CellScore:
    """How a known cell fared; nan where a number means nothing for it.

    Attributes:
        score: what one number says of it: Dice of the whole cell (0: not found), or the probability of its own class.
        values: by name of the column.
        found: the mask that was found for it, None where there is none.
    """

    score: float
    values: Mapping[str, float]
    found: Mask | None = None


@dataclass(frozen=True, slots=True)
class PictureScores:
    """One pack on one picture: a score for each judged cell, in their order, and finds that are no known cell."""

    cells: tuple[CellScore, ...]
    false_finds: int = 0


@dataclass(frozen=True)
class TrialRows:
    """All cells of a trial: `groups` and `labels` (n,), and each column of `values` (n,).

    A row without a label stands for a picture: it carries the false finds, which belong to no cell.
    """

    groups: NDArray[np.str_]
    labels: NDArray[np.str_]
    values: Mapping[str, Values]


def judged_cells(known: KnownPicture, task: str, classes: Sequence[str] = ()) -> tuple[KnownCell, ...]:
    """The cells that count: of outlines those of all white cells; of classes those that a person vouches for."""
    if task == "segmentation":
        return tuple(cell for cell in known.cells if ALL_CLASSES.is_white(cell.label))
    return tuple(cell for cell in known.cells if cell.is_vouched and cell.label in classes)


def segmentation_scores(known: KnownPicture, found: Sequence[Cell]) -> PictureScores:
    """Dice of each known white cell with the find that overlaps it by half (IoU), 0 where there is none."""
    cells = judged_cells(known, "segmentation")
    free = {cell.id: cell for cell in found}
    scores = []
    for cell in cells:
        best = max(free.values(), key=lambda find: cell.mask.iou(find.mask), default=None)
        if best is None or cell.mask.iou(best.mask) < IOU_OF_A_HIT:
            scores.append(CellScore(0.0, {"drawn": 1, "hit": 0, "cell": 0.0, "nucleus": _missed(cell)}))
            continue
        del free[best.id]
        dice = dice_of(cell.mask, best.mask)
        values = {"drawn": 1, "hit": 1, "cell": dice, "nucleus": dice_of(cell.nucleus, best.nucleus)}
        scores.append(CellScore(dice, values, best.mask))
    return PictureScores(tuple(scores), sum(_is_false(known, cell.mask) for cell in free.values()))


def classification_scores(cells: Sequence[KnownCell], verdicts: Sequence[Verdict]) -> PictureScores:
    """Whether each known cell got its class, and how probable that class and blast were."""
    scores = []
    for cell, verdict in zip(cells, verdicts, strict=True):
        probabilities = dict(verdict.probabilities)
        own = probabilities.get(cell.label, 0.0)
        values = {"right": float(verdict.label == cell.label), "p_blast": probabilities.get("blast", float("nan"))}
        scores.append(CellScore(own, values))
    return PictureScores(tuple(scores))


def table_of(
    pictures: Sequence[tuple[KnownPicture, Sequence[KnownCell], PictureScores]], columns: Sequence[str]
) -> TrialRows:
    """The rows of all pictures, one a judged cell, and one a picture for its false finds."""
    groups, labels, rows = [], [], []
    for known, cells, scores in pictures:
        for cell, score in zip(cells, scores.cells, strict=True):
            groups.append(known.group)
            labels.append(cell.label)
            rows.append([score.values.get(name, 0.0) for name in columns])
        groups.append(known.group)
        labels.append("")
        rows.append([float(scores.false_finds) if name == "false" else 0.0 for name in columns])
    array = np.array(rows, np.float64).reshape(len(rows), len(columns))
    return TrialRows(
        np.array(groups, np.str_), np.array(labels, np.str_), {name: array[:, i] for i, name in enumerate(columns)}
    )


def dice_of(a: Mask, b: Mask) -> float:
    """2 |a and b| / (|a| + |b|); nan where neither has a pixel."""
    total = a.area_px + b.area_px
    return 2 * (a & b).area_px / total if total else float("nan")


def _missed(cell: KnownCell) -> float:
    return float("nan") if cell.nucleus.is_empty else 0.0


def _is_false(known: KnownPicture, mask: Mask) -> bool:
    """Whether a find lies mostly where somebody has looked: only there is it known to be no cell."""
    inside = mask.clipped(_bounds(known))
    if inside.is_empty:
        return False
    box = inside.region
    seen = known.trust[box.y : box.bottom, box.x : box.right]
    return float(np.count_nonzero(inside.bitmap & seen)) / mask.area_px > IOU_OF_A_HIT


def _bounds(known: KnownPicture) -> Region:
    height, width = known.trust.shape
    return Region(0, 0, width, height)
