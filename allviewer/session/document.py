"""One open image: its pixels, its cells, and a history that never ends."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial

from PySide6.QtCore import QObject, Signal

from allviewer.domain.annotations import Annotations
from allviewer.domain.bookmark import Bookmark
from allviewer.domain.boxes import BoxCount
from allviewer.domain.edits import Edit
from allviewer.domain.last_look import LastLook
from allviewer.domain.model_run import ModelRun
from allviewer.domain.scale import Scale
from allviewer.domain.slide import PixelSource, SlideInfo
from allviewer.errors import CaseError
from allviewer.session.history import History, Step, WantedEdits
from allviewer.session.journal import Journal, JournalWrite

FetchEdits = Callable[[WantedEdits, Callable[[Sequence[Edit]], None], Callable[[], None]], None]
"""Read edits of the case file, and call back on the UI thread: with at least the first of them, or that it failed."""


_HELD = "Very many cells are just being changed: wait a moment."


class Document(QObject):
    """The cells of one image and their history.

    Everything that changes cells goes through `apply`, `undo`, `redo` or `go_to`: memory first, then a signal, then
    the journal. While the journal cannot be written nothing changes any more (`read_only`).
    """

    cells_changed = Signal(object, object)
    """(frozenset of ids, Region to paint again)"""
    history_changed = Signal()
    saved_changed = Signal()
    scale_changed = Signal()
    bookmarks_changed = Signal()
    waiting_run_changed = Signal()
    counted_changed = Signal()

    def __init__(
        self,
        image_id: int,
        name: str,
        source: PixelSource,
        annotations: Annotations,
        journal: Journal,
        history: Sequence[Step] = (),
        position: int = 0,
        fetch: FetchEdits | None = None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.image_id = image_id
        self.name = name
        self.source = source
        self.annotations = annotations
        self._scale = self.file_scale
        self._bookmarks: tuple[Bookmark, ...] = ()
        self._counted: BoxCount | None = None
        self._waiting_run: ModelRun | None = None
        self._journal = journal
        self._history = History(history, position)
        self._target = position
        self._fetch = fetch
        self._fetching = False
        self._is_closed = False
        self._read_only = ""
        self._is_held = False
        self.view: LastLook | None = None
        """Where people looked last, and what of the image they have looked at."""
        self.in_use = 0
        """Number of runs under way that will change this image; it stays in memory meanwhile."""
        journal.changed.connect(self.saved_changed)

    @property
    def info(self) -> SlideInfo:
        return self.source.info

    @property
    def history(self) -> Sequence[Step]:
        """All steps, done and undone, oldest first."""
        return self._history.steps

    @property
    def position(self) -> int:
        """Number of steps that are done."""
        return self._history.position

    @property
    def can_undo(self) -> bool:
        return self._target > 0 and not self._refusal

    @property
    def can_redo(self) -> bool:
        return self._target < len(self.history) and not self._refusal

    @property
    def read_only(self) -> str:
        """Why nothing can be changed at the moment; empty if it can."""
        return self._read_only or (str(self._journal.error) if self._journal.error else "")

    @property
    def _refusal(self) -> str:
        return _HELD if self._is_held else self.read_only

    @property
    def saved(self) -> bool:
        """Whether every edit is on disk."""
        return self._journal.pending_of(self.image_id) == 0

    @property
    def person(self) -> str:
        """Who edits."""
        return self._journal.author

    def close(self) -> None:
        """Let go of the journal. The file is closed when its last reader is gone: a tile may still be under way."""
        self._is_closed = True
        self._journal.changed.disconnect(self.saved_changed)

    @property
    def scale(self) -> Scale:
        """Micrometres per level-0 pixel, who says so, and how sure it is."""
        return self._scale

    @property
    def file_scale(self) -> Scale:
        """What the file itself says of its scale."""
        mpp = self.source.info.mpp
        return Scale(mpp, "file") if mpp else Scale()

    @property
    def mpp(self) -> float | None:
        return self._scale.um_per_px

    @property
    def mpp_source(self) -> str:
        return self._scale.source

    def set_scale(self, scale: Scale) -> None:
        self._scale = scale
        self.scale_changed.emit()

    @property
    def bookmarks(self) -> tuple[Bookmark, ...]:
        """Places to find again, in the order in which they were set."""
        return self._bookmarks

    @property
    def counted(self) -> BoxCount | None:
        """Red cells and platelets as a network counted them last; nobody corrects them, and no cell changes by them."""
        return self._counted

    def set_counted(self, counted: BoxCount | None) -> None:
        self._counted = counted
        self.counted_changed.emit()

    def set_bookmarks(self, bookmarks: tuple[Bookmark, ...]) -> None:
        self._bookmarks = bookmarks
        self.bookmarks_changed.emit()

    @property
    def waiting_run(self) -> ModelRun | None:
        """A run of a model on which people have not decided yet."""
        return self._waiting_run

    def set_waiting_run(self, run: ModelRun | None) -> None:
        self._waiting_run = run
        self.waiting_run_changed.emit()

    def make_read_only(self, reason: str) -> None:
        """Refuse changes from now on (the case is open elsewhere, or cannot be written); empty: allow them again."""
        self._read_only = reason
        self.saved_changed.emit()

    def hold(self) -> None:
        """Take no edit until `let_go`: a large one is being made of the cells as they are.

        Raises:
            CaseError: while no edit is taken.
        """
        if self._target != self.position:
            raise CaseError("This edit was not made.", "A step of the history is being read; try again in a moment.")
        self._refuse("This edit was not made.")
        self._is_held = True
        self.in_use += 1
        self._journal.expect(self.image_id)
        self.history_changed.emit()

    def let_go(self, edit: Edit | None) -> None:
        """Make the large edit, or none if it failed; from now on others are taken again. Raises as `apply`."""
        self._is_held = False
        self.in_use -= 1
        try:
            if edit is not None:
                self.apply(edit)
        finally:
            self._journal.expect(self.image_id, -1)
            self.history_changed.emit()

    def _refuse(self, sentence: str) -> None:
        if self._refusal:
            raise CaseError(sentence, self._refusal)

    def apply(self, edit: Edit) -> None:
        """Make an edit: one step of the history. An edit that changes nothing leaves no trace.

        Raises:
            CaseError: while the document is read-only, or a large edit is being made.
            ValueError: if the edit does not fit the cells as they are.
        """
        if edit.is_empty:
            return
        self._refuse("This edit was not made.")
        self.annotations.apply(edit)
        step = Step(edit.text, self.person, datetime.now(UTC), edit)
        self._history.add(step)
        self._target = self.position
        self._journal.write(JournalWrite(self.image_id, edit, written=partial(self._history.written, step)))
        self._announce(edit)

    def undo(self) -> None:
        if self.can_undo:
            self.go_to(self._target - 1)

    def redo(self) -> None:
        if self.can_redo:
            self.go_to(self._target + 1)

    def go_to(self, position: int) -> None:
        """Undo or redo until so many steps are done. Steps of earlier sessions may take a moment to arrive."""
        self._refuse("The history cannot be changed now.")
        self._target = max(0, min(position, len(self.history)))
        self._advance()

    def fetch_ahead(self) -> None:
        """Have the next steps of earlier sessions read before anybody asks for them."""
        for backwards in (True, False):
            if self._fetch is not None and not self._fetching and (steps := self._history.wanted(backwards)):
                self._read(steps, backwards)

    def _advance(self) -> None:
        while self.position != self._target:
            backwards = self._target < self.position
            step = self._history.next_step(backwards)
            assert step is not None, "a target lies within the history"
            if step.edit is None:
                if not self._fetching:
                    self._read(self._history.wanted(backwards), backwards)
                    continue
                return
            edit = step.edit.inverse() if backwards else step.edit
            self.annotations.apply(edit)
            self._history.position += -1 if backwards else 1
            self._journal.write(JournalWrite(self.image_id, None, redo=not backwards))
            self._announce(edit)
        self.fetch_ahead()

    def _read(self, steps: Sequence[Step], backwards: bool) -> None:
        if self._fetch is None or not steps:
            self._target = self.position
            raise CaseError("This step of the history cannot be read.")
        self._fetching = True

        def got(edits: Sequence[Edit]) -> None:
            self._fetching = False
            self._history.take(steps, edits)
            if not self._is_closed:
                self._advance()

        def failed() -> None:
            self._fetching = False
            self._target = self.position

        seqs = tuple(step.seq for step in steps)
        self._fetch(WantedEdits(seqs, backwards, self.annotations.by_id()), got, failed)

    def _announce(self, edit: Edit) -> None:
        self.cells_changed.emit(edit.cell_ids, edit.region)
        self.history_changed.emit()
