"""Open images, folders and case files. Images without a case get one of their own, so that nothing needs saving."""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from allviewer.errors import ClassSetError, ImageError, UserError, for_people
from allviewer.jobs.lanes import Lane
from allviewer.jobs.one_lane import OneLane
from allviewer.jobs.runner import JobRunner
from allviewer.progress import CancelToken, Report
from allviewer.resources import resources_dir
from allviewer.session.journal import Journal
from allviewer.session.workspace import CaseHandle, ImageEntry, OpenCase, Workspace
from allviewer.workflows.ports import Ask, FirstSight, Notices

if TYPE_CHECKING:
    from allviewer.domain.labels import ClassSet
    from allviewer.storage.case_file import CaseFile
    from allviewer.storage.locations import Locations

CASE_SUFFIX = ".allcase"


@dataclass(frozen=True, slots=True)
class _Opened:
    """What a worker made ready; the window changes only when all of it is there."""

    file: "CaseFile"
    entries: tuple[ImageEntry, ...]
    is_named: bool
    class_set: "ClassSet | None"


def demo_dir() -> Path:
    """Where the demonstration smear lies."""
    return resources_dir() / "demo"


class OpenImages:
    """The intention "let me look at these files"."""

    def __init__(
        self,
        workspace: Workspace,
        runner: JobRunner,
        notices: Notices,
        ask: Ask,
        locations: "Locations",
        person: Callable[[], str],
        opened: Callable[[Path], None],
        first_sight: FirstSight,
        found_on_opening: Callable[[Sequence[str]], None],
        damaged: Callable[[Path, UserError], None],
    ) -> None:
        self._workspace = workspace
        self._runner = runner
        self._notices = notices
        self._ask = ask
        self._locations = locations
        self._person = person
        self._opened = opened
        self._first_sight = first_sight
        self._found_on_opening, self._damaged = found_on_opening, damaged
        self._opening = 0

    def choose_images(self) -> None:
        paths = self._ask.images()
        if paths:
            self.open(paths)

    def choose_folder(self) -> None:
        folder = self._ask.folder("Open folder of images")
        if folder is not None:
            self.open([folder])

    def choose_case(self) -> None:
        path = self._ask.case_to_open()
        if path is not None:
            self.open([path])

    def open_demo(self) -> None:
        """The synthetic smear that ships with the program; it can be corrected like any other image."""
        self.open([demo_dir()])

    def open(self, paths: Sequence[Path]) -> None:
        """Open a case file, or images and folders. What is open stays open until all is ready."""
        paths = [path.expanduser().absolute() for path in paths]
        cases = [path for path in paths if path.suffix == CASE_SUFFIX]
        if cases and len(paths) > 1:
            self._notices.warn(UserError("One case is opened at a time.", f"Open {cases[0].name} alone."))
        elif cases:
            self._open_case(cases[0], None)
        elif paths:
            self._runner.submit(
                Lane.FILES,
                "Look for images",
                lambda cancel, report: _find(paths),
                lambda images: self._found(paths[0], images),
                self._failed,
            )

    def take_over(self) -> None:
        """Open the case for writing that could only be read: the other program may have closed it."""
        case = self._workspace.case
        if case is not None and case.read_only_reason:
            images = None if case.is_named else [entry.path for entry in self._workspace.entries]
            self._open_case(case.path, images, anew=True)

    def abandon(self) -> None:
        """The program ends: what is being opened is not wanted any more."""
        self._opening += 1

    def _found(self, asked_for: Path, images: list[Path]) -> None:
        self._opened(asked_for)
        case = self._workspace.case
        if case is not None and case.is_named:
            self._add(images)
        else:
            path = self._unnamed_case_of(images)
            self._first_sight.show(images[0], lambda: self._open_case(path, images))

    def _add(self, images: list[Path]) -> None:
        """Put images at the end of the named case that is open."""
        known = {entry.path for entry in self._workspace.entries}
        new = [ImageEntry(path) for path in images if path not in known]
        row = len(self._workspace.entries)
        if new:
            self._workspace.add_entries(new)
        else:
            row = [entry.path for entry in self._workspace.entries].index(images[0])
        self._workspace.show(row)

    def _unnamed_case_of(self, images: Iterable[Path]) -> Path:
        """One case for each folder: an image opened alone shows what was done when its folder was open."""
        folders = sorted({str(path.parent) for path in images})
        key = hashlib.sha256("\n".join(folders).encode()).hexdigest()[:24]
        return self._locations.unsaved_dir / f"{key}{CASE_SUFFIX}"

    def _open_case(self, path: Path, images: list[Path] | None, anew: bool = False) -> None:
        """Finish what is under way in the present case, then open another one."""
        self._opening += 1
        mine = self._opening

        def begin() -> None:
            self._runner.submit(Lane.CASE, f"Open {path.name}", work, done, failed)

        def failed(error: Exception) -> None:
            self._first_sight.withdraw()
            self._damaged(path, for_people(error, "This cannot be opened"))

        def work(cancel: CancelToken, report: Report) -> _Opened:
            if present is not None and present.path == path and not anew:
                return _Opened(present.file, _entries(present.file, images), present.is_named, _classes(present.file))
            return _open(path, images, self._locations)

        def done(opened: _Opened) -> None:
            if mine == self._opening:
                self._replace(opened)
            elif present is None or opened.file is not present.file:
                opened.file.close()

        present = self._workspace.case
        if present is None or present.journal.error is not None:
            begin()
        else:
            present.journal.when_idle(begin)

    def _replace(self, opened: _Opened) -> None:
        old = self._workspace.case
        if old is not None and old.file is opened.file:
            case = old
        else:
            if old is not None:
                self._runner.submit(Lane.CASE, "Close case", lambda cancel, report: old.file.close())
            case = self._joined(opened)
        self._workspace.use_classes(opened.class_set)
        self._workspace.open(case, opened.entries)
        if case.is_named:
            self._opened(case.path)
        self._found_on_opening(opened.file.notices if case is not old else ())
        if case.read_only_reason:
            self._notices.keep("read-only", case.read_only_reason, "Take over", self.take_over)
        else:
            self._notices.release("read-only")
        if opened.entries:
            self._workspace.show(0)
        else:
            self._notices.tell("This case holds no images yet. Drop some on the window.")

    def _joined(self, opened: _Opened) -> OpenCase:
        handle = CaseHandle(opened.file)
        journal = Journal(lambda: handle.file, self._person(), OneLane(self._runner, Lane.CASE), self._workspace)
        return OpenCase(handle, journal, opened.is_named, opened.file.read_only_reason)

    def _failed(self, error: Exception) -> None:
        self._first_sight.withdraw()
        self._notices.warn(for_people(error, "This cannot be opened"))


def _find(paths: list[Path]) -> list[Path]:
    from allviewer.imaging.find_images import find_images

    images = find_images(paths)
    for path in images:
        if any("\ud800" <= letter <= "\udfff" for letter in str(path)):  # a case could not name it
            name = path.name.encode("utf-8", "backslashreplace").decode()
            raise ImageError(f"The name or folder of {name} is not valid text.", "Rename it, then open it again.")
    return images


def _open(path: Path, images: list[Path] | None, locations: "Locations") -> _Opened:
    """On a worker: the case file, opened or made, and its list of images."""
    from allviewer.storage.case_file import CaseFile

    is_named = images is None
    if is_named or path.exists():
        file = CaseFile.open(path, backups_dir=locations.backups_dir)
    else:
        path.parent.mkdir(parents=True, exist_ok=True)
        file = CaseFile.create(path)
    return _Opened(file, _entries(file, images), is_named, _classes(file))


def _classes(file: "CaseFile") -> "ClassSet | None":
    """The class set of a case; one that cannot be read is no reason not to open it."""
    try:
        return file.class_set()
    except ClassSetError as error:
        file.notices += (f"{error.sentence} Cells are named by the usual classes; nothing of them has changed.",)
        return None


def _entries(file: "CaseFile", images: list[Path] | None) -> tuple[ImageEntry, ...]:
    """The rows of the image list: those asked for, or all of the case."""
    records = {record.path: record for record in file.images()}
    tallies = file.tallies()
    rows = []
    for path in images if images is not None else records:
        record = records.get(path)
        if record is None:
            rows.append(ImageEntry(path))
            continue
        problem = "" if path.exists() else "missing"
        rows.append(ImageEntry(path, record.id, tallies.get(record.id), record.reviewed, problem))
    return tuple(rows)
