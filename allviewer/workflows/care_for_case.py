"""Prove that a case is whole, and go back to the case as it was earlier."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from allviewer.errors import CaseError, UserError, for_people
from allviewer.jobs.lanes import Lane
from allviewer.jobs.runner import JobRunner
from allviewer.session.workspace import OpenCase, Workspace
from allviewer.workflows.ports import Notices

if TYPE_CHECKING:
    from allviewer.storage.case_backups import Generation
    from allviewer.storage.case_records import CheckReport
    from allviewer.storage.locations import Locations

_RECOVERED = "recovered"
_EARLIER = "earlier generation"


class CareForCase(QObject):
    """What people ask of a case file as a whole."""

    restored = Signal(Path)
    """An earlier generation lies there now, to be opened."""

    def __init__(self, workspace: Workspace, runner: JobRunner, notices: Notices, locations: "Locations") -> None:
        super().__init__(workspace)
        self._workspace, self._runner, self._notices, self._locations = workspace, runner, notices, locations

    def check(self) -> None:
        """Prove that no entry of the journal was changed or removed, and that the cells are what it says."""
        self._notices.release(_RECOVERED)
        case = self._workspace.case
        if case is None:
            return

        def work() -> "CheckReport":
            return case.file.check()

        def done(report: "CheckReport") -> None:
            if report.is_sound:
                self._notices.tell(
                    f"The case is sound: {report.entries:,} journal entries, {report.cells:,} cells in "
                    f"{report.images:,} image{'s' * (report.images != 1)}. No entry was changed or removed."
                )
            else:
                self._notices.warn(CaseError("The case is not sound.", " ".join(report.problems[:3])))

        self._submit("Check the case", work, done)

    def say_what_was_found(self, sentences: Sequence[str]) -> None:
        """What opening a case recovered stays on the screen until it has been read."""
        self._notices.release(_RECOVERED)
        if sentences:
            self._notices.offer(_RECOVERED, " ".join(sentences), "Check the case", self.check)

    def open_previous_generation(self) -> None:
        """The open case as it was before, beside the present file; the present one is left as it is."""
        case = self._workspace.case
        if case is not None:
            self._restore(case.path, self._name(case), lambda: case.file.entries)

    def offer_generation(self, path: Path, error: UserError) -> None:
        """A case could not be opened: offer it as it was at an earlier time, if it is kept."""
        from allviewer.storage.case_backups import generations

        kept = generations(path, self._locations.backups_dir)
        if not kept:
            self._notices.warn(error)
            return
        self._notices.offer(
            _EARLIER,
            f"{error} It is kept as it was on {_when(kept[0])}, with {kept[0].entries:,} journal entries.",
            "Open the previous generation",
            lambda: self._restore(path, path.stem, lambda: None),
        )

    def _restore(self, path: Path, name: str, entries: Callable[[], int | None]) -> None:
        from allviewer.storage.case_backups import Generation, previous_generation, restore_beside

        self._notices.release(_EARLIER)

        def work() -> tuple[Generation, Path]:
            generation = previous_generation(path, self._locations.backups_dir, entries())
            return generation, restore_beside(generation, path.parent, name)

        def done(result: tuple[Generation, Path]) -> None:
            generation, restored = result
            self.restored.emit(restored)
            self._notices.tell(
                f"{restored.name} is the case as it was on {_when(generation)}, with {generation.entries:,} journal "
                f"entries. {path.name if path.stem == name else 'The present one'} was left as it is."
            )

        self._submit("Open the previous generation", work, done)

    def _name(self, case: OpenCase) -> str:
        """Of a case without a name, that of the folder of its images."""
        if case.is_named or not self._workspace.entries:
            return case.path.stem
        return self._workspace.entries[0].path.parent.name or case.path.stem

    def _submit(self, name: str, work: Callable[[], object], done: Callable[..., None]) -> None:
        def failed(error: Exception) -> None:
            self._notices.warn(for_people(error, f"{name}: not done"))

        self._runner.submit(Lane.CASE, name, lambda cancel, report: work(), done, failed)


def _when(generation: "Generation") -> str:
    return f"{generation.utc.astimezone():%d %b %Y, %H:%M}"
