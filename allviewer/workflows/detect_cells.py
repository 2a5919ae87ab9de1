"""Let the networks find and classify cells: in a part of the shown image, in all of it, or in every open image."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from allviewer.domain.cell import Cell
from allviewer.domain.geometry import Region
from allviewer.domain.slide import GrowingSource, PixelSource
from allviewer.errors import PackError, UserError, for_people
from allviewer.jobs.job import Job
from allviewer.jobs.lanes import Lane
from allviewer.jobs.runner import JobRunner
from allviewer.progress import CancelToken, Report
from allviewer.session.document import Document
from allviewer.session.proposals import Proposals
from allviewer.session.run_edit import RunEdit, edit_of_run
from allviewer.session.run_summary import RunOnAll, run_summary
from allviewer.session.workspace import Workspace
from allviewer.workflows.ports import Notices

if TYPE_CHECKING:
    from allviewer.classical.methods import ChosenMethod
    from allviewer.inference.catalogue import Catalogue
    from allviewer.inference.detect import Detection
    from allviewer.inference.installed_pack import InstalledPack
    from allviewer.inference.onnx_session import SessionCache

NO_CLASSIFIER = "-"
"""Choice of people who want masks only."""


@dataclass(frozen=True, slots=True)
class Choice:
    """Which networks and which device; empty names mean the default pack. A method takes the place of a network."""

    segmentation: str = ""
    classifier: str = ""
    device: str = "auto"
    method: "ChosenMethod | None" = None


_Found = tuple["Detection", RunEdit]
CancelledWith = Callable[[Document, Sequence[Cell]], None]
Weigh = Callable[[Document, str, Sequence[Cell], Region | None, bool], None]
LoadDocument = Callable[[int, Callable[[Document], None], Callable[[Exception], None]], None]


class DetectCells(QObject):
    """Runs networks in the background. One run at a time; each is one step of the image's history."""

    running_changed = Signal()
    started = Signal()
    """A run of one image has begun."""
    device_changed = Signal(str)
    """What the last run really ran on."""
    _found_more = Signal(object, object)
    """(Document, cells), from the worker."""
    taken = Signal(object)
    """What a run found has come into this `Document` at once: no cells were there before."""
    finished = Signal()
    """Nothing more is under way: all of it is done, has failed or was cancelled."""

    def __init__(
        self,
        workspace: Workspace,
        runner: JobRunner,
        notices: Notices,
        catalogue: "Catalogue",
        load: LoadDocument,
        cancelled_with: CancelledWith,
        weigh: Weigh,
        plane_of: Callable[[Document], int],
    ) -> None:
        """`cancelled_with` is told of the cells that a cancelled run had found, if it had; `weigh` of those of a run
        that came to cells which were there before: (document, networks, cells, region or None for the whole image);
        `plane_of` gives the focal plane that people look at, and that is run on."""
        super().__init__(workspace)
        self._workspace = workspace
        self._runner = runner
        self._notices = notices
        self._catalogue = catalogue
        self._load = load
        self._sessions: SessionCache | None = None
        self._job: Job | None = None
        self._document: Document | None = None
        self._plane = 0
        self._what = "networks"
        self._queue: list[int] = []
        self._batch: RunOnAll | None = None
        self.choice = Choice()
        self.device = ""
        self.resolve_device: Callable[[str], str] = lambda device: device
        """What a chosen device means on this machine."""
        runner.ended.connect(self._ended)
        self.proposals = Proposals(self)
        self._cancelled_with, self._weigh, self._plane_of = cancelled_with, weigh, plane_of
        self._found_more.connect(self._propose)
        workspace.case_changed.connect(self._drop_if_closed)

    @property
    def is_running(self) -> bool:
        return self._job is not None or self._batch is not None

    def run_on_image(self) -> None:
        self._run_shown(None)

    def run_on_region(self, region: Region) -> None:
        self._run_shown(region)

    def run_on_all(self) -> None:
        """Every image of the list, one after the other; one that cannot be read is named and passed over."""
        if self.is_running or not self._workspace.entries:
            return
        self._queue = list(range(len(self._workspace.entries)))
        self._batch = RunOnAll(len(self._queue), self._workspace.generation)
        self.running_changed.emit()
        self._next_of_batch()

    def cancel(self) -> None:
        """Stop the run; what it found so far can be kept, what earlier images got stays."""
        self._queue.clear()
        if self._batch is not None:
            self._batch.cancelled = True
        if self._job is not None:
            self._job.cancel()

    def segmentation(self) -> "InstalledPack":
        """The pack that finds cells, even where a method without a network is chosen. Raises `PackError`."""
        return self._pack("segmentation", self.choice.segmentation)

    def answers_clicks(self) -> "InstalledPack":
        """A click pack if one is installed, else the pack that finds cells. Raises `PackError`."""
        own = self._catalogue.packs("click")
        return self._catalogue.default("click") if own else self.segmentation()

    def classifier(self) -> "InstalledPack | None":
        """The pack that classifies, None where people want masks only. Raises `PackError` if it is gone."""
        if self.choice.classifier == NO_CLASSIFIER or not self._catalogue.packs("classification"):
            return None
        return self._pack("classification", self.choice.classifier)

    def forget_networks(self) -> None:
        """Packs were installed or removed: load networks anew."""
        self._sessions = None

    def _drop_if_closed(self) -> None:
        """The image that a run is for was closed with its case: nobody waits for the result."""
        if self._document is not None and self._document not in self._workspace.documents:
            self.cancel()
        if self._batch is not None and self._batch.generation != self._workspace.generation:
            self.cancel()
            if self._job is None:
                self._next_of_batch()

    def _run_shown(self, region: Region | None) -> None:
        document = self._workspace.document
        if document is None:
            return
        if self.is_running:
            self._notices.tell("A run is under way. Cancel it first, or wait for it.")
            return
        if region is not None:
            region = region.intersection(document.info.bounds)
            if region.is_empty:
                return
        try:
            self._start(document, region, lambda found: self._take(document, region, found))
        except UserError as error:
            self._notices.warn(error)

    def _start(self, document: Document, region: Region | None, done: "Callable[[_Found], None]") -> None:
        """Begin one run. Raises `UserError` if there is no network for it."""
        if document.read_only:
            raise UserError("The networks were not run, because cells cannot be saved now.", document.read_only)
        segmentation = self.choice.method or self._pack("segmentation", self.choice.segmentation)
        classifier = self.classifier()
        self._plane = self._plane_of(document)
        self._what = "networks" if self.choice.method is None else self.choice.method.method.name
        source = document.source.look(self._plane)
        job = partial(
            self._detect, document, source, segmentation, classifier, region, self.resolve_device(self.choice.device)
        )
        document.in_use += 1
        self._document = document
        name = f"Find cells in {document.name}"
        if self._batch is not None:
            name += f" ({self._batch.images - len(self._queue)} of {self._batch.images})"
        self._job = self._runner.submit(Lane.INFERENCE, name, job, done, self._failed)
        self.started.emit()
        self.running_changed.emit()

    def _pack(self, task: str, name: str) -> "InstalledPack":
        if not self._catalogue.packs(task):
            raise PackError(f"No {task} pack is installed.", "Add one: Models > Install model pack….")
        return self._catalogue.find(name) if name else self._catalogue.default(task)

    def _detect(
        self,
        document: Document,
        source: PixelSource,
        segmentation: "InstalledPack | ChosenMethod",
        classifier: "InstalledPack | None",
        region: Region | None,
        device: str,
        cancel: CancelToken,
        report: Report,
    ) -> "_Found":
        """On the inference lane."""
        from allviewer.inference.detect import DetectRequest, detect_cells
        from allviewer.inference.onnx_session import SessionCache

        sessions = self._sessions or SessionCache()
        self._sessions = sessions
        known = document.mpp if document.mpp_source not in ("", "file") else None
        detector = self._catalogue.default("detection") if self._catalogue.packs("detection") else None
        request = DetectRequest(segmentation, classifier, region, known, device, detector=detector)

        def found(cells: list[Cell]) -> None:
            self._found_more.emit(document, cells)

        if isinstance(source, GrowingSource):
            source.complete(cancel, report)
        result = detect_cells(source, request, cancel, report, found, sessions)
        return result, edit_of_run(document.annotations, region, result.cells, self._what)

    def _propose(self, document: Document, cells: list[Cell]) -> None:
        if document is self._document and self._job is not None and not self._job.token.cancelled:
            self.proposals.add(document, cells)

    def _take(self, document: Document, region: Region | None, result: "_Found", batch: RunOnAll | None = None) -> None:
        """Put what was found into the document, as one step; where cells are already, people decide."""
        found, made = result
        if made.version != document.annotations.version:  # somebody has edited since
            made = edit_of_run(document.annotations, region, found.cells, self._what)
        self.device = found.device
        self.device_changed.emit(found.device)
        self._note_count(document, found)
        if made.kept or made.edit.before:
            self._note_scale(document, found)
            self._tell_notes(found)
            if batch is not None:
                batch.waits()
            name = found.cells[0].origin.name if found.cells else self._what
            self._weigh(document, name, found.cells, region, batch is not None)
            return
        try:
            document.apply(made.edit)
        except UserError as error:
            self._notices.warn(error)
            return
        self.taken.emit(document)
        self._note_scale(document, found)
        if batch is not None:
            batch.count(made.edit)
        else:
            self._tell_summary(document, found, made)

    def _note_scale(self, document: Document, found: "Detection") -> None:
        case = self._workspace.case
        if document.mpp is not None or found.mpp is None or case is None:
            return
        scale = found.scale
        document.set_scale(scale)
        self._runner.submit(
            Lane.CASE,
            "Save scale",
            lambda cancel, report: case.file.set_scale(document.image_id, scale),
            failed=self._tell_error,
        )

    def _note_count(self, document: Document, found: "Detection") -> None:
        """Red cells and platelets: beside the cells, part of no step of the history."""
        case, counted = self._workspace.case, found.counted
        if counted is None or case is None:
            return
        document.set_counted(counted)
        self._runner.submit(
            Lane.CASE,
            "Save counts",
            lambda cancel, report: case.file.set_count(document.image_id, counted),
            failed=self._tell_error,
        )

    def _tell_summary(self, document: Document, found: "Detection", made: RunEdit) -> None:
        plane = (
            f" Focal plane {self._plane + 1} of {document.info.plane_count}." if document.info.plane_count > 1 else ""
        )
        self._notices.tell(run_summary(made.edit.after.values(), found, document.scale) + plane)
        self._tell_notes(found)

    def _tell_notes(self, found: "Detection") -> None:
        for note in found.notes:
            self._notices.warn(UserError(note))

    def _next_of_batch(self) -> None:
        batch = self._batch
        if batch is None:
            return
        if not self._queue:
            self._batch = None
            self.running_changed.emit()
            self._notices.tell(batch.sentence)
            self.finished.emit()
            return
        row = self._queue.pop(0)
        name = self._workspace.entries[row].name

        def loaded(document: Document) -> None:
            if batch.cancelled:
                self._next_of_batch()
                return
            try:
                self._start(
                    document,
                    None,
                    lambda found: self._take(document, None, found, batch),
                )
            except UserError as error:
                failed(error)

        def failed(error: Exception) -> None:
            batch.failures.append(f"{name}: {error}")
            self._next_of_batch()

        self._load(row, loaded, failed)

    def _failed(self, error: Exception) -> None:
        if self._batch is not None and self._document is not None:
            self._batch.failures.append(f"{self._document.name}: {error}")
        else:
            self._tell_error(error)

    def _tell_error(self, error: Exception) -> None:
        self._notices.warn(for_people(error, "The run failed"))

    def _ended(self, job: Job) -> None:
        """Whatever became of the run: its document is free again."""
        if job is not self._job:
            return
        self._job = None
        found = self.proposals.of(self._document)
        self.proposals.clear()
        cancelled = job.token.cancelled
        if cancelled and found and self._document in self._workspace.documents:
            self._cancelled_with(self._document, found)
        if self._document is not None:
            self._document.in_use -= 1
            self._document = None
        if self._batch is not None:
            if cancelled:
                self.cancel()
            self._next_of_batch()
            return
        if cancelled and not found:
            self._notices.tell("The run was cancelled. Nothing was changed by it.")
        self.running_changed.emit()
        self.finished.emit()
