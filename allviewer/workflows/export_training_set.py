"""Corrected and accepted cells of the open case as files to learn from."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from allviewer.domain.slide import OpenImage
from allviewer.errors import for_people
from allviewer.jobs.lanes import Lane
from allviewer.jobs.runner import JobRunner
from allviewer.progress import CancelToken, Report
from allviewer.session.workspace import Workspace
from allviewer.workflows.ports import Notices

if TYPE_CHECKING:
    from allviewer.storage.locked_set import LockedSet


@dataclass(frozen=True, slots=True)
class ExportPreview:
    """What an export holds or would hold; `text` says it to people."""

    cells: int
    images: int
    text: str
    skipped: tuple[str, ...]


class ExportTrainingSet:
    """Works on a second, read-only view of the case file, so that edits go on being saved meanwhile."""

    def __init__(
        self, workspace: Workspace, runner: JobRunner, notices: Notices, open_image: OpenImage, locked: "LockedSet"
    ) -> None:
        self._workspace = workspace
        self._runner = runner
        self._notices = notices
        self._open_image = open_image
        self._locked = locked

    def preview(self, done: Callable[[ExportPreview], None]) -> None:
        """Count what an export would hold."""
        self._when_saved("Count cells", partial(_count, self._locked), done, self._failed)

    def export(
        self,
        folder: Path,
        done: Callable[[ExportPreview], None] | None = None,
        failed: Callable[[Exception], None] | None = None,
    ) -> None:
        """Write the set into a new or empty folder, which appears only when it is complete."""
        classes = self._workspace.class_set

        def work(path: Path, cancel: CancelToken, report: Report) -> ExportPreview:
            from allviewer.storage.case_file import CaseFile
            from allviewer.storage.training_choice import ExportChoice
            from allviewer.storage.training_set_writer import write_training_set

            choice = ExportChoice(locked=self._locked.locked())
            with CaseFile.open(path, read_only=True) as case:
                counts = write_training_set([case], folder, self._open_image, classes, cancel, report, choice)
            return ExportPreview(counts.cells.total(), counts.images, str(counts), tuple(counts.skipped))

        def written(made: ExportPreview) -> None:
            left_out = f" Left out: {' '.join(made.skipped)}" if made.skipped else ""
            self._notices.tell(f"Exported {made.text} to {folder}.{left_out}")
            if done is not None:
                done(made)

        self._when_saved("Export training set", work, written, failed or self._failed)

    def _when_saved(
        self,
        name: str,
        work: Callable[[Path, CancelToken, Report], ExportPreview],
        done: Callable[[ExportPreview], None],
        failed: Callable[[Exception], None],
    ) -> None:
        case = self._workspace.case
        if case is None:
            return
        path = case.path

        def begin() -> None:
            self._runner.submit(Lane.FILES, name, lambda cancel, report: work(path, cancel, report), done, failed)

        case.journal.when_idle(begin)

    def _failed(self, error: Exception) -> None:
        self._notices.warn(for_people(error, "The export failed"))


def _count(locked: "LockedSet", path: Path, cancel: CancelToken, report: Report) -> ExportPreview:
    from allviewer.storage.case_file import CaseFile
    from allviewer.storage.training_choice import ExportChoice
    from allviewer.storage.training_set_writer import count_training_cells

    with CaseFile.open(path, read_only=True) as case:
        counts = count_training_cells([case], ExportChoice(locked=locked.locked()))
    return ExportPreview(counts.cells.total(), counts.images, str(counts), tuple(counts.skipped))
