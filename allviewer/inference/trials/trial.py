"""Runs packs on pictures whose cells are known: every pack on one picture, then the next picture."""

import heapq
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

from allviewer.domain.cell import Cell
from allviewer.domain.geometry import Region
from allviewer.domain.known_picture import ChangedCell, KnownCell, KnownPicture
from allviewer.domain.slide import PixelSource
from allviewer.errors import PackError
from allviewer.exchange.model_card import ClassificationSpec
from allviewer.inference.classifier import Classifier
from allviewer.inference.clock import Clock
from allviewer.inference.detect import DetectRequest, detect_cells
from allviewer.inference.installed_pack import InstalledPack
from allviewer.inference.onnx_session import SessionCache
from allviewer.inference.trials.figures import (
    CLASSIFICATION_COLUMNS,
    SEGMENTATION_COLUMNS,
    PairedFigure,
    paired_figures,
)
from allviewer.inference.trials.rows import (
    CellScore,
    PictureScores,
    classification_scores,
    judged_cells,
    segmentation_scores,
    table_of,
)
from allviewer.progress import CancelToken, Report, no_report

SHOWN = 8
"""Cells that got better, and as many that got worse, are kept as pictures."""
_AROUND_PX = 12

Open = Callable[[KnownPicture], PixelSource]


@dataclass
class Trial:
    """Packs of one task and what they did; the last one is the new one.

    Raises:
        PackError: the packs are not all of one task.
    """

    packs: Sequence[InstalledPack]
    device: str = "cpu"
    threads: int | None = None
    changed: list[ChangedCell] = field(default_factory=list)
    _done: list[tuple[KnownPicture, tuple[KnownCell, ...], list[PictureScores]]] = field(default_factory=list)
    _sessions: SessionCache = field(default_factory=lambda: SessionCache(8))

    def __post_init__(self) -> None:
        if len({pack.card.task for pack in self.packs}) != 1:
            raise PackError("Only packs of the same task can be compared.")
        self.task = self.packs[0].card.task

    def run(
        self, pictures: Iterable[KnownPicture], count: int, open_: Open, cancel: CancelToken, report: Report
    ) -> None:
        """Run every pack on every picture. Raises `Cancelled`, `PackError`, `DatasetError`."""
        classes = self._common_classes()
        for index, known in enumerate(pictures):
            cells = judged_cells(known, self.task, classes)
            scores = []
            for number, pack in enumerate(self.packs):
                cancel.check()
                done = (index + number / len(self.packs)) / max(1, count)
                report(done, f"{pack.card.title} {pack.card.version} on {known.name}")
                scores.append(self._score(pack, known, cells, open_, cancel))
            light = KnownPicture(known.name, known.group, known.image[:0, :0], known.trust[:0, :0], (), known.mpp)
            self._done.append((light, cells, scores))
            self._keep_changed(known, cells, scores)

    def figures(self, against: int = 0) -> tuple[PairedFigure, ...]:
        """The last pack held against one of the others."""
        columns = SEGMENTATION_COLUMNS if self.task == "segmentation" else CLASSIFICATION_COLUMNS
        before, after = (
            table_of([(known, cells, scores[which]) for known, cells, scores in self._done], columns)
            for which in (against, -1)
        )
        return paired_figures(before, after, self.task) if len(before.groups) else ()

    @property
    def cells(self) -> int:
        return sum(len(cells) for _, cells, _ in self._done)

    def _common_classes(self) -> tuple[str, ...]:
        """The classes that every classifier of the trial can give."""
        shown = [
            set(p.card.spec.shown_as or p.card.spec.classes)
            for p in self.packs
            if isinstance(p.card.spec, ClassificationSpec)
        ]
        return tuple(sorted(set.intersection(*shown))) if shown else ()

    def _score(
        self, pack: InstalledPack, known: KnownPicture, cells: Sequence[KnownCell], open_: Open, cancel: CancelToken
    ) -> PictureScores:
        source = open_(known)
        if self.task == "segmentation":
            request = DetectRequest(pack, mpp=known.mpp, device=self.device, threads=self.threads)
            found: Sequence[Cell] = detect_cells(source, request, cancel, no_report, sessions=self._sessions).cells
            return segmentation_scores(known, found)
        if not cells:
            return PictureScores(())
        classifier = Classifier(self._sessions.get(pack, self.device, self.threads), cancel, Clock())
        um_per_px = known.mpp or _guessed_mpp(cells)
        return classification_scores(cells, classifier.verdicts(source, [cell.mask for cell in cells], um_per_px))

    def _keep_changed(self, known: KnownPicture, cells: Sequence[KnownCell], scores: Sequence[PictureScores]) -> None:
        """The cells that changed most, of both kinds."""
        pairs = zip(cells, scores[0].cells, scores[-1].cells, strict=True)
        self.changed += [_changed(known, cell, a, b) for cell, a, b in pairs if abs(b.score - a.score) > 0.01]
        better = heapq.nlargest(SHOWN, (c for c in self.changed if c.change > 0), key=lambda c: c.change)
        worse = heapq.nsmallest(SHOWN, (c for c in self.changed if c.change < 0), key=lambda c: c.change)
        self.changed[:] = [*better, *worse]


def _changed(known: KnownPicture, cell: KnownCell, before: CellScore, after: CellScore) -> ChangedCell:
    height, width = known.trust.shape
    box = cell.mask.region
    for score in (before, after):
        if score.found is not None:
            box = box.union(score.found.region)
    box = box.expanded(_AROUND_PX).intersection(Region(0, 0, width, height))
    masks = [m.moved(-box.x, -box.y) if m is not None else None for m in (before.found, after.found)]
    return ChangedCell(
        known.name,
        cell.number,
        cell.label,
        known.image[box.y : box.bottom, box.x : box.right].copy(),
        cell.mask.moved(-box.x, -box.y),
        masks[0],
        masks[1],
        (before.score, after.score),
    )


def _guessed_mpp(cells: Sequence[KnownCell]) -> float:
    """Micrometres per pixel if the median white cell measures 12 micrometres."""
    areas = [cell.mask.area_px for cell in cells]
    return 12.0 / float(np.sqrt(4 * np.median(areas) / np.pi))
