"""Choose what a network learns from: which patients or slides and cells, what is watched, what is locked away."""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from allviewer.domain.cell import CellState
from allviewer.domain.labels import ALL_CLASSES
from allviewer.domain.slide import OpenImage
from allviewer.domain.training_survey import Survey
from allviewer.errors import for_people
from allviewer.jobs.lanes import Lane
from allviewer.jobs.runner import JobRunner
from allviewer.progress import CancelToken, Report, no_report
from allviewer.session.workspace import Workspace
from allviewer.workflows.ports import Ask, Notices

if TYPE_CHECKING:
    from allviewer.storage.case_file import CaseFile
    from allviewer.storage.locked_set import LockedSet

Result = TypeVar("Result")
LEARN, WATCH, DISTIL = "learn", "watch", "distil"


@dataclass(frozen=True, slots=True)
class TrainingPlan:
    """What is written for a training.

    Attributes:
        states: of the cells that are learnt from.
        learn, watch: patients or slides; from the watched ones nothing is learnt, figures on them are shown.
        distil: whether cells that nobody looked at are written, too, to keep what the pack says of them.
    """

    cases: tuple[Path, ...]
    states: frozenset[CellState]
    learn: frozenset[str]
    watch: frozenset[str]
    distil: bool = False


class PlanTraining:
    """Reads cases beside the window; none of it changes a case."""

    def __init__(
        self,
        workspace: Workspace,
        runner: JobRunner,
        notices: Notices,
        ask: Ask,
        open_image: OpenImage,
        locked: "LockedSet",
        locked_dir: Path,
    ) -> None:
        self._workspace, self._runner, self._notices, self._ask = workspace, runner, notices, ask
        self._open_image, self._locked = open_image, locked
        self.locked_dir = locked_dir

    def open_case(self) -> Path | None:
        return self._workspace.case.path if self._workspace.case is not None else None

    def ask_case(self) -> Path | None:
        """Another case to learn from."""
        return self._ask.case_to_open()

    def survey(self, cases: tuple[Path, ...], done: Callable[[Survey], None]) -> None:
        """Count what there is."""
        from allviewer.storage.training_survey import survey

        def work(files: "list[CaseFile]", cancel: CancelToken, report: Report) -> Survey:
            return survey(files, self._locked.locked())

        self._submit("Count cells", cases, work, done, self._failed)

    def proposed_lock(self, groups: list[str]) -> frozenset[str]:
        """The patients or slides that are locked unless people choose otherwise."""
        from allviewer.storage.locked_set import proposed_groups

        return proposed_groups(groups)

    def lock(self, cases: tuple[Path, ...], groups: frozenset[str], done: Callable[[str], None]) -> None:
        """Put whole patients or slides into the locked test set, for good."""

        def work(files: "list[CaseFile]", cancel: CancelToken, report: Report) -> str:
            return str(self._locked.add(files, groups, self._open_image, ALL_CLASSES, cancel, report))

        if self._ask.confirm(
            f"Lock {len(groups)} of the patients or slides?",
            "Networks are judged on them from now on, and none ever learns from them. This is not taken back.",
            "Lock",
        ):
            self._submit("Lock test set", cases, work, done, self._failed)

    def write(
        self,
        plan: TrainingPlan,
        folder: Path,
        done: Callable[[frozenset[str]], None],
        failed: Callable[[Exception], None],
    ) -> None:
        """Write the sets of a plan as folder/learn, folder/watch, folder/distil; `done` gets those that are there."""
        from allviewer.storage.training_choice import ExportChoice
        from allviewer.storage.training_set_writer import count_training_cells, write_training_set

        def work(files: "list[CaseFile]", cancel: CancelToken, report: Report) -> frozenset[str]:
            locked = self._locked.locked()
            choices = {LEARN: ExportChoice(plan.states, plan.learn, locked)}
            if plan.watch:
                choices[WATCH] = ExportChoice(plan.states, plan.watch, locked)
            if plan.distil:
                choices[DISTIL] = ExportChoice(frozenset({CellState.PROPOSED}), plan.learn, locked)
            written = set()
            for name, choice in choices.items():
                if name == LEARN or count_training_cells(files, choice).cells:
                    write_training_set(files, folder / name, self._open_image, ALL_CLASSES, cancel, no_report, choice)
                    written.add(name)
            return frozenset(written)

        self._submit("Export corrected cells", plan.cases, work, done, failed)

    def _submit(
        self,
        name: str,
        cases: tuple[Path, ...],
        work: "Callable[[list[CaseFile], CancelToken, Report], Result]",
        done: Callable[[Result], None],
        failed: Callable[[Exception], None],
    ) -> None:
        def with_files(cancel: CancelToken, report: Report) -> Result:
            from allviewer.storage.case_file import CaseFile

            with ExitStack() as stack:
                files = [stack.enter_context(CaseFile.open(path, read_only=True)) for path in cases]
                return work(files, cancel, report)

        def begin() -> None:
            self._runner.submit(Lane.FILES, name, with_files, done, failed)

        case = self._workspace.case
        if case is not None and case.path in cases:
            case.journal.when_idle(begin)
        else:
            begin()

    def _failed(self, error: Exception) -> None:
        self._notices.warn(for_people(error, "The cells could not be read"))
