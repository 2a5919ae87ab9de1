"""What became of every pack: an append-only list, from which follows which pack is in use and which was before."""

import os
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from allviewer.errors import PackError
from allviewer.exchange.model_card import ModelCard
from allviewer.exchange.pack_history import RegistryEntry, What
from allviewer.storage import atomic


def now_utc() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


class PackRegistry:
    """The list in one file, a JSON object a line. Nothing in it is ever changed."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def entries(self) -> list[RegistryEntry]:
        """All lines that can be read, oldest first; one that a crash cut off is passed over."""
        found = []
        if self._file.exists():
            for line in self._file.read_bytes().splitlines():
                try:
                    found.append(msgspec.json.decode(line, type=RegistryEntry))
                except msgspec.DecodeError:
                    continue
        return found

    def add(self, entry: RegistryEntry) -> None:
        """One more line, on the disk when this returns. Raises `OutputError`."""
        with atomic.output_errors(self._file):
            self._file.parent.mkdir(parents=True, exist_ok=True)
            torn = self._file.exists() and self._file.read_bytes()[-1:] not in (b"", b"\n")
            with self._file.open("ab") as file:
                file.write((b"\n" if torn else b"") + msgspec.json.encode(entry) + b"\n")
                file.flush()
                os.fsync(file.fileno())

    def note(
        self,
        what: What,
        card: ModelCard,
        person: str,
        verdict: Sequence[str] = (),
        override: str = "",
        data: str = "",
    ) -> None:
        """A line about a pack, from now. Raises `OutputError`."""
        self.add(
            RegistryEntry(
                now_utc(),
                what,
                card.task,
                f"{card.name} {card.version}",
                card.network.sha256,
                card.training.parent,
                person,
                tuple(verdict),
                override,
                data,
            )
        )

    def roll_back(self, task: str, person: str) -> str:
        """Go back to the pack that was in use before; gives it (empty: the one that ships).

        Raises:
            PackError: no pack was adopted.
            OutputError: the list cannot be written.
        """
        before = self.before(task)
        if before is None:
            raise PackError(f"No {task} pack was adopted, so there is none to go back from.")
        self.add(RegistryEntry(now_utc(), "rolled back", task, self.adopted(task), person=person))
        return before

    def adopted(self, task: str) -> str:
        """The pack in use for a task; empty: the one that ships."""
        stack = self._adopted_in_turn(task)
        return stack[-1] if stack else ""

    def before(self, task: str) -> str | None:
        """The pack that a rollback leads to (empty: the one that ships), or None where there is nothing to undo."""
        stack = self._adopted_in_turn(task)
        if not stack:
            return None
        return stack[-2] if len(stack) > 1 else ""

    def archived(self) -> frozenset[str]:
        """Packs that are put away: kept for old results, no longer offered."""
        away: set[str] = set()
        for entry in self.entries():
            if entry.what == "archived":
                away.add(entry.pack)
            elif entry.what in ("restored", "adopted", "installed"):
                away.discard(entry.pack)
        return frozenset(away)

    def about(self, pack: str) -> list[RegistryEntry]:
        """The lines of one pack."""
        return [entry for entry in self.entries() if entry.pack == pack]

    def _adopted_in_turn(self, task: str) -> list[str]:
        stack: list[str] = []
        for entry in self.entries():
            if entry.task != task:
                continue
            if entry.what == "adopted" and entry.pack != (stack[-1] if stack else ""):
                stack.append(entry.pack)
            elif entry.what == "rolled back" and stack:
                stack.pop()
            elif entry.what == "removed":
                stack = [pack for pack in stack if pack != entry.pack]
        return stack
