"""Edits save themselves; here is what people ask for beyond that: certainty, another name, a way out."""

import logging
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from allviewer.domain.slide import OpenImage
from allviewer.errors import CaseError, ImageError, UserError, for_people
from allviewer.jobs.lanes import Lane
from allviewer.jobs.runner import JobRunner
from allviewer.progress import CancelToken, Report
from allviewer.session.journal import Journal
from allviewer.session.workspace import OpenCase, Workspace
from allviewer.workflows.ports import Ask, Notices

if TYPE_CHECKING:
    from allviewer.storage.case_records import ImageRecord

log = logging.getLogger(__name__)

_BROKEN = "not saved"


class SaveCase:
    """Watches the journal of the open case and answers for it."""

    def __init__(
        self, workspace: Workspace, runner: JobRunner, notices: Notices, ask: Ask, open_image: OpenImage
    ) -> None:
        self._workspace = workspace
        self._runner = runner
        self._notices = notices
        self._ask = ask
        self._open_image = open_image
        workspace.case_changed.connect(self._watch)
        self._watched: Journal | None = None

    def save(self) -> None:
        """Say so once everything is on disk."""
        case = self._workspace.case
        if case is None:
            return
        if case.journal.error is not None:
            case.journal.retry()
        name = case.path.name if case.is_named else "the program's own folder"
        case.journal.when_idle(lambda: self._notices.tell(f"All edits are saved in {name}."))

    def save_as(self) -> None:
        """Write the case to a named file and go on there."""
        case = self._workspace.case
        if case is None:
            return
        path = self._ask.case_to_write(self._suggestion(case))
        if path is not None:
            self.copy_to(path)

    def copy_to(self, path: Path) -> None:
        """Write the case to a file, which is replaced if it exists, and go on there."""
        case = self._workspace.case
        if case is None:
            return
        if case.journal.error is None:
            case.journal.when_idle(lambda: self._measure_new(case, path))
        else:
            self._measure_new(case, path)

    def finish(self, then: Callable[[], None]) -> bool:
        """Call `then` once everything is on disk. False, and no call, if it cannot be and people want to stay."""
        case = self._workspace.case
        if case is None:
            then()
            return True
        if case.journal.error is None:
            case.journal.when_idle(then)
            return True
        lost = case.journal.pending
        leave = self._ask.confirm(
            f"{lost} edit{'s' * (lost != 1)} could not be saved. Leave anyway?",
            f"{case.journal.error}\n\nSave the case under another name to keep them.",
            "Leave without them",
        )
        if leave:
            then()
        return leave

    def _suggestion(self, case: OpenCase) -> Path:
        if case.is_named:
            return case.path.with_name(f"{case.path.stem} copy.allcase")
        first = self._workspace.entries[0].path if self._workspace.entries else Path.home() / "smear"
        return first.parent / f"{first.parent.name or first.stem}.allcase"

    def _measure_new(self, case: OpenCase, path: Path) -> None:
        """Images of the list that nobody has looked at yet belong to the new case, too."""
        new = [entry.path for entry in self._workspace.entries if not entry.id and not entry.problem]
        self._runner.submit(
            Lane.FILES,
            "Take images into the case",
            lambda cancel, report: _measure(self._open_image, new, cancel, report),
            lambda records: self._copy(case, path, records),
            self._failed,
        )

    def _copy(self, case: OpenCase, path: Path, new: "list[ImageRecord]") -> None:
        def done(read_only_reason: str) -> None:
            self._continue_in(case, read_only_reason)
            self._notices.tell(f"The case is {path.name} in {path.parent} from now on.")

        self._runner.submit(
            Lane.CASE, f"Write {path.name}", lambda cancel, report: _copy_and_move(case, path, new), done, self._failed
        )

    def _continue_in(self, case: OpenCase, read_only_reason: str) -> None:
        for document in self._workspace.documents:
            document.make_read_only(read_only_reason)
        self._workspace.continue_in(OpenCase(case.handle, case.journal, True, read_only_reason))
        self._notices.release("read-only")
        if case.journal.error is not None:
            case.journal.retry()

    def _watch(self) -> None:
        case = self._workspace.case
        journal = case.journal if case is not None else None
        if journal is self._watched:
            return
        self._notices.release(_BROKEN)
        if self._watched is not None:
            self._watched.give_up()
        self._watched = journal
        if journal is not None:
            journal.failed.connect(self._broke)
            journal.changed.connect(self._recovered)

    def _broke(self, error: UserError) -> None:
        journal = self._watched
        assert journal is not None
        count = journal.pending
        are = "s are" if count != 1 else " is"
        meanwhile = "Kept in memory and tried again every few seconds; nothing can be changed until then."
        text = f"{count} edit{are} not saved: {error} {meanwhile}"
        self._notices.keep(_BROKEN, text, "Try again", journal.retry, "Save elsewhere…", self.save_as)

    def _recovered(self) -> None:
        if self._watched is not None and self._watched.error is None:
            self._notices.release(_BROKEN)

    def _failed(self, error: Exception) -> None:
        self._notices.warn(for_people(error, "The case was not written"))


def _measure(open_image: OpenImage, paths: list[Path], cancel: CancelToken, report: Report) -> "list[ImageRecord]":
    """What a case keeps of images; those that cannot be read are left out."""
    from allviewer.exchange.content_hash import identity, size_bytes
    from allviewer.storage.case_records import ImageRecord

    records = []
    for number, path in enumerate(paths):
        cancel.check()
        report(number / len(paths), path.name)
        try:
            source = open_image(path)
            info, sha256 = source.info, identity(path, cancel)
            source.close()
        except ImageError as error:
            log.warning("not taken into the case: %s", error)
            continue
        source_of_mpp = "file" if info.mpp else ""
        records.append(ImageRecord(path, sha256, size_bytes(path), info.width, info.height, info.mpp, source_of_mpp))
    return records


def _copy_and_move(case: OpenCase, path: Path, new: "list[ImageRecord]") -> str:
    """On the case lane: what waits behind this goes to the new file. Gives the reason if that is read-only."""
    from allviewer.storage.case_file import CaseFile

    case.file.save_copy(path)
    old, case.handle.file = case.file, CaseFile.open(path)
    if not case.file.is_read_only:
        for record in new:
            case.file.add_image(record)
    try:
        old.close()
    except CaseError as error:  # its drive is gone; all of it is in the new file
        log.warning("the case was not closed properly: %s", error)
    return case.file.read_only_reason
