"""The case file: images, their cells, and the journal of every change, in one SQLite file (see docs/case-file.md).

Whatever a method here changed is on the disk when it returns. One thread at a time may use a `CaseFile`.
"""

import contextlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType

from sqlalchemy import insert, select, update

from allviewer.domain.bookmark import Bookmark
from allviewer.domain.boxes import BoxCount
from allviewer.domain.cell import Cell
from allviewer.domain.edits import Edit
from allviewer.domain.labels import ClassSet
from allviewer.domain.last_look import LastLook
from allviewer.domain.model_run import ModelRun
from allviewer.domain.scale import Scale
from allviewer.errors import CaseError
from allviewer.storage import atomic, case_images
from allviewer.storage.box_notes import read_count, write_count
from allviewer.storage.case_backups import KEPT, copy_into, keep_generation
from allviewer.storage.case_cells import CellMismatchError, all_cells, carry_out, count_cells
from allviewer.storage.case_check import check_case
from allviewer.storage.case_connection import CaseConnection
from allviewer.storage.case_database import case_errors, set_old_log_aside
from allviewer.storage.case_history import append_line, read_history, read_step, read_timeline
from allviewer.storage.case_lock import release_lock, take_lock
from allviewer.storage.case_meta import read_case_id, read_class_set, read_head, write_class_set
from allviewer.storage.case_opening import OpenedCase, open_case, write_empty_case
from allviewer.storage.case_records import CellTally, CheckReport, HistoryEntry, ImageRecord, StoredImage
from allviewer.storage.case_schema import images
from allviewer.storage.cell_codec import ChangeRecord, cell_of, change_records, edit_of, encode_changes
from allviewer.storage.image_notes import read_bookmarks, read_scale, write_bookmarks, write_scale
from allviewer.storage.journal import EDIT, REDO, UNDO, Timeline
from allviewer.storage.since_opening import SinceOpening, write_again
from allviewer.storage.step_reader import read_edits
from allviewer.storage.waiting_run import read_waiting_run, write_waiting_run

SUFFIX = ".allcase"

_GIVEN_BACK = 1000


class CaseFile(CaseConnection):
    """An open case. Make one with `create` or `open`, end with `close` (or use it in a `with`).

    Attributes:
        path: absolute path of the file.
        read_only_reason: a sentence why nothing can be written; empty when it can.
        notices: sentences about what opening found (recovered work, a new format, a failed backup).
    """

    def __init__(self, path: Path, opened: OpenedCase) -> None:
        super().__init__(path, opened)
        self._timelines: dict[int, Timeline] = {}
        self._tried: tuple[object, ...] = ()
        self._is_in_already = False
        self._since_opening = SinceOpening(self._head[0])
        self._backups_dir: Path | None = None

    @classmethod
    def create(cls, path: Path) -> "CaseFile":
        """Make a new, empty case. Raises `CaseError` if the file exists or cannot be written."""
        path = path.absolute()
        if path.exists():
            raise CaseError(f"The case file {path} exists already.", "Open it, or choose another name.")
        part = atomic.beside(path)
        try:
            with case_errors(path):
                part.touch(exist_ok=False)
                write_empty_case(part)
                atomic.sync_file(part)
                set_old_log_aside(path)
                part.rename(path)
                atomic.sync_folder(path.parent)
        finally:
            with contextlib.suppress(OSError):  # the folder itself may be missing: that was said above
                part.unlink(missing_ok=True)
        return cls.open(path)

    @classmethod
    def open(cls, path: Path, read_only: bool = False, backups_dir: Path | None = None) -> "CaseFile":
        """Open a case. Where another program writes to it, or nothing may be written, it opens for reading only.

        Args:
            read_only: change nothing, not even a word.
            backups_dir: where to keep a copy of the case as it is now, if it has changed since the last one.

        Raises:
            CaseError: missing, no case file, damaged, or of a newer version. The file is left as it is.
        """
        path = path.absolute()
        case = cls(path, open_case(path, read_only))
        case._backups_dir = backups_dir
        try:
            if backups_dir and not case.is_read_only:
                case.keep_generation(backups_dir)
        except CaseError:
            case.close()
            raise
        return case

    def __enter__(self) -> "CaseFile":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def case_id(self) -> str:
        """The case's own name, the same in all its copies."""
        with self._reading() as connection:
            return read_case_id(connection)

    @property
    def entries(self) -> int:
        """Number of journal entries."""
        with self._reading() as connection:
            return read_head(connection)[0]

    # Images

    def images(self) -> list[ImageRecord]:
        """All images, in the order in which they were added."""
        with self._reading() as connection:
            rows = connection.execute(select(images).order_by(images.c.id)).mappings()
            return [case_images.record_of(row, self.path.parent) for row in rows]

    def image(self, image_id: int) -> ImageRecord:
        """One image. Raises `CaseError` if the case has none of this id."""
        with self._reading() as connection:
            row = connection.execute(select(images).where(images.c.id == image_id)).mappings().first()
            if row is None:
                raise CaseError(f"The case {self.path.name} has no image number {image_id}.")
            return case_images.record_of(row, self.path.parent)

    def find_by_hash(self, sha256: str) -> ImageRecord | None:
        """The image with this content, wherever it lies."""
        with self._reading() as connection:
            row = connection.execute(select(images).where(images.c.sha256 == sha256)).mappings().first()
            return case_images.record_of(row, self.path.parent) if row else None

    def add_image(self, record: ImageRecord) -> ImageRecord:
        """Take an image into the case and give it an id. An image with the same content is given back instead."""
        known = self.find_by_hash(record.sha256)
        if known is not None:
            return known
        with self._changing() as connection:
            row = case_images.row_of(record, self.path.parent)
            row |= {"next_cell_id": 1, "added_utc": datetime.now(UTC).isoformat()}
            inserted = connection.execute(insert(images).values(row)).inserted_primary_key
        assert inserted is not None
        self._since_opening.note_image(record)
        return self.image(int(inserted[0]))

    def relink(self, image_id: int, path: Path, force: bool = False) -> ImageRecord:
        """Say where an image lies now.

        Raises:
            CaseError: if the file there has another content, unless `force` is set; then its hash is taken over.
        """
        record = self.image(image_id)
        changes: dict[str, object] = dict(case_images.place_of(path, self.path.parent))
        if force:
            size_bytes, sha256 = case_images.measure(path)
            changes |= {"size_bytes": size_bytes, "sha256": sha256}
        else:
            case_images.refuse_other_image(path, record.sha256, record.size_bytes)
        self._update_image(image_id, **changes)
        return self.image(image_id)

    def scale_of(self, image_id: int) -> Scale:
        """Micrometres per level-0 pixel, where they come from, and how sure they are."""
        record = self.image(image_id)
        with self._reading() as connection:
            return read_scale(connection, image_id, record.mpp, record.mpp_source)

    def set_scale(self, image_id: int, scale: Scale) -> None:
        """Micrometres per level-0 pixel, where they come from, and how sure they are."""
        with self._changing() as connection:
            values = {"mpp": scale.um_per_px, "mpp_source": scale.source}
            connection.execute(update(images).where(images.c.id == image_id).values(**values))
            write_scale(connection, image_id, scale)

    def count_of(self, image_id: int) -> BoxCount | None:
        """Red cells and platelets as a network counted them last."""
        with self._reading() as connection:
            return read_count(connection, image_id)

    def set_count(self, image_id: int, count: BoxCount) -> None:
        with self._changing() as connection:
            write_count(connection, image_id, count)

    def bookmarks_of(self, image_id: int) -> tuple[Bookmark, ...]:
        """In the order in which they were set."""
        with self._reading() as connection:
            return read_bookmarks(connection, image_id)

    def set_bookmarks(self, image_id: int, bookmarks: tuple[Bookmark, ...]) -> None:
        with self._changing() as connection:
            write_bookmarks(connection, image_id, bookmarks)

    def waiting_run_of(self, image_id: int, present: Iterable[Cell]) -> ModelRun | None:
        """The model run that waits for a decision, as far as it applies to the cells present."""
        with self._reading() as connection:
            return read_waiting_run(connection, image_id, {cell.id: cell for cell in present})

    def set_waiting_run(self, image_id: int, run: ModelRun | None) -> None:
        """Keep a model run until people have decided on it; None: nothing waits any more."""
        with self._changing() as connection:
            write_waiting_run(connection, image_id, run)

    def set_group(self, image_id: int, group: str) -> None:
        """Key of the patient or slide; may be empty."""
        self._update_image(image_id, patient_or_slide=group)

    def set_reviewed(self, image_id: int, reviewed: bool) -> None:
        """Whether a person looked at the whole image."""
        self._update_image(image_id, reviewed=reviewed)

    def set_view(self, image_id: int, view: LastLook | None) -> None:
        """(centre x, centre y, screen pixels per level-0 pixel) of the last look."""
        self._update_image(image_id, view=case_images.encode_view(view))

    def _update_image(self, image_id: int, **values: object) -> None:
        with self._changing() as connection:
            connection.execute(update(images).where(images.c.id == image_id).values(**values))

    # Cells and their history

    def load(self, image_id: int) -> StoredImage:
        """An image's cells and history as they were left."""
        with self._reading() as connection:
            next_id = connection.execute(select(images.c.next_cell_id).where(images.c.id == image_id)).scalar()
            if next_id is None:
                raise CaseError(f"The case {self.path.name} has no image number {image_id}.")
            cells = tuple(cell_of(record) for record in all_cells(connection, image_id))
            timeline = read_timeline(connection, image_id)
            history = read_history(connection, image_id, timeline)
        return StoredImage(cells, next_id, history, len(timeline.done))

    def tallies(self) -> dict[int, CellTally]:
        """How far each image is that has cells, by image id."""
        with self._reading() as connection:
            return count_cells(connection)

    def edit_at(self, seq: int) -> Edit:
        """The edit of one history entry. Raises `CaseError` if there is none."""
        with self._reading() as connection:
            step = read_step(connection, seq)
            if step is None:
                raise CaseError(f"The journal of {self.path.name} has no entry {seq}.")
            entry, changes = step
            return edit_of(entry.text, changes)

    def edits_at(self, seqs: Sequence[int], backwards: bool, present: Mapping[int, Cell]) -> list[Edit]:
        """The edits of several history entries, at least the first of them, for walking over them one after the other.

        Args:
            seqs: the next step first; `backwards` if they are to be taken back, else they are to be done again.
            present: the cells as they are before that; masks that have not changed since are shared with them.

        Raises:
            CaseError: if the journal has no such entry.
        """
        with self._reading() as connection:
            edits = read_edits(connection, seqs, backwards, present)
            if edits is None:
                raise CaseError(f"The journal of {self.path.name} lacks an entry of {', '.join(map(str, seqs))}.")
            return edits

    def commit(self, image_id: int, edit: Edit, author: str) -> HistoryEntry:
        """Carry out an edit and note it in the journal; undone edits of the image can no longer be redone.

        Raises:
            CaseError: it could not be written, or does not fit the cells that are stored; nothing has changed.
            ValueError: a cell has a probability that is not a number.
        """
        changes = list(change_records(edit))
        return self._step(image_id, EDIT, author, edit.text, None, changes, encode_changes(changes))

    def undo(self, image_id: int, author: str) -> HistoryEntry | None:
        """Take back the last step that is done; gives that step, or None if there is none. Raises `CaseError`."""
        done = self._timeline(image_id).done
        return self._walk(image_id, UNDO, author, done[-1]) if done else None

    def redo(self, image_id: int, author: str) -> HistoryEntry | None:
        """Do the next undone step again; gives that step, or None if there is none. Raises `CaseError`."""
        undone = self._timeline(image_id).undone
        return self._walk(image_id, REDO, author, undone[-1]) if undone else None

    def _walk(self, image_id: int, kind: str, author: str, target_seq: int) -> HistoryEntry:
        with self._reading() as connection:
            step = read_step(connection, target_seq)
        assert step is not None, "a timeline holds the entries of the journal"
        entry, changes = step[0], list(step[1])
        del step
        if kind == UNDO:
            changes = [ChangeRecord(change.after, change.before) for change in changes]
        self._step(image_id, kind, author, entry.text, target_seq, changes, b"")
        return replace(entry, undone=kind == UNDO)

    def _step(
        self,
        image_id: int,
        kind: str,
        author: str,
        text: str,
        target_seq: int | None,
        changes: list[ChangeRecord],
        payload: bytes,
    ) -> HistoryEntry:
        """One transaction: the cells, and the journal's line. `changes` is empty afterwards."""
        timeline = self._timeline(image_id)
        try:
            with self._changing() as connection:
                carry_out(connection, image_id, changes, new_ids_only=kind == EDIT)
                entry = append_line(connection, image_id, kind, author, text, target_seq, payload)
        except CellMismatchError as error:
            raise CaseError(
                f'"{text}" was not saved: {error}.', "Close the image and open it again to see what is stored."
            ) from error
        timeline.follow(kind, entry.seq, target_seq)
        self._since_opening.note_line(image_id, kind, author, text, payload)
        while changes:  # very many, given back all at once, would keep other threads waiting
            del changes[-_GIVEN_BACK:]
        return entry

    def _came_back(self, is_doubt_settled: bool) -> None:
        self._is_in_already = is_doubt_settled

    def _timeline(self, image_id: int) -> Timeline:
        if image_id not in self._timelines:
            with self._reading() as connection:
                self._timelines[image_id] = read_timeline(connection, image_id)
        return self._timelines[image_id]

    # The file as a whole

    def save_copy(self, path: Path) -> None:
        """Write the whole case to another file, which is replaced if it exists. Raises `CaseError`, `OutputError`."""
        path = path.absolute()
        if path.exists() and path.samefile(self.path):
            raise CaseError(f"{path} is the open case itself.", "It is saved already; choose another name for a copy.")
        with case_errors(path):
            lock = take_lock(path)
        if lock is None:
            raise CaseError(f"The case {path} is open in another program.", "Close it there, or choose another name.")
        try:
            self._refuse_if_closed()
            try:
                copy_into(self._connection, self.path, path)
            except CaseError:
                if not self._is_lost or not self._since_opening.is_complete:
                    raise
                write_again(self.path, self._backups_dir, self._since_opening, path)
        finally:
            release_lock(lock, path)

    def class_set(self) -> ClassSet | None:
        """The classes and tags of this case, or None: those of a new one. Raises `ClassSetError` if damaged."""
        with self._reading() as connection:
            return read_class_set(connection, self.path.name)

    def set_class_set(self, class_set: ClassSet) -> None:
        with self._changing() as connection:
            write_class_set(connection, class_set)

    def keep_generation(self, backups_dir: Path, kept: int = KEPT) -> None:
        """Keep a copy of the case as it is now, unless the last copy holds as much; a failure becomes a notice."""
        with self._reading() as connection:
            entries, _ = read_head(connection)
        self.notices += keep_generation(self._connection, self.path, backups_dir, entries, kept)

    def check(self) -> CheckReport:
        """Prove that no journal entry was changed, added or removed, and that the cells are what the journal says."""
        with self._reading() as connection:
            return check_case(connection)
