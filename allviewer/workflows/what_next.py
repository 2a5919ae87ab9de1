"""What to look at next: a queue of cells over all images of the case, those first whose correction teaches most."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject, Signal

from allviewer.domain.cell import Cell, CellState
from allviewer.domain.review_order import Expectation, chance_of_mistake, expectation, review_order
from allviewer.domain.slide import OpenImage, RgbArray
from allviewer.errors import ImageError, UserError, for_people
from allviewer.jobs.job import Job
from allviewer.jobs.lanes import Lane
from allviewer.jobs.runner import JobRunner
from allviewer.progress import CancelToken, Report
from allviewer.session.selection import Selection
from allviewer.session.workspace import Workspace
from allviewer.workflows.ports import Notices

if TYPE_CHECKING:
    from allviewer.inference.catalogue import Catalogue
    from allviewer.inference.installed_pack import InstalledPack
    from allviewer.storage.case_file import CaseFile
    from allviewer.storage.case_records import ImageRecord

MOST_CELLS, QUEUE = 600, 50
"""So many of the least sure cells are weighed, and so many stand in the queue."""
USUAL_CELL_UM = 12.0


@dataclass(frozen=True, slots=True)
class QueuedCell:
    """One cell to look at. `chance` that a person would correct it; `disagreement` of the two networks, 0 to 1."""

    image_id: int
    image: str
    cell_id: int
    label: str
    chance: float
    disagreement: float
    crop: RgbArray


@dataclass(frozen=True, slots=True)
class ReviewQueue:
    """The queue and what it is expected to bring; `seen`: cells that were looked at before."""

    cells: tuple[QueuedCell, ...]
    expected: Expectation
    seen: int
    notes: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """What to expect, in words."""
        e = self.expected
        known = (
            f"Learnt from {self.seen} cells looked at before."
            if self.seen
            else "No cell was looked at before: by the networks' own word."
        )
        return (
            f"Of the first {e.looked_at} cells about {e.found:.0f} need a correction; of as many drawn by chance about "
            f"{e.at_random:.0f}, and {e.needed_at_random:.0f} would have to be looked at to find as many. {known}"
        )


class WhatNext(QObject):
    """Builds the queue off the UI thread and leads to its cells.

    Signals:
        built: the `ReviewQueue`; failed: why there is none; visited: id of the cell that the picture shall show.
    """

    built = Signal(object)
    failed = Signal(str)
    visited = Signal(int)

    def __init__(
        self,
        workspace: Workspace,
        selection: Selection,
        runner: JobRunner,
        notices: Notices,
        catalogue: "Catalogue",
        open_image: OpenImage,
        show: Callable[[int], None],
    ) -> None:
        """`show` brings the image of a row."""
        super().__init__()
        self._workspace, self._selection, self._runner = workspace, selection, runner
        self._notices, self._catalogue, self._open_image, self._show = notices, catalogue, open_image, show
        self._job: Job | None = None
        self._wanted: tuple[int, int] | None = None
        workspace.shown_changed.connect(self._arrive)
        workspace.entry_changed.connect(lambda _row: self._arrive())

    def others(self) -> list[tuple[str, str]]:
        """(title, name) of the classifiers that could disagree with what was found."""
        packs = self._catalogue.packs("classification")
        return [(f"{p.card.title} {p.card.version}", f"{p.name} {p.card.version}") for p in packs]

    def build(self, other: str = "") -> None:
        """Weigh the cells that nobody has looked at; `other` is a classifier whose disagreement counts as well."""
        case = self._workspace.case
        if case is None:
            self.failed.emit("No case is open.")
            return
        path = case.path

        def work(cancel: CancelToken, report: Report) -> ReviewQueue:
            from allviewer.storage.case_file import CaseFile

            classifier = self._catalogue.default("classification")
            second = self._catalogue.find(other) if other else None
            with CaseFile.open(path, read_only=True) as file:
                return build_queue(file, self._open_image, classifier, second, cancel, report)

        def begin() -> None:
            self._job = self._runner.submit(Lane.INFERENCE, "What next", work, self.built.emit, self._failed)

        case.journal.when_idle(begin)

    def cancel(self) -> None:
        if self._job is not None:
            self._job.cancel()

    def visit(self, queued: QueuedCell) -> None:
        """Show the cell, in its image."""
        rows = [row for row, entry in enumerate(self._workspace.entries) if entry.id == queued.image_id]
        if not rows:
            self._notices.warn(UserError(f"{queued.image} is no longer in the list of images."))
            return
        self._wanted = (rows[0], queued.cell_id)
        if self._workspace.shown_row != rows[0]:
            self._show(rows[0])
        self._arrive()

    def _arrive(self) -> None:
        document = self._workspace.document
        if self._wanted is None or document is None or self._workspace.shown_row != self._wanted[0]:
            return
        cell_id, self._wanted = self._wanted[1], None
        if document.annotations.get(cell_id) is None:
            self._notices.tell("This cell is no longer there.")
            return
        self._selection.select({cell_id}, cell_id)
        self.visited.emit(cell_id)

    def _failed(self, error: Exception) -> None:
        told = for_people(error, "The cells could not be weighed")
        self._notices.warn(told)
        self.failed.emit(str(told))


def build_queue(
    file: "CaseFile",
    open_image: OpenImage,
    classifier: "InstalledPack",
    other: "InstalledPack | None",
    cancel: CancelToken,
    report: Report,
) -> ReviewQueue:
    """Weigh the untouched cells of a case. Raises `CaseError`, `PackError`, `Cancelled`; `UserError` for no cell."""
    records = file.images()
    cells = [(record, cell) for record in records for cell in file.load(record.id).cells]
    touched = [cell for _, cell in cells if cell.is_touched and cell.probabilities]
    seen = [(doubt(cell), cell.state is CellState.CORRECTED) for cell in touched]
    waiting = sorted(((r, c) for r, c in cells if not c.is_touched), key=lambda pair: -doubt(pair[1]))[:MOST_CELLS]
    if not waiting:
        raise UserError("Every cell of this case has been looked at.", "Run the networks on more images.")
    crops, disagreement, notes = _looked_at(waiting, open_image, classifier, other, cancel, report)
    kept = [index for index, crop in enumerate(crops) if crop is not None]
    if not kept:
        raise UserError("No image of this case can be read.", " ".join(notes))
    from allviewer.inference.embedding import embed

    doubts = np.array([doubt(waiting[i][1]) for i in kept])
    chance = chance_of_mistake(doubts, np.array([disagreement[i] for i in kept]), seen)
    embedding = np.stack([embed(crop, waiting[i][1]) for i in kept if (crop := crops[i]) is not None])
    order = review_order(chance, embedding, QUEUE)
    queue = []
    for index in order:
        (record, cell), crop = waiting[kept[index]], crops[kept[index]]
        if crop is not None:
            queue.append(
                QueuedCell(
                    record.id,
                    record.path.name,
                    cell.id,
                    cell.label,
                    float(chance[index]),
                    disagreement[kept[index]],
                    crop,
                )
            )
    first = order[: max(1, len(kept) // 3)]  # of all cells of a case every order finds the same
    return ReviewQueue(tuple(queue), expectation(chance, first), len(seen), tuple(notes))


def doubt(cell: Cell) -> float:
    """How unsure the networks are of a cell, 0 to 1: the probability of all other classes, or of its outline."""
    if not cell.probabilities:
        return cell.uncertainty
    return 1.0 - max(probability for _, probability in cell.probabilities)


def _looked_at(
    waiting: "Sequence[tuple[ImageRecord, Cell]]",
    open_image: OpenImage,
    classifier: "InstalledPack",
    other: "InstalledPack | None",
    cancel: CancelToken,
    report: Report,
) -> tuple[list[RgbArray | None], list[float], list[str]]:
    """Crop and disagreement of each cell, image by image; None where the image cannot be read."""
    from allviewer.inference.classifier import Classifier, classification_spec
    from allviewer.inference.clock import Clock
    from allviewer.inference.crops import cut_cell
    from allviewer.inference.onnx_session import SessionCache

    spec, sessions = classification_spec(classifier), SessionCache()
    second = Classifier(sessions.get(other), cancel, Clock()) if other is not None else None
    crops: list[RgbArray | None] = [None] * len(waiting)
    disagreement, notes = [0.0] * len(waiting), []
    by_image: dict[Path, list[int]] = {}
    for index, (record, _) in enumerate(waiting):
        by_image.setdefault(record.path, []).append(index)
    for number, (path, indices) in enumerate(by_image.items()):
        cancel.check()
        report(number / len(by_image), f"Weighing cells of {path.name}")
        record = waiting[indices[0]][0]
        um_per_px = record.mpp or _usual_scale([waiting[i][1] for i in indices])
        try:
            source = open_image(path)
        except ImageError as error:
            notes.append(str(error))
            continue
        try:
            for i in indices:
                mask = waiting[i][1].mask
                box = mask.region.intersection(source.info.bounds)
                pixels = source.read(0, box.x, box.y, box.width, box.height)
                crops[i] = cut_cell(pixels, (box.x, box.y), mask, um_per_px, spec)
            if second is not None:
                verdicts = second.verdicts(source, [waiting[i][1].mask for i in indices], um_per_px)
                for i, verdict in zip(indices, verdicts, strict=True):
                    disagreement[i] = _apart(dict(waiting[i][1].probabilities), dict(verdict.probabilities))
        finally:
            source.close()
    return crops, disagreement, notes


def _apart(one: dict[str, float], other: dict[str, float]) -> float:
    """Half the sum of differences of two distributions: 0 the same, 1 nothing in common."""
    if not one or not other:
        return 0.0
    return sum(abs(one.get(key, 0.0) - other.get(key, 0.0)) for key in {*one, *other}) / 2


def _usual_scale(cells: Sequence[Cell]) -> float:
    """Micrometres per pixel if the median cell is as large as usual."""
    return USUAL_CELL_UM / float(np.sqrt(4 * np.median([cell.area_px for cell in cells]) / np.pi))
