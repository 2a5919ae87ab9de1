"""A run came to cells that were there before: people take what it proposes, a part of it, or nothing."""

import re
from collections.abc import Callable, Iterable, Sequence
from functools import partial

from PySide6.QtCore import QObject, Signal

from allviewer.domain.cell import Cell
from allviewer.domain.edits import Edit
from allviewer.domain.geometry import Region
from allviewer.domain.model_run import ModelRun, Proposal, ProposalFilter, compare_run, take
from allviewer.errors import for_people
from allviewer.jobs.lanes import Lane
from allviewer.jobs.runner import JobRunner
from allviewer.progress import CancelToken, Report
from allviewer.session.document import Document
from allviewer.session.large_edits import LargeEdits
from allviewer.session.workspace import Workspace
from allviewer.workflows.ports import Notices

_KEY = "a run waits"


class WeighRun(QObject):
    """Acts on the run that waits in the shown image; every decision to take is one step of the history."""

    changed = Signal()
    """Another run waits, or other proposals are asked about."""
    visited = Signal(object)
    """The `Proposal` that the picture shall show."""
    arrived = Signal()
    """A run waits now in the shown image."""

    def __init__(
        self,
        workspace: Workspace,
        runner: JobRunner,
        notices: Notices,
        large: LargeEdits,
        visible_region: Callable[[], Region],
    ) -> None:
        super().__init__(workspace)
        self._workspace, self._runner, self._notices, self._large = workspace, runner, notices, large
        self._visible_region = visible_region
        self._document: Document | None = None
        self.filter = ProposalFilter()
        self.current: Proposal | None = None
        workspace.shown_changed.connect(self._follow)

    @property
    def run(self) -> ModelRun | None:
        """What waits in the shown image."""
        return self._document.waiting_run if self._document is not None else None

    @property
    def matching(self) -> list[Proposal]:
        """Those that the filter lets through, in reading order."""
        return self.filter.matching(self.run.proposals, self._visible_region()) if self.run is not None else []

    def set_filter(self, chosen: ProposalFilter) -> None:
        self.filter = chosen
        self.changed.emit()

    # A run arrives

    def arrive(
        self,
        document: Document,
        networks: str,
        found: Sequence[Cell],
        region: Region | None,
        one_of_many: bool = False,
    ) -> None:
        """Set a finished run beside the cells of the image, or of the region it was for, and let it wait.

        Of one of many images nothing is said when nothing would change: one sentence speaks for all of them.
        """

        def answers_for(cell: Cell) -> bool:
            return region is None or region.contains_point(*cell.mask.centroid)

        present = list(document.annotations) if region is None else document.annotations.in_region(region)
        self._compare(document, f"Run of {_short(networks)}", present, found, answers_for, one_of_many)

    def arrive_unfinished(self, document: Document, found: Sequence[Cell]) -> None:
        """Let wait what a cancelled run had found; where it never came, everything stays."""
        title = f"The run of {_short(found[0].origin.name)} that was cancelled"
        around = {cell.id: cell for new in found for cell in document.annotations.in_region(new.mask.region)}
        self._compare(document, title, list(around.values()), found, lambda cell: False)

    def _compare(
        self,
        document: Document,
        title: str,
        present: Sequence[Cell],
        found: Sequence[Cell],
        answers_for: Callable[[Cell], bool],
        one_of_many: bool = False,
    ) -> None:
        def work(cancel: CancelToken, report: Report) -> ModelRun:
            return compare_run(title, present, found, answers_for, cancel)

        def ended() -> None:
            document.in_use -= 1

        def done(run: ModelRun) -> None:
            ended()
            if document in self._workspace.documents:
                self._let_wait(document, run, one_of_many)

        def failed(error: Exception) -> None:
            ended()
            self._notices.warn(for_people(error, "The run could not be compared with what is there"))

        document.in_use += 1
        self._runner.submit(Lane.FILES, f"Compare with cells of {document.name}", work, done, failed)

    def _let_wait(self, document: Document, run: ModelRun, one_of_many: bool) -> None:
        if not run.proposals:
            if not one_of_many:
                self._notices.tell(f"{run.title} changes nothing in {document.name}: {run.sentence}.")
            return
        self._set(document, run)
        if document is self._workspace.document:
            self.arrived.emit()
        text = f"{run.title}, {document.name}: {run.sentence}. Nothing has been changed yet."
        self._notices.offer(_KEY, text, "Take all", partial(self._take, document, run.proposals))

    def forget(self, document: Document) -> None:
        """Another run has taken the place of what waited."""
        if document.waiting_run is not None:
            self._set(document, None)

    # Decisions

    def take_all(self) -> None:
        if self._document is not None and self.run is not None:
            self._take(self._document, self.run.proposals)

    def take_matching(self) -> None:
        self.take(self.matching)

    def leave_matching(self) -> None:
        self.leave(self.matching)

    def take(self, proposals: Sequence[Proposal]) -> None:
        """Carry some out, as one step."""
        if self._document is not None and proposals:
            self._take(self._document, proposals)

    def leave(self, proposals: Sequence[Proposal]) -> None:
        """Forget some; nothing of the image changes."""
        if self._document is not None and self.run is not None and proposals:
            self._decided(self._document, proposals)

    def take_current(self) -> None:
        """Take the proposal that people look at, and go to the next."""
        self._decide_current(self.take)

    def leave_current(self) -> None:
        """Leave the proposal that people look at, and go to the next."""
        self._decide_current(self.leave)

    def step(self, steps: int) -> None:
        """Look at the next proposal or the one before, round and round."""
        ahead = self.matching
        if not ahead:
            self._notices.tell("No proposal of a run waits here.")
            return
        present = ahead.index(self.current) if self.current in ahead else (-1 if steps > 0 else 0)
        self.visit(ahead[(present + steps) % len(ahead)])

    def visit(self, proposal: Proposal) -> None:
        """Look at one."""
        self.current = proposal
        self.visited.emit(proposal)
        self.changed.emit()

    def _decide_current(self, decide: Callable[[Sequence[Proposal]], None]) -> None:
        ahead = self.matching
        if self.current not in ahead:
            self.step(1)
            return
        place = ahead.index(self.current)
        after = ahead[place + 1 :] or ahead[:place]
        decide([self.current])
        if after:
            self.visit(after[0])

    def _take(self, document: Document, proposals: Sequence[Proposal]) -> None:
        run = document.waiting_run
        if run is None:
            return

        def make() -> Edit:
            present = document.annotations
            return take(proposals, present.by_id(), present.next_id, _name(run, proposals))

        def applied(edit: Edit) -> None:
            passed_over = len(proposals) - len(edit.cell_ids)
            if passed_over:
                self._notices.tell(f"{passed_over:,} not taken: their cells have been touched or deleted meanwhile.")
            self._decided(document, proposals)

        self._large.apply(document, len(proposals), make, applied)

    def _decided(self, document: Document, proposals: Iterable[Proposal]) -> None:
        assert document.waiting_run is not None
        rest = document.waiting_run.without(proposals)
        self._set(document, rest if rest.proposals else None)

    def _set(self, document: Document, run: ModelRun | None) -> None:
        """Let a run wait, in the case too; None: nothing waits any more."""
        case = self._workspace.case
        if run is None:
            self._notices.release(_KEY)
        document.set_waiting_run(run)
        if case is None or document.read_only:
            return
        self._runner.submit(
            Lane.CASE,
            f"Keep proposals of {document.name}",
            lambda cancel, report: case.file.set_waiting_run(document.image_id, run),
            failed=lambda error: self._notices.warn(for_people(error, "The proposals were not kept")),
        )

    def _follow(self) -> None:
        document = self._workspace.document
        if document is self._document:
            return
        if self._document is not None:
            self._document.waiting_run_changed.disconnect(self._run_changed)
        self._document = document
        self._notices.release(_KEY)
        if document is not None:
            document.waiting_run_changed.connect(self._run_changed)
        self._run_changed()

    def _run_changed(self) -> None:
        if self.run is None or self.current not in self.run.proposals:
            self.current = None
        self.changed.emit()


def _short(networks: str) -> str:
    """Names and versions of packs without their checksums, which every cell carries."""
    return re.sub(r" \([0-9a-f]{8}\)", "", networks)


def _name(run: ModelRun, proposals: Sequence[Proposal]) -> str:
    if len(proposals) == len(run.proposals):
        return f"{run.title}: take all {len(proposals):,}"
    if len(proposals) > 1:
        return f"{run.title}: take {len(proposals):,} of {len(run.proposals):,}"
    (proposal,) = proposals
    return f"{run.title}: {proposal.kind} cell" + (f" {proposal.before.id}" if proposal.before is not None else "")
