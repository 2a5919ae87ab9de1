"""Show an image of the list: its pixels, its cells and their history, read together or not at all."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from allviewer.domain.annotations import Annotations
from allviewer.domain.bookmark import Bookmark
from allviewer.domain.boxes import BoxCount
from allviewer.domain.edits import Edit
from allviewer.domain.model_run import ModelRun
from allviewer.domain.scale import Scale
from allviewer.domain.slide import OpenImage, PixelSource
from allviewer.errors import ImageError, for_people
from allviewer.jobs.lanes import Lane
from allviewer.jobs.runner import JobRunner
from allviewer.progress import CancelToken, Report
from allviewer.session.case_tally import tally_of
from allviewer.session.document import Document
from allviewer.session.history import Step, WantedEdits
from allviewer.session.workspace import Workspace
from allviewer.workflows.ports import Ask, FirstSight, Notices

if TYPE_CHECKING:
    from allviewer.storage.case_file import CaseFile
    from allviewer.storage.case_records import CellTally, ImageRecord

Loaded = Callable[[Document], None]
Failed = Callable[[Exception], None]


@dataclass(frozen=True, slots=True)
class _Pixels:
    source: PixelSource
    sha256: str
    size_bytes: int


@dataclass(frozen=True, slots=True)
class _Stored:
    """An image with what the case knows of it."""

    source: PixelSource
    record: "ImageRecord"
    annotations: Annotations
    history: tuple[Step, ...]
    position: int
    tally: "CellTally"
    scale: Scale
    bookmarks: tuple[Bookmark, ...] = ()
    waiting_run: ModelRun | None = None
    counted: BoxCount | None = None


class ShowImage:
    """Reads images of the list and puts them into the workspace."""

    def __init__(
        self,
        workspace: Workspace,
        runner: JobRunner,
        notices: Notices,
        ask: Ask,
        open_image: OpenImage,
        first_sight: FirstSight,
    ) -> None:
        self._workspace = workspace
        self._runner = runner
        self._notices = notices
        self._ask = ask
        self._open_image = open_image
        self._first_sight = first_sight
        self._waiting: dict[int, list[tuple[Loaded, Failed]]] = {}
        workspace.case_changed.connect(self._forget_other_lists)
        self._generation = workspace.generation

    def show(self, row: int) -> None:
        """Make a row of the list the image that is shown."""
        if 0 <= row < len(self._workspace.entries) and row != self._workspace.shown_row:
            self._notices.release("missing")
            self._notices.release("changed")
            self._workspace.show(row)

    def step(self, rows: int) -> None:
        """Go forwards or backwards in the list."""
        self.show(self._workspace.shown_row + rows)

    def step_to_open(self, direction: int) -> None:
        """Go to the next (1) or previous (-1) image that is not marked as reviewed, round and round."""
        entries, row = self._workspace.entries, self._workspace.shown_row
        for step in range(1, len(entries)):
            candidate = (row + direction * step) % len(entries)
            if not entries[candidate].reviewed:
                self.show(candidate)
                return
        self._notices.tell("No other image waits for review.")

    def read_shown(self) -> None:
        """Read the image that is to be shown, unless it is in memory."""
        row = self._workspace.shown_row
        if row >= 0 and self._workspace.document is None:
            self.load(row, lambda document: None, self._tell)

    def load(self, row: int, loaded: Loaded, failed: Failed) -> None:
        """Bring an image into memory; one way or the other the caller is told, once."""
        document = self._workspace.document_of(row)
        if document is not None:
            loaded(document)
            return
        waiting = self._waiting.setdefault(row, [])
        waiting.append((loaded, failed))
        if len(waiting) == 1:
            self._read_pixels(row)

    def _forget_other_lists(self) -> None:
        """What was waited for in a list that is gone will not come."""
        if self._workspace.generation != self._generation:
            self._generation = self._workspace.generation
            self._waiting.clear()

    def relink(self) -> None:
        """Ask where the shown image lies now."""
        row = self._workspace.shown_row
        if row >= 0:
            self._relink(row)

    def _read_pixels(self, row: int) -> None:
        entry, generation = self._workspace.entries[row], self._workspace.generation

        def failed(error: Exception) -> None:
            if self._workspace.generation == generation:
                self._give_up(row, error)

        def read(pixels: _Pixels) -> None:
            case = self._workspace.case
            if self._workspace.generation != generation or case is None:
                return
            self._runner.submit(
                Lane.CASE,
                f"Read cells of {entry.name}",
                lambda cancel, report: _load(case.file, entry.path, entry.id, pixels),
                loaded,
                failed,
            )

        def loaded(stored: _Stored) -> None:
            if self._workspace.generation == generation:
                self._joined(row, stored)

        self._runner.submit(
            Lane.FILES,
            f"Open {entry.name}",
            lambda cancel, report: _read(self._open_image, entry.path, entry.id != 0, cancel),
            read,
            failed,
        )

    def _joined(self, row: int, stored: _Stored) -> None:
        case = self._workspace.case
        assert case is not None
        record = stored.record
        twin = next((i for i, e in enumerate(self._workspace.entries) if e.id == record.id and i != row), None)
        if twin is not None:
            entry, other = self._workspace.entries[row], self._workspace.entries[twin]
            self._workspace.update_entry(row, problem=f"same image as {other.name}")
            error = ImageError(f"{entry.name} holds the same image as {other.name}.", "It is shown and counted once.")
            self._give_up(row, error)
            return
        document = Document(
            record.id,
            record.path.name,
            stored.source,
            stored.annotations,
            case.journal,
            stored.history,
            stored.position,
            self._fetch,
        )
        document.view = record.view if case.is_named or record.view is None else record.view.of_whole_image
        if stored.scale.um_per_px is not None:
            document.set_scale(stored.scale)
        document.set_bookmarks(stored.bookmarks)
        document.set_counted(stored.counted)
        document.set_waiting_run(stored.waiting_run)
        if case.read_only_reason:
            document.make_read_only(case.read_only_reason)
        self._count_after_changes(document)
        self._workspace.update_entry(row, id=record.id, tally=stored.tally, reviewed=record.reviewed, problem="")
        self._workspace.put_document(row, document)
        for loaded, _ in self._waiting.pop(row, []):
            loaded(document)
        document.fetch_ahead()

    def _count_after_changes(self, document: Document) -> None:
        """Keep the image list true."""
        document.history_changed.connect(lambda: self._count(document))

    def _count(self, document: Document) -> None:
        for row, entry in enumerate(self._workspace.entries):
            if entry.id == document.image_id:
                self._workspace.update_entry(row, tally=tally_of(document.annotations.tally))

    def _fetch(self, wanted: WantedEdits, got: Callable[[Sequence[Edit]], None], failed: Callable[[], None]) -> None:
        case = self._workspace.case
        assert case is not None

        def lost(error: Exception) -> None:
            failed()
            self._tell(error)

        def work(cancel: CancelToken, report: Report) -> list[Edit]:
            return case.file.edits_at(wanted.seqs, wanted.backwards, wanted.present)

        self._runner.submit(Lane.CASE, "Read history", work, got, lost)

    def _give_up(self, row: int, error: Exception) -> None:
        if row < len(self._workspace.entries) and not self._workspace.entries[row].problem:
            missing = not self._workspace.entries[row].path.exists()
            self._workspace.update_entry(row, problem="missing" if missing else "cannot be opened")
        self._first_sight.withdraw()
        for _, failed in self._waiting.pop(row, []):
            failed(error)

    def _tell(self, error: Exception) -> None:
        row = self._workspace.shown_row
        entry = self._workspace.entries[row] if 0 <= row < len(self._workspace.entries) else None
        if isinstance(error, _ChangedError):
            self._notices.keep("changed", str(error), "Use it as it is now", lambda: self._take_changed(error))
        elif entry is not None and entry.id and not entry.path.exists():
            sentence = f"{entry.name} is no longer in {entry.path.parent}. Its cells are kept in the case."
            self._notices.keep("missing", sentence, "Find it…", lambda: self._relink(row))
        else:
            self._warn(error)

    def _warn(self, error: Exception) -> None:
        self._notices.warn(for_people(error, "The image cannot be shown"))

    def _relink(self, row: int) -> None:
        entry = self._workspace.entries[row]
        path = self._ask.where_is(entry.path)
        if path is not None:
            self._link(row, path, force=False)

    def _take_changed(self, error: "_ChangedError") -> None:
        self._link(self._workspace.shown_row, error.path, force=True)

    def _link(self, row: int, path: Path, force: bool) -> None:
        case, entry = self._workspace.case, self._workspace.entries[row]
        assert case is not None

        def done(record: "ImageRecord") -> None:
            self._notices.release("missing")
            self._notices.release("changed")
            self._workspace.update_entry(row, path=record.path, problem="")
            self.read_shown()

        if not entry.id:  # never looked at: nothing to keep apart
            self._workspace.update_entry(row, path=path, problem="")
            self.read_shown()
            return
        self._runner.submit(
            Lane.CASE, f"Find {entry.name}", lambda c, r: case.file.relink(entry.id, path, force), done, self._warn
        )


class _ChangedError(ImageError):
    """An image is not the one that its cells were drawn on."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"{path.name} has changed since its cells were drawn, so it was not opened.")
        self.path = path


def _read(open_image: OpenImage, path: Path, known: bool, cancel: CancelToken) -> _Pixels:
    """On the files lane: open an image and find out its identity."""
    from allviewer.exchange.content_hash import SAMPLED_ABOVE_BYTES, identity, size_bytes

    source = open_image(path)
    size = size_bytes(path)
    sha256 = "" if known and size > SAMPLED_ABOVE_BYTES else identity(path, cancel)
    return _Pixels(source, sha256, size)


def _load(file: "CaseFile", path: Path, image_id: int, pixels: _Pixels) -> _Stored:
    """On the case lane: the image's record, made if it is new, with cells and history."""
    from allviewer.storage.case_records import ImageRecord

    info = pixels.source.info
    if image_id:
        record = file.image(image_id)
    elif file.is_read_only:
        record = file.find_by_hash(pixels.sha256) or _without_case(path, pixels)
        if not record.id:
            return _Stored(pixels.source, record, Annotations(), (), 0, tally_of({}), Scale())
    else:
        record = file.add_image(
            ImageRecord(
                path, pixels.sha256, pixels.size_bytes, info.width, info.height, info.mpp, "file" if info.mpp else ""
            )
        )
        if record.path != path and not record.path.exists():
            record = file.relink(record.id, path)
    if record.size_bytes != pixels.size_bytes or (pixels.sha256 and record.sha256 != pixels.sha256):
        raise _ChangedError(path)
    stored = file.load(record.id)
    annotations = Annotations(stored.cells)
    annotations.reserve_ids(stored.next_id)
    history = tuple(Step(e.text, e.author, e.utc, seq=e.seq) for e in stored.history)
    scale, bookmarks = file.scale_of(record.id), file.bookmarks_of(record.id)
    tally, waiting = tally_of(annotations.tally), file.waiting_run_of(record.id, stored.cells)
    return _Stored(
        pixels.source, record, annotations, history, stored.position, tally, scale, bookmarks, waiting,
        file.count_of(record.id),
    )  # fmt: skip


def _without_case(path: Path, pixels: _Pixels) -> "ImageRecord":
    from allviewer.storage.case_records import ImageRecord

    info = pixels.source.info
    return ImageRecord(path, pixels.sha256, pixels.size_bytes, info.width, info.height, info.mpp)
