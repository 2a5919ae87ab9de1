"""The append-only journal: a chain of hashes, and the history that undo and redo walk along."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field

import msgspec

EDIT, UNDO, REDO = "edit", "undo", "redo"


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """One line of the journal, as it is hashed; `target_seq` names the edit that an undo or redo is about."""

    seq: int
    image_id: int
    kind: str
    utc: str
    author: str
    text: str
    target_seq: int | None
    payload: bytes


def first_hash(case_id: str) -> str:
    """What the first entry has in place of a previous hash; it binds the chain to its case."""
    return hashlib.sha256(case_id.encode()).hexdigest()


def entry_hash(previous_hash: str, entry: JournalEntry) -> str:
    """SHA-256 over the previous hash (its 64 digits) and the entry as a msgpack array of its eight fields."""
    content = msgspec.msgpack.encode(
        (
            entry.seq,
            entry.image_id,
            entry.kind,
            entry.utc,
            entry.author,
            entry.text,
            entry.target_seq,
            entry.payload,
        )
    )
    return hashlib.sha256(previous_hash.encode() + content).hexdigest()


@dataclass(slots=True)
class Timeline:
    """Which edits of one image are done and which undone, by sequence number. A new edit ends the undone ones."""

    done: list[int] = field(default_factory=list)
    undone: list[int] = field(default_factory=list)

    def follow(self, kind: str, seq: int, target_seq: int | None) -> None:
        """Take one journal line. Raises ValueError, changing nothing, if it does not fit what came before."""
        if kind == EDIT:
            self.done.append(seq)
            self.undone.clear()
        elif kind == UNDO and self.done and self.done[-1] == target_seq:
            self.undone.append(self.done.pop())
        elif kind == REDO and self.undone and self.undone[-1] == target_seq:
            self.done.append(self.undone.pop())
        else:
            raise ValueError(f"entry {seq} does not follow from the entries before it")

    @property
    def sequence(self) -> list[int]:
        """All edits that can be undone, oldest first, then those that can be redone, next first."""
        return [*self.done, *reversed(self.undone)]


def timeline_of(lines: Iterable[tuple[str, int, int | None]]) -> Timeline:
    """The timeline after (kind, seq, target_seq) lines. Raises ValueError."""
    timeline = Timeline()
    for kind, seq, target_seq in lines:
        timeline.follow(kind, seq, target_seq)
    return timeline
