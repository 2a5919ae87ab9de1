"""What was written into a case since it was opened, so that it can be written once more if its drive is lost."""

import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from allviewer.errors import CaseError
from allviewer.storage import atomic
from allviewer.storage.case_backups import generations
from allviewer.storage.case_database import set_old_log_aside
from allviewer.storage.case_records import ImageRecord
from allviewer.storage.cell_codec import decode_changes, edit_of
from allviewer.storage.journal import EDIT, REDO

if TYPE_CHECKING:
    from allviewer.storage.case_file import CaseFile

_MOST_BYTES = 32 << 20


@dataclass(frozen=True, slots=True)
class _Line:
    image_id: int
    kind: str
    author: str
    text: str
    payload: bytes


@dataclass(slots=True)
class SinceOpening:
    """Images and journal lines, in order.

    Attributes:
        entries: number of journal entries that the case held when it was opened.
        is_complete: false once it was too much to keep.
    """

    entries: int
    is_complete: bool = True
    _images: list[ImageRecord] = field(default_factory=list)
    _lines: list[_Line] = field(default_factory=list)
    _nbytes: int = 0

    def note_image(self, record: ImageRecord) -> None:
        self._images.append(record)

    def note_line(self, image_id: int, kind: str, author: str, text: str, payload: bytes) -> None:
        self._nbytes += len(payload)
        if self._nbytes > _MOST_BYTES:
            self.is_complete = False
            self._lines.clear()
        if self.is_complete:
            self._lines.append(_Line(image_id, kind, author, text, payload))

    def write_into(self, case: "CaseFile") -> None:
        """Do it all again in a case that is as this one was when it was opened. Raises `CaseError`."""
        for record in self._images:
            case.add_image(record)
        for line in self._lines:
            if line.kind == EDIT:
                case.commit(line.image_id, edit_of(line.text, decode_changes(line.payload)), line.author)
            elif line.kind == REDO:
                case.redo(line.image_id, line.author)
            else:
                case.undo(line.image_id, line.author)


def write_again(case_path: Path, backups_dir: Path | None, since: SinceOpening, target: Path) -> None:
    """Make a case that cannot be read any more: its copy kept at opening, and what has happened since.

    Raises `CaseError` if no such copy is kept, `OutputError` if the target cannot be written.
    """
    from allviewer.storage.case_file import CaseFile

    kept = generations(case_path, backups_dir) if backups_dir is not None else []
    copy = next((generation.path for generation in kept if generation.entries == since.entries), None)
    if since.entries and copy is None:
        raise CaseError(f"The case file {case_path} cannot be read.", "Connect its drive again, then try once more.")
    with atomic.replacing(target) as part:
        if copy is not None:
            shutil.copyfile(copy, part)
        else:
            part.unlink(missing_ok=True)
            CaseFile.create(part).close()
        with CaseFile.open(part) as case:
            since.write_into(case)
        set_old_log_aside(target)
