"""The values that a case file takes and gives."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from allviewer.domain.cell import Cell
from allviewer.domain.last_look import LastLook


@dataclass(frozen=True, slots=True)
class ImageRecord:
    """One image of a case.

    Attributes:
        path: where the image lies now (absolute); the file itself is never changed.
        sha256: what the file is known by (`content_hash.identity`), 64 lower-case hexadecimal digits.
        width, height: of level 0, in pixels.
        mpp: micrometres per level-0 pixel, or None; mpp_source says where it comes from ("file", "user", ...).
        group: key of the patient or slide, so that its images stay on one side of a split; may be empty.
        reviewed: a person looked at the whole image.
        view: where people looked last, or None.
        id: given by the case; 0 for an image that is in none yet.
    """

    path: Path
    sha256: str
    size_bytes: int
    width: int
    height: int
    mpp: float | None = None
    mpp_source: str = ""
    group: str = ""
    reviewed: bool = False
    view: LastLook | None = None
    id: int = 0


@dataclass(frozen=True, slots=True)
class CellTally:
    """How far an image is: its cells, those labelled blast, and those that a person accepted or corrected."""

    cells: int
    blasts: int
    touched: int


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One step of an image's history; `undone` if it lies after the present position."""

    seq: int
    text: str
    author: str
    utc: datetime
    undone: bool = False


@dataclass(frozen=True, slots=True)
class StoredImage:
    """An image's annotations as they were left.

    Attributes:
        cells: by id.
        next_id: no cell of this image ever had this id or a higher one.
        history: the steps that can be undone, oldest first, then those that can be redone, next first.
        position: how many steps of `history` are done.
    """

    cells: tuple[Cell, ...]
    next_id: int
    history: tuple[HistoryEntry, ...]
    position: int


@dataclass(frozen=True, slots=True)
class CheckReport:
    """What `CaseFile.check` found.

    Attributes:
        entries: journal entries read; images, cells: what the case holds.
        first_bad: the first journal entry that was changed, removed or put in; None if the chain is whole.
        problems: sentences, empty if all is well.
    """

    entries: int
    images: int
    cells: int
    first_bad: int | None
    problems: tuple[str, ...]

    @property
    def is_sound(self) -> bool:
        return not self.problems
