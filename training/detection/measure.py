"""Measuring detection packs through the viewer's own code, and the report that cross-validation writes."""

import csv
import math
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec
import numpy as np

from allviewer.domain.boxes import KINDS, WHITE_CELL, Boxes
from allviewer.domain.slide import Level, SlideInfo
from allviewer.exchange.model_card import Figure
from allviewer.exchange.training_events import Progress
from allviewer.imaging.array_source import ArraySource
from allviewer.inference.box_finder import BoxFinder
from allviewer.inference.clock import Clock
from allviewer.inference.installed_pack import InstalledPack
from allviewer.inference.onnx_session import OnnxSession
from allviewer.progress import CancelToken
from training.detection.fields import Field
from training.detection.scoring import Matches, Scored, average_precision, f1_at, matched, recall_at
from training.errors import TrainingError
from training.packs import read_card
from training.segmentation.measure import figures_table
from training.statistics import bootstrap_over_groups
from training.tasks import Tell

LOWEST = 0.02
"""Score from which boxes are kept for measuring."""
LOOK = "look"
_ROUNDS = 300


class Row(msgspec.Struct, frozen=True):
    """Of one field and kind: scores of the finds, which of them hit, how many are drawn."""

    source: str
    group: str
    name: str
    kind: str
    scores: tuple[float, ...]
    hits: tuple[bool, ...]
    drawn: int

    @property
    def matches(self) -> Matches:
        return Matches(np.asarray(self.scores, np.float64), np.asarray(self.hits, bool), self.drawn)


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """What `evaluate` and `crossval` write as JSON. `thresholds`: of each kind, chosen on what they are used for."""

    command: str
    seed: int | None
    figures: tuple[Figure, ...]
    thresholds: dict[str, float]
    rows: tuple[Row, ...]


class Measured:
    """A pack, loaded once, on fields whose scale is known."""

    def __init__(self, pack: Path, cancel: CancelToken) -> None:
        session = OnnxSession(InstalledPack(read_card(pack), pack, shipped=False), "cpu", threads=1)
        self._finder = BoxFinder(session, cancel, Clock())

    def rows(self, fields: Sequence[Field], tell: Tell) -> list[Row]:
        """What it finds against what is drawn."""
        spec = self._finder.spec
        scored = []
        for index, field in enumerate(fields):
            found = self._found(field, spec.mpp, (LOWEST,) * len(spec.kinds))
            scored.append(Scored(field.source, field.group, field.name, drawn_in(field), found))
            if index % 50 == 0:
                tell(Progress(index / len(fields), f"Measured {index} of {len(fields)} fields"))
        return rows_of(scored)

    def looks(self, fields: Sequence[Field]) -> list[Row]:
        """Of each drawn white cell the best score within its box at the coarse scale of the first look."""
        spec = self._finder.spec
        least = tuple(LOWEST if kind == WHITE_CELL else 1.0 for kind in spec.kinds)
        rows = []
        for field in fields:
            seen = self._found(field, spec.look_mpp, least)
            drawn = drawn_in(field).of(WHITE_CELL)
            best = []
            for left, top, right, bottom in drawn.edges:
                x, y = seen.centres.T
                inside = (x > left) & (x < right) & (y > top) & (y < bottom)
                best.append(round(float(seen.scores[inside].max(initial=0)), 4))
            rows.append(Row(field.source, field.group, field.name, LOOK, tuple(best), (True,) * len(best), len(best)))
        return rows

    def _found(self, field: Field, mpp: float, thresholds: tuple[float, ...]) -> Boxes:
        height, width = field.image.shape[:2]
        source = ArraySource(field.image, SlideInfo((Level(width, height, 1.0),), reader="memory"))
        return self._finder.find(source, source.info.bounds, mpp / field.mpp, thresholds)


def drawn_in(field: Field) -> Boxes:
    return Boxes(field.boxes, field.kinds.astype(np.uint8), np.ones(len(field.kinds), np.float32))


def rows_of(scored: Sequence[Scored]) -> list[Row]:
    return [
        Row(
            field.source,
            field.group,
            field.name,
            kind,
            tuple(m.scores.round(4).tolist()),
            tuple(m.hits.tolist()),
            m.drawn,
        )
        for field, kinds in zip(scored, matched(scored), strict=True)
        for kind, m in kinds.items()
    ]


def figures_of(rows: Sequence[Row], thresholds: dict[str, float], protocol: str) -> tuple[Figure, ...]:
    """Average precision and F1 of each kind and source, and the mean over the kinds."""
    figures = []
    sources = list(dict.fromkeys(row.source for row in rows))
    for name, own in (("all", sources), *((source, [source]) for source in sources)):
        there = [row for row in rows if row.source in own]
        figures.append(_figure(there, "mAP at IoU 0.5", name, protocol, mean_average_precision))
        for kind in KINDS:
            of_kind = [row for row in there if row.kind == kind]
            figures.append(_figure(of_kind, f"{kind} AP at IoU 0.5", name, protocol, _precision))
            least = thresholds[kind]
            figures.append(_figure(of_kind, f"{kind} F1 from {least:g}", name, protocol, _at(f1_at, least)))
    return tuple(figure for figure in figures if not math.isnan(figure.value))


def look_figures(rows: Sequence[Row], threshold: float, protocol: str) -> tuple[Figure, ...]:
    """How many white cells the coarse look sees: something white in the middle of their box or near it."""
    sources = list(dict.fromkeys(row.source for row in rows))
    metric = f"white cells seen in the first look, from {threshold:g}"
    return tuple(
        _figure([row for row in rows if row.source in own], metric, name, protocol, _at(recall_at, threshold))
        for name, own in (("all", sources), *((source, [source]) for source in sources))
    )


class Kept(NamedTuple):
    """Of one field and kind: what a statistic needs."""

    kind: str
    matches: Matches


def mean_average_precision(rows: list[Kept]) -> float:
    values = [_precision([row for row in rows if row.kind == kind]) for kind in KINDS]
    return math.fsum(values) / len(values)


def _precision(rows: list[Kept]) -> float:
    return average_precision([row.matches for row in rows])


def _at(measure: Callable[[Sequence[Matches], float], float], threshold: float) -> Callable[[list[Kept]], float]:
    return lambda rows: measure([row.matches for row in rows], threshold)


def _figure(
    rows: list[Row], metric: str, source: str, protocol: str, statistic: Callable[[list[Kept]], float]
) -> Figure:
    groups = [row.group for row in rows]
    kept = [Kept(row.kind, row.matches) for row in rows]  # arrays are made once, not in every draw
    value, low, high = bootstrap_over_groups(kept, groups, statistic, rounds=_ROUNDS)
    return Figure(
        metric=metric,
        source=source,
        value=round(value, 4) if not math.isnan(value) else value,
        low=None if math.isnan(low) else round(low, 4),
        high=None if math.isnan(high) else round(high, 4),
        groups=len(set(groups)),
        items=sum(row.drawn for row in rows),
        protocol=protocol,
    )


def write_report(path: Path, report: Report) -> None:
    """JSON, and of the same name the figures as Markdown and one line a field and kind as CSV."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(msgspec.json.format(msgspec.json.encode(report)))
    path.with_suffix(".md").write_text(figures_table(report.figures), encoding="utf-8")
    with path.with_suffix(".csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("source", "group", "name", "kind", "drawn", "found", "hits"))
        for row in report.rows:
            kept = [
                hit for hit, score in zip(row.hits, row.scores, strict=True) if score >= report.thresholds[row.kind]
            ]
            writer.writerow((row.source, row.group, row.name, row.kind, row.drawn, len(kept), sum(kept)))


def read_report(path: Path) -> Report:
    """Raises `TrainingError` if it is none."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=Report)
    except (OSError, msgspec.DecodeError) as error:
        raise TrainingError(f"{path} is no report of crossval or evaluate: {error}.") from error
