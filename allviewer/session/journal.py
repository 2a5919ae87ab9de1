"""Writes edits of an open case to disk, in order, behind the back of the person who makes them."""

from collections import Counter, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Protocol

from PySide6.QtCore import QObject, QTimer, Signal

from allviewer.domain.edits import Edit
from allviewer.errors import CaseError, UserError

_AGAIN_MS = 3000


class Line(Protocol):
    """A line of the journal on disk."""

    @property
    def seq(self) -> int: ...


class JournalStore(Protocol):
    """Where edits end up: `allviewer.storage.case_file.CaseFile`. One transaction each, on the case lane."""

    def commit(self, image_id: int, edit: Edit, author: str) -> Line: ...

    def undo(self, image_id: int, author: str) -> object: ...

    def redo(self, image_id: int, author: str) -> object: ...


class Submit(Protocol):
    """Start plain work on the case lane; `done` and `failed` are called on the UI thread."""

    def __call__(
        self,
        name: str,
        work: Callable[[], object],
        done: Callable[[object], None],
        failed: Callable[[Exception], None],
    ) -> object: ...


@dataclass(frozen=True, slots=True)
class JournalWrite:
    """One line for the journal: an edit, or None with the direction of a step through the history.

    `written` is told, on the UI thread, the number under which an edit is on disk.
    """

    image_id: int
    edit: Edit | None
    redo: bool = False
    written: Callable[[int], None] | None = None


SignedWrite = tuple[JournalWrite, str]
"""A line and its author."""


@dataclass(frozen=True, slots=True)
class _Outcome:
    """How far a batch came: the number of each line that is on disk (0 for undo and redo), and what stopped it."""

    seqs: tuple[int, ...]
    error: Exception | None


class Journal(QObject):
    """The queue of edits of one open case that are not on disk yet.

    One batch is under way at a time, so that order is kept and that after a failure nothing later is written: the
    lines wait, the documents become read-only (`error` is set), and `retry` takes up where it stopped; it is tried
    again every few seconds without being asked for.

    Args:
        store: gives the store; it is asked on the case lane, each time.
    """

    changed = Signal()
    failed = Signal(object)

    def __init__(
        self, store: Callable[[], JournalStore], author: str, submit: Submit, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._store = store
        self._author = author
        self._submit = submit
        self._queue: deque[SignedWrite] = deque()
        self._expected: Counter[int] = Counter()
        self._under_way = False
        self._when_idle: list[Callable[[], None]] = []
        self.error: UserError | None = None
        self._again = QTimer(self, singleShot=True, interval=_AGAIN_MS)
        self._again.timeout.connect(self._submit_batch)

    @property
    def author(self) -> str:
        return self._author

    def sign_as(self, author: str) -> None:
        """Edits from now on are of this person; those that wait keep their author."""
        self._author = author

    @property
    def pending(self) -> int:
        """Number of lines that are not on disk yet."""
        return len(self._queue)

    def pending_of(self, image_id: int) -> int:
        return self._expected[image_id] + sum(line.image_id == image_id for line, _author in self._queue)

    def expect(self, image_id: int, lines: int = 1) -> None:
        """So many lines of an image are about to be written; less than none: that they have come, or will not."""
        self._expected[image_id] += lines
        self.changed.emit()
        if lines < 0:
            self._call_if_idle()

    def write(self, line: JournalWrite) -> None:
        """Put a line at the end of the queue; it is on disk moments later."""
        self._queue.append((line, self._author))
        self.changed.emit()
        self._start()

    def retry(self) -> None:
        """Try again after a failure."""
        self.error = None
        self.changed.emit()
        self._start()

    def give_up(self) -> None:
        """The case is no longer open: what could not be written is not tried again."""
        self._again.stop()

    def when_idle(self, callback: Callable[[], None]) -> None:
        """Call back once everything is on disk, or at once. Never called while `error` stands."""
        self._when_idle.append(callback)
        self._call_if_idle()

    def _start(self) -> None:
        if self.error is None:
            self._submit_batch()

    def _submit_batch(self) -> None:
        if self._under_way or not self._queue:
            return
        self._under_way = True
        work = partial(_write_all, self._store, tuple(self._queue))
        self._submit("Save edits", work, self._wrote, self._broke)

    def _wrote(self, result: object) -> None:
        assert isinstance(result, _Outcome)
        self._under_way = False
        for seq in result.seqs:
            line, _author = self._queue.popleft()
            if line.written is not None:
                line.written(seq)
        if result.error is not None:
            self._stop(result.error)
            return
        self.error = None
        self.changed.emit()
        self._start()
        self._call_if_idle()

    def _broke(self, error: Exception) -> None:
        self._under_way = False
        self._stop(error)

    def _stop(self, error: Exception) -> None:
        if not isinstance(error, UserError):
            error = CaseError(f"The last edits could not be saved: {error}.")
        is_news = str(error) != str(self.error or "")
        self.error = error
        self._again.start()
        if is_news:
            self.changed.emit()
            self.failed.emit(error)

    def _call_if_idle(self) -> None:
        if self._queue or self._under_way or any(self._expected.values()):
            return
        callbacks, self._when_idle = self._when_idle, []
        for callback in callbacks:
            callback()


def _write_all(find_store: Callable[[], JournalStore], lines: Sequence[SignedWrite]) -> _Outcome:
    """Write lines until one fails; the failure is handed back with the number that are safely on disk."""
    store = find_store()
    seqs = []
    for line, author in lines:
        try:
            if line.edit is not None:
                seqs.append(store.commit(line.image_id, line.edit, author).seq)
                continue
            store.redo(line.image_id, author) if line.redo else store.undo(line.image_id, author)
            seqs.append(0)
        except (UserError, OSError) as error:
            return _Outcome(tuple(seqs), error)
    return _Outcome(tuple(seqs), None)
