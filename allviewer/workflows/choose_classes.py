"""Choose the classes and tags of the open case; take class sets in from files, and write them to files."""

import hashlib
import logging
import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from allviewer.domain.labels import ClassSet, TagSet
from allviewer.errors import ClassSetError, OutputError, UserError, for_people
from allviewer.jobs.lanes import Lane
from allviewer.jobs.runner import JobRunner
from allviewer.session.workspace import Workspace
from allviewer.workflows.ports import Ask, Notices

log = logging.getLogger(__name__)


class ChooseClasses(QObject):
    """What ships, what this person took in, and which of it the open case uses.

    Signals:
        changed: there are other sets to choose from.
    """

    changed = Signal()

    def __init__(
        self, workspace: Workspace, runner: JobRunner, notices: Notices, ask: Ask, own_dir: Path, new_cases_file: Path
    ) -> None:
        """`own_dir`: where sets that were taken in are kept; `new_cases_file`: that of new cases. Neither need be."""
        super().__init__(workspace)
        self._workspace, self._runner, self._notices, self._ask = workspace, runner, notices, ask
        self._own_dir, self._new_cases_file = own_dir, new_cases_file
        self._read_default()

    @property
    def class_sets(self) -> list[ClassSet]:
        """Those that ship, then those that were taken in."""
        from allviewer.domain.class_sets import CLASS_SETS

        return [*CLASS_SETS, *(own for own in self._own() if isinstance(own, ClassSet))]

    @property
    def tag_sets(self) -> list[TagSet]:
        """Those that ship, then those that were taken in."""
        from allviewer.domain.class_sets import TAG_SETS

        return [*TAG_SETS, *(own for own in self._own() if isinstance(own, TagSet))]

    def is_own(self, chosen: ClassSet | TagSet) -> bool:
        """Whether a set was taken in, so that it can be removed."""
        return self._file_of(chosen.name).exists()

    def begin_with(self, class_set: ClassSet, tag_sets: Sequence[TagSet]) -> None:
        """New cases have these classes and tags from now on; also after the next start."""
        from allviewer.storage import class_set_file

        wanted = class_set.with_tags(tag_sets)
        try:
            class_set_file.write(self._new_cases_file, wanted)
        except OutputError as error:
            self._notices.warn(error)
        else:
            self._workspace.begin_with(wanted)

    def use(self, class_set: ClassSet, tag_sets: Sequence[TagSet]) -> None:
        """Name the cells of the open case by these classes and tags from now on. No cell changes."""
        case, wanted = self._workspace.case, class_set.with_tags(tag_sets)
        if case is None:
            self._notices.tell("Open an image or a case first: each case has its own classes.")
            return

        def work(_cancel: object, _report: object) -> None:
            case.file.set_class_set(wanted)

        def done(_nothing: None) -> None:
            if self._workspace.case is not None and self._workspace.case.handle is case.handle:
                self._workspace.use_classes(wanted)
                self._name_strangers(wanted)

        self._runner.submit(Lane.CASE, f"Use {wanted.name}", work, done, self._failed)

    def choose_file(self) -> ClassSet | TagSet | None:
        path = self._ask.class_set_to_read()
        return self.take_in(path) if path is not None else None

    def take_in(self, path: Path) -> ClassSet | TagSet | None:
        """Keep the set of a file among those to choose from; a bad file is refused in a sentence."""
        from allviewer.domain.class_sets import CLASS_SETS, TAG_SETS
        from allviewer.storage import class_set_file

        try:
            found = class_set_file.read(path)
            if any(found.name == shipped.name for shipped in (*CLASS_SETS, *TAG_SETS)):
                raise ClassSetError(f"{path.name} has the name of a set that ships: {found.name}.", "Give it another.")
            class_set_file.write(self._file_of(found.name), found)
        except UserError as error:
            self._notices.warn(error)
            return None
        self._tell_alike(found)
        self.changed.emit()
        return found

    def write_out(self, chosen: ClassSet | TagSet) -> None:
        """Write a set to a file, to be changed by hand or taken to another computer."""
        from allviewer.storage import class_set_file

        path = self._ask.class_set_to_write(f"{_slug(chosen.name)}{class_set_file.SUFFIX}")
        if path is None:
            return
        try:
            class_set_file.write(path, chosen)
        except OutputError as error:
            self._notices.warn(error)
        else:
            self._notices.tell(f"{chosen.name} is in {path.name}.")

    def remove(self, chosen: ClassSet | TagSet) -> None:
        """No longer offer a set that was taken in. Cases that use it keep it."""
        try:
            self._file_of(chosen.name).unlink(missing_ok=True)
        except OSError as error:
            self._notices.warn(OutputError(f"{chosen.name} cannot be removed: {error.strerror or error}."))
        self.changed.emit()

    def _read_default(self) -> None:
        if not self._new_cases_file.exists():
            return
        from allviewer.storage import class_set_file

        try:
            found = class_set_file.read(self._new_cases_file)
        except ClassSetError as error:
            self._notices.tell(f"{error.sentence} New cases have the usual classes.")
            return
        if isinstance(found, ClassSet):
            self._workspace.begin_with(found)

    def _own(self) -> list[ClassSet | TagSet]:
        from allviewer.storage import class_set_file

        found = []
        for path in sorted(self._own_dir.glob(f"*{class_set_file.SUFFIX}")):
            try:
                found.append(class_set_file.read(path))
            except ClassSetError as error:
                log.warning("not offered: %s", error)
        return found

    def _file_of(self, name: str) -> Path:
        from allviewer.storage import class_set_file

        code = hashlib.sha256(name.encode()).hexdigest()[:8]  # two names may differ in letters that files cannot have
        return self._own_dir / f"{_slug(name)}-{code}{class_set_file.SUFFIX}"

    def _name_strangers(self, class_set: ClassSet) -> None:
        """Cells whose class the set lacks keep it: say how many, so that nobody wonders about a count."""
        strangers: Counter[str] = Counter()
        for document in self._workspace.documents:
            for (label, _state), number in document.annotations.tally.items():
                if number and label not in class_set:
                    strangers[label] += number
        if strangers:
            names = ", ".join(f"{number:,} {label.replace('_', ' ')}" for label, number in strangers.most_common())
            self._notices.tell(
                f"{class_set.name} lacks the class of some cells ({names}). They keep it, and count as "
                f"{class_set.find('').title.lower()} until they are relabelled."
            )

    def _tell_alike(self, found: ClassSet | TagSet) -> None:
        """Colours are the author's choice; that some people cannot tell them apart is said."""
        from allviewer.domain.colour_vision import alike

        pairs = alike(found) if isinstance(found, ClassSet) else []
        if pairs:
            a, b, _ = pairs[0]
            more = f", and {len(pairs) - 1} pairs more" if len(pairs) > 1 else ""
            self._notices.tell(
                f"{found.name}: {a} and {b} have the same line and colours that not everybody can tell apart{more}."
            )

    def _failed(self, error: Exception) -> None:
        self._notices.warn(for_people(error, "The classes were not changed"))


def _slug(name: str) -> str:
    """A name of a file that every system takes."""
    return re.sub(r"[^a-z0-9]+", "-", name.casefold()).strip("-")[:40] or "classes"
