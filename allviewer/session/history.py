"""The steps of one image: how many of them are done, and the edits of those that are in memory."""

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from allviewer.domain.cell import Cell
from allviewer.domain.edits import Edit

HELD_BYTES = 48 << 20
_ALWAYS_HELD = 8
"""So many steps stay in memory, however large they are, so that taking one back needs no disk."""
_READ_AT_ONCE = 8


@dataclass(slots=True)
class Step:
    """One entry of the history.

    Attributes:
        edit: None while it is not in memory: it is of an earlier session, or long ago.
        seq: its number in the journal; 0 until it is on disk.
    """

    text: str
    author: str
    at_utc: datetime
    edit: Edit | None = None
    seq: int = 0


@dataclass(frozen=True, slots=True)
class WantedEdits:
    """Steps to be read from the journal, the next one first.

    Attributes:
        seqs: their numbers.
        backwards: whether they are to be taken back; else they are to be done again.
        present: the cells as they are before the first of them is.
    """

    seqs: tuple[int, ...]
    backwards: bool
    present: Mapping[int, Cell]


class History:
    """All steps, done and undone, oldest first. Edits beyond the budget are let go of once they are on disk."""

    def __init__(self, steps: Sequence[Step], position: int, budget_bytes: int = HELD_BYTES) -> None:
        self.steps = list(steps)
        self.position = position
        self._budget_bytes = budget_bytes
        self._held: deque[Step] = deque()
        self._held_bytes = 0

    def add(self, step: Step) -> None:
        """A new step is done; undone ones can no longer be redone."""
        for forgotten in self.steps[self.position :]:
            self._let_go(forgotten)
        del self.steps[self.position :]
        self.steps.append(step)
        self.position = len(self.steps)
        self._hold(step)

    def next_step(self, backwards: bool) -> Step | None:
        """The one that undo or redo would walk over."""
        index = self.position - 1 if backwards else self.position
        return self.steps[index] if 0 <= index < len(self.steps) else None

    def wanted(self, backwards: bool) -> list[Step]:
        """The next steps in a direction of which none is in memory."""
        if backwards:
            ahead = self.steps[max(0, self.position - _READ_AT_ONCE) : self.position][::-1]
        else:
            ahead = self.steps[self.position : self.position + _READ_AT_ONCE]
        missing = []
        for step in ahead:
            if step.edit is not None or not step.seq:
                break
            missing.append(step)
        return missing

    def take(self, steps: Sequence[Step], edits: Sequence[Edit]) -> None:
        """Edits that have been read; the last ones may be missing, and steps may have been forgotten meanwhile."""
        known = {id(step) for step in self.steps}
        for step, edit in zip(steps, edits, strict=False):
            if step.edit is None and id(step) in known:
                step.edit = edit
                self._hold(step)

    def written(self, step: Step, seq: int) -> None:
        """A step is on disk."""
        step.seq = seq
        self._trim()

    def _hold(self, step: Step) -> None:
        assert step.edit is not None
        self._held.append(step)
        self._held_bytes += step.edit.footprint.nbytes
        self._trim()

    def _trim(self) -> None:
        """Let go of what came into memory longest ago."""
        while self._held_bytes > self._budget_bytes and len(self._held) > _ALWAYS_HELD and self._held[0].seq:
            self._let_go(self._held.popleft())

    def _let_go(self, step: Step) -> None:
        if step.edit is not None:
            self._held_bytes -= step.edit.footprint.nbytes
            step.edit = None
