"""How well found boxes fit the drawn ones: average precision at IoU 0.5, by pycocotools, and the best threshold."""

import contextlib
import io
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from allviewer.domain.boxes import KINDS, Boxes

IOU = 0.5
MOST_BOXES = 500


@dataclass(frozen=True)
class Scored:
    """One field: what is drawn, and what was found at the lowest threshold, in pixels of the field."""

    source: str
    group: str
    name: str
    drawn: Boxes
    found: Boxes


@dataclass(frozen=True)
class Matches:
    """Of one kind in one field: scores of the finds, which of them hit a drawn box (IoU 0.5), how many are drawn."""

    scores: NDArray[np.float64]
    hits: NDArray[np.bool_]
    drawn: int


def matched(fields: Sequence[Scored]) -> list[dict[str, Matches]]:
    """The matches of each field by kind, as pycocotools pairs them: the surest first, each with its best free box."""
    evaluation = _evaluate(fields)
    ids, kinds = evaluation.params.imgIds, evaluation.params.catIds
    by_key = {(item["image_id"], item["category_id"]): item for item in evaluation.evalImgs if item is not None}
    result = []
    for number in ids:
        own = {}
        for kind in kinds:
            item = by_key.get((number, kind))
            scores = np.asarray(item["dtScores"] if item else (), np.float64)
            hits = np.asarray(item["dtMatches"][0] if item else (), np.float64) > 0
            own[KINDS[kind - 1]] = Matches(scores, hits, len(item["gtIds"]) if item else 0)
        result.append(own)
    return result


def average_precision(fields: Sequence[Matches]) -> float:
    """Mean of the precision at 101 levels of recall, as COCO has it; nan where nothing is drawn."""
    drawn = sum(field.drawn for field in fields)
    if not drawn:
        return float("nan")
    scores = np.concatenate([field.scores for field in fields])
    hits = np.concatenate([field.hits for field in fields])[np.argsort(-scores, kind="mergesort")]
    true = np.cumsum(hits)
    recall, precision = true / drawn, true / np.arange(1, len(true) + 1)
    precision = np.maximum.accumulate(precision[::-1])[::-1]
    place = np.searchsorted(recall, np.linspace(0, 1, 101), side="left")
    return (
        float(np.where(place < len(true), precision[np.minimum(place, len(true) - 1)], 0.0).mean())
        if len(true)
        else 0.0
    )


def counts_at(fields: Sequence[Matches], threshold: float) -> tuple[int, int, int]:
    """(hits, found, drawn) of all finds from a score on."""
    chosen = [(field.scores >= threshold, field.hits) for field in fields]
    return (
        sum(int((kept & hits).sum()) for kept, hits in chosen),
        sum(int(kept.sum()) for kept, _ in chosen),
        sum(field.drawn for field in fields),
    )


def f1_at(fields: Sequence[Matches], threshold: float) -> float:
    hits, found, drawn = counts_at(fields, threshold)
    return 2 * hits / (found + drawn) if found + drawn else float("nan")


def recall_at(fields: Sequence[Matches], threshold: float) -> float:
    hits, _, drawn = counts_at(fields, threshold)
    return hits / drawn if drawn else float("nan")


def best_threshold(fields: Sequence[Matches]) -> float:
    """The score from which the F1 is highest."""
    return max(np.arange(0.1, 0.8, 0.01).round(2).tolist(), key=lambda threshold: f1_at(fields, threshold))


def _evaluate(fields: Sequence[Scored]):  # type: ignore[no-untyped-def]  # noqa: ANN202 - pycocotools has no types
    from pycocotools.coco import COCO
    from pycocotools.cocoeval import COCOeval

    with contextlib.redirect_stdout(io.StringIO()):  # it prints how it goes
        truth = COCO()
        truth.dataset = {
            "images": [{"id": number} for number in range(1, len(fields) + 1)],
            "categories": [{"id": index + 1, "name": kind} for index, kind in enumerate(KINDS)],
            "annotations": _annotations(fields),
        }
        truth.createIndex()
        found = truth.loadRes(_results(fields))
        evaluation = COCOeval(truth, found, "bbox")
        evaluation.params.iouThrs = np.array([IOU])
        evaluation.params.areaRng, evaluation.params.areaRngLbl = [[0, 1e10]], ["all"]
        evaluation.params.maxDets = [MOST_BOXES]
        evaluation.evaluate()
    return evaluation


def _annotations(fields: Sequence[Scored]) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = []
    for number, field in enumerate(fields, start=1):
        for box, kind in zip(_corners(field.drawn), field.drawn.kinds.tolist(), strict=True):
            rows.append(
                {
                    "id": len(rows) + 1, "image_id": number, "category_id": kind + 1,
                    "bbox": box, "area": box[2] * box[3], "iscrowd": 0,
                }
            )  # fmt: skip
    return rows


def _results(fields: Sequence[Scored]) -> NDArray[np.float64]:
    """(n, 7): field, left, top, width, height, score, kind."""
    rows = [
        [number, *box, score, kind + 1]
        for number, field in enumerate(fields, start=1)
        for box, score, kind in zip(
            _corners(field.found), field.found.scores.tolist(), field.found.kinds.tolist(), strict=True
        )
    ]
    return np.array(rows, np.float64).reshape(-1, 7)


def _corners(boxes: Boxes) -> list[list[float]]:
    """[left, top, width, height] of each."""
    corners: list[list[float]] = np.concatenate([boxes.edges[:, :2], boxes.sides], axis=1).astype(float).tolist()
    return corners
