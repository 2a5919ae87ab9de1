"""What is open: a case, its list of images, and the one image that is shown."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from allviewer.domain.labels import ALL_CLASSES, ClassSet
from allviewer.session.document import Document
from allviewer.session.journal import Journal
from allviewer.storage.case_records import CellTally

if TYPE_CHECKING:
    from allviewer.storage.case_file import CaseFile

MOST_DOCUMENTS = 4
"""So many images stay in memory beside the one that is shown."""


@dataclass(frozen=True, slots=True)
class ImageEntry:
    """One row of the image list.

    Attributes:
        id: within the case; 0 until the image was looked at or analysed for the first time.
        tally: None while nobody has counted.
        problem: why the image cannot be shown; empty if it can.
    """

    path: Path
    id: int = 0
    tally: CellTally | None = None
    reviewed: bool = False
    problem: str = ""

    @property
    def name(self) -> str:
        return self.path.name


class CaseHandle:
    """The case file that is written to now. It is replaced on the case lane only, so what waits there follows it."""

    def __init__(self, file: "CaseFile") -> None:
        self.file = file


@dataclass(frozen=True, slots=True)
class OpenCase:
    """The case file behind the images, and the queue of edits on their way into it."""

    handle: CaseHandle
    journal: Journal
    is_named: bool
    read_only_reason: str = ""

    @property
    def file(self) -> "CaseFile":
        """Ask for it on the case lane, at the moment it is used."""
        return self.handle.file

    @property
    def path(self) -> Path:
        return self.file.path


class Workspace(QObject):
    """State only; the workflows change it and the panels follow its signals."""

    case_changed = Signal()
    entries_changed = Signal()
    """The list is another one."""
    entry_changed = Signal(int)
    """One row has news."""
    shown_changed = Signal()
    """Another image is shown, or none."""
    classes_changed = Signal()
    """Cells are named by another class set."""

    def __init__(self, class_set: ClassSet = ALL_CLASSES, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._class_set = self._default_set = class_set
        self._case: OpenCase | None = None
        self._entries: list[ImageEntry] = []
        self._documents: dict[int, Document] = {}
        self._shown = -1
        self._generation = 0

    @property
    def generation(self) -> int:
        """Changes whenever the list is replaced, so that work begun for another list can tell."""
        return self._generation

    @property
    def class_set(self) -> ClassSet:
        """The classes and tags of the open case; its file keeps them (`workflows.choose_classes`)."""
        return self._class_set

    def use_classes(self, class_set: ClassSet | None) -> None:
        """Name cells by another class set; None: by the one that a new case has."""
        wanted = class_set or self._default_set
        if wanted != self._class_set:
            self._class_set = wanted
            self.classes_changed.emit()

    def begin_with(self, class_set: ClassSet) -> None:
        """New cases have these classes from now on."""
        is_default = self._class_set == self._default_set
        self._default_set = class_set
        if is_default and self._case is None:
            self.use_classes(None)

    @property
    def case(self) -> OpenCase | None:
        return self._case

    @property
    def entries(self) -> list[ImageEntry]:
        return self._entries

    @property
    def shown_row(self) -> int:
        """Row of the image that is shown or about to be; -1 if there is none."""
        return self._shown

    @property
    def document(self) -> Document | None:
        """The image that is shown, once its pixels and cells are there."""
        return self._documents.get(self._shown)

    @property
    def documents(self) -> list[Document]:
        """All images in memory."""
        return list(self._documents.values())

    def document_of(self, row: int) -> Document | None:
        return self._documents.get(row)

    def open(self, case: OpenCase, entries: Iterable[ImageEntry]) -> None:
        """Replace everything. The caller has closed the case that was open before."""
        self.clear()
        self._case = case
        self._entries = list(entries)
        self.case_changed.emit()
        self.entries_changed.emit()

    def continue_in(self, case: OpenCase) -> None:
        """The same images go on under another case file."""
        self._case = case
        self.case_changed.emit()

    def add_entries(self, entries: Iterable[ImageEntry]) -> None:
        """More images at the end of the list."""
        self._entries.extend(entries)
        self.entries_changed.emit()

    def clear(self) -> None:
        """Forget the case and all its images."""
        documents, self._documents = self._documents, {}
        self._generation += 1
        self._case, self._entries, self._shown = None, [], -1
        self.shown_changed.emit()
        self.entries_changed.emit()
        self.case_changed.emit()
        for document in documents.values():
            document.close()

    def show(self, row: int) -> None:
        """Say which image is shown; its document may come later, with `put_document`."""
        self._shown = row
        self.shown_changed.emit()

    def put_document(self, row: int, document: Document) -> None:
        """An image has been read."""
        self._documents[row] = document
        if row == self._shown:
            self.shown_changed.emit()
        self._forget_old()

    def drop_document(self, row: int) -> None:
        """Forget an image that was read; what it holds is in the case."""
        document = self._documents.pop(row, None)
        if document is not None:
            if row == self._shown:
                self.shown_changed.emit()
            document.close()

    def update_entry(self, row: int, **changes: object) -> None:
        """Change fields of a row's entry."""
        if 0 <= row < len(self._entries):
            changed = replace(self._entries[row], **changes)  # type: ignore[arg-type]
            if changed != self._entries[row]:
                self._entries[row] = changed
                self.entry_changed.emit(row)

    def _forget_old(self) -> None:
        """Let go of images that were looked at longest ago and are all on disk."""
        for row, document in list(self._documents.items()):
            if len(self._documents) <= MOST_DOCUMENTS:
                return
            if row != self._shown and document.saved and not document.in_use:
                del self._documents[row]
                document.close()
