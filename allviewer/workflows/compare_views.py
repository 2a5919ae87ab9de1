"""Look at two things side by side: two images, two methods on one image, an earlier state, or another look.

Nothing of this touches the case: what a second method finds lives here until the comparison ends.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QObject, QTimer, Signal

from allviewer.domain.annotations import Annotations
from allviewer.domain.cell import Cell
from allviewer.domain.colour_view import ColourView
from allviewer.domain.edits import Edit
from allviewer.domain.geometry import Region
from allviewer.domain.slide import PixelSource
from allviewer.errors import UserError, for_people
from allviewer.exchange.parameters import Value
from allviewer.jobs.job import Job
from allviewer.jobs.lanes import Lane
from allviewer.jobs.runner import JobRunner
from allviewer.progress import CancelToken, Report
from allviewer.session.comparison import Comparison, DifferingCell, compare_cells
from allviewer.session.document import Document
from allviewer.session.pixel_look import COLOUR_TITLES
from allviewer.session.workspace import Workspace
from allviewer.workflows.ports import Notices

if TYPE_CHECKING:
    from allviewer.inference.catalogue import Catalogue
    from allviewer.inference.detect import Detection

LoadDocument = Callable[[int, Callable[[Document], None], Callable[[Exception], None]], None]
Result = TypeVar("Result")
_AGAIN_AFTER_MS = 400


@dataclass(frozen=True, slots=True)
class Finder:
    """What finds cells at the right: a pack or a method by name, and a classifier pack ("": none), for people too.

    Of a method, `settings` are those that differ from the defaults.
    """

    title: str
    pack: str = ""
    method: str = ""
    classifier: str = ""
    settings: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True, eq=False, slots=True)
class Beside:
    """What is shown at the right.

    Attributes:
        document: the image: the shown one, or another.
        annotations: cells to draw there.
        colours: part of the colours, None: as at the left.
        region: the level-0 part that both sides answer for; None: all.
        has_differences: whether the cells of both sides are of one image, so that they can be compared.
    """

    title: str
    document: Document
    annotations: Annotations
    colours: ColourView | None = None
    region: Region | None = None
    has_differences: bool = False


class CompareViews(QObject):
    """One comparison at a time; it ends when another image is shown.

    Signals:
        changed: something else, or nothing, is shown at the right.
        compared: the differences are known, or known anew.
    """

    changed = Signal()
    compared = Signal()

    def __init__(
        self,
        workspace: Workspace,
        runner: JobRunner,
        notices: Notices,
        catalogue: "Catalogue",
        load: LoadDocument,
        plane_of: Callable[[Document], int],
    ) -> None:
        super().__init__(workspace)
        self._workspace, self._runner, self._notices = workspace, runner, notices
        self._catalogue, self._load, self._plane_of = catalogue, load, plane_of
        self._left: Document | None = None
        self.beside: Beside | None = None
        self.comparison: Comparison | None = None
        self._job: Job | None = None
        self._soon = QTimer(self, singleShot=True, interval=_AGAIN_AFTER_MS)
        self._soon.timeout.connect(self._compare)
        workspace.shown_changed.connect(self._end_with_image)

    def disputes(self) -> Sequence[DifferingCell] | None:
        """The cells that both sides see differently, in reading order; None while none are compared."""
        return self.comparison.differing if self.comparison is not None else None

    def with_image(self, row: int) -> None:
        """Another image of the list at the right."""
        left = self._workspace.document

        def loaded(document: Document) -> None:
            if left is not None and left is self._workspace.document:
                self._begin(Beside(document.name, document, document.annotations))

        self._load(row, loaded, self._failed)

    def with_colours(self, colours: ColourView) -> None:
        """The same image and cells with a part of the colours."""
        document = self._workspace.document
        if document is not None:
            self._begin(Beside(COLOUR_TITLES[colours], document, document.annotations, colours))

    def with_finder(self, finder: Finder, region: Region | None) -> None:
        """The cells against those that other networks, or a method, find in the image or in a part of it."""
        document = self._workspace.document
        if document is None:
            return
        source = document.source.look(self._plane_of(document))
        mpp = document.mpp if document.mpp_source not in ("", "file") else None
        catalogue = self._catalogue

        def done(found: "Detection") -> None:
            for note in found.notes:
                self._notices.warn(UserError(note))
            if document is self._workspace.document:
                self._begin(Beside(finder.title, document, Annotations(found.cells), None, region, True))

        self._submit(
            Lane.INFERENCE,
            f"Find cells in {document.name} with {finder.title}",
            lambda cancel, report: _find(catalogue, finder, source, region, mpp, cancel, report),
            done,
        )

    def with_step(self, position: int) -> None:
        """The cells against what they were after so many steps of the history."""
        case, document = self._workspace.case, self._workspace.document
        if case is None or document is None or not 0 <= position <= document.position:
            return
        steps = [(step.edit, step.seq) for step in document.history[position : document.position]]
        present = list(document.annotations)

        def work(cancel: CancelToken, report: Report) -> Annotations:
            edits = [edit if edit is not None else case.file.edit_at(seq) for edit, seq in steps]
            return _taken_back(present, edits)

        def done(earlier: Annotations) -> None:
            if document is self._workspace.document:
                title = f"After: {document.history[position - 1].text}" if position else "As it was opened first"
                self._begin(Beside(title, document, earlier, has_differences=True))

        self._submit(Lane.CASE, f"Read history of {document.name}", work, done)

    def with_file(self, path: Path) -> None:
        """The cells against those of a file: another program's, or another person's."""
        document = self._workspace.document
        if document is None:
            return
        info, classes = document.info, self._workspace.class_set

        def work(cancel: CancelToken, report: Report) -> Annotations:
            from allviewer.storage.cell_reader import read_cells

            return Annotations(read_cells(path, info.width, info.height, classes))

        def done(cells: Annotations) -> None:
            if document is self._workspace.document:
                self._begin(Beside(path.name, document, cells, has_differences=True))

        self._submit(Lane.FILES, f"Read cells of {path.name}", work, done)

    def end(self) -> None:
        """Look at one thing again."""
        if self._job is not None:
            self._job.cancel()
            self._job = None
        if self._left is None:
            return
        self._left.cells_changed.disconnect(self._cells_changed)
        if self.beside is not None and self.beside.document is not self._left:
            self.beside.document.in_use -= 1
        self._left = self.beside = self.comparison = None
        self._soon.stop()
        self.changed.emit()
        self.compared.emit()

    def _begin(self, beside: Beside) -> None:
        self.end()
        self._left = self._workspace.document
        assert self._left is not None
        if beside.document is not self._left:
            beside.document.in_use += 1  # it stays in memory for as long as it is looked at
        self._left.cells_changed.connect(self._cells_changed)
        self.beside = beside
        self.changed.emit()
        self._compare()

    def _end_with_image(self) -> None:
        if self._workspace.document is not self._left:
            self.end()

    def _cells_changed(self, _ids: object, _region: object) -> None:
        self._soon.start()

    def _compare(self) -> None:
        """Off the UI thread; cells are frozen, so a list of them is all that is handed over."""
        beside, left = self.beside, self._left
        if beside is None or left is None or not beside.has_differences:
            return
        lefts, rights = _within(left.annotations, beside.region), _within(beside.annotations, beside.region)

        def done(found: Comparison) -> None:
            if self.beside is beside:
                self.comparison = found
                self.compared.emit()

        self._runner.submit(
            Lane.FILES,
            "Compare cells",
            lambda cancel, report: compare_cells(lefts, rights, cancel),
            done,
            self._failed,
        )

    def _submit(
        self,
        lane: Lane,
        name: str,
        work: Callable[[CancelToken, Report], Result],
        done: Callable[[Result], None],
    ) -> None:
        if self._job is not None:
            self._job.cancel()
        self._job = self._runner.submit(lane, name, work, done, self._failed)

    def _failed(self, error: Exception) -> None:
        self._notices.warn(for_people(error, "The comparison failed"))


def _within(cells: Annotations, region: Region | None) -> list[Cell]:
    """Cells whose centre lies in a region; all of them without one."""
    if region is None:
        return list(cells)
    return [cell for cell in cells.in_region(region) if region.contains_point(*cell.mask.centroid)]


def _taken_back(cells: Sequence[Cell], edits: Sequence[Edit]) -> Annotations:
    """A copy of cells before edits that were made to them, oldest first."""
    copy = Annotations(list(cells))
    for edit in reversed(edits):
        copy.apply(edit.inverse())
    return copy


def _find(
    catalogue: "Catalogue",
    finder: Finder,
    source: PixelSource,
    region: Region | None,
    mpp: float | None,
    cancel: CancelToken,
    report: Report,
) -> "Detection":
    from allviewer.classical.methods import ChosenMethod, find_method
    from allviewer.inference.detect import DetectRequest, detect_cells

    if finder.method:
        method = find_method(finder.method)
        request = DetectRequest(ChosenMethod(method, method.settings(finder.settings)), None, region, mpp)
    else:
        request = DetectRequest(catalogue.find(finder.pack), None, region, mpp)
    if finder.classifier:
        request = DetectRequest(request.segmentation, catalogue.find(finder.classifier), region, mpp)
    return detect_cells(source, request, cancel, report)
