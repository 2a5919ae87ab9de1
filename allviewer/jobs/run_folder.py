"""A child process that outlives the window: all that is known of it lies in its folder, for any window to take up."""

import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

from allviewer.exchange.training_events import CONTROL_FILE, LOCK_FILE, TrainingEvent, decode_event

EVENTS_FILE, ERRORS_FILE = "events.jsonl", "errors.txt"
_TAIL_BYTES = 2000
_DETACHED = 0x00000208  # of Windows: DETACHED_PROCESS | CREATE_NEW_PROCESS_GROUP


class RunFolder:
    """Reads what a training says, and tells it what to do."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.events_file, self.errors_file = folder / EVENTS_FILE, folder / ERRORS_FILE
        self._read_bytes = 0
        self._chatter = ""
        self._child: subprocess.Popen[bytes] | None = None

    def launch(self, command: Sequence[str], environment: Mapping[str, str]) -> None:
        """Begin a process that goes on when this one ends, however it ends. Raises OSError."""
        for path in (self.events_file, self.errors_file):
            path.unlink(missing_ok=True)
        with self.events_file.open("wb") as events, self.errors_file.open("wb") as errors:
            self._child = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=events,
                stderr=errors,
                env=dict(environment),
                start_new_session=True,
                creationflags=_DETACHED if os.name == "nt" else 0,
            )

    def has_died(self) -> bool:
        """Whether the process that was begun here is gone; of one that another window began nothing is known."""
        return self._child is not None and self._child.poll() is not None

    def new_events(self) -> list[TrainingEvent]:
        """What was said since the last call; half a line waits for its end."""
        try:
            with self.events_file.open("rb") as file:
                file.seek(self._read_bytes)
                new = file.read()
        except FileNotFoundError:
            return []
        whole = new[: new.rfind(b"\n") + 1]
        self._read_bytes += len(whole)
        events = []
        for line in whole.splitlines():
            try:
                events.append(decode_event(line))
            except msgspec.DecodeError:  # a library's own chatter; kept for the report of a failure
                self._chatter = (self._chatter + line.decode(errors="replace") + "\n")[-_TAIL_BYTES:]
        return events

    def tell(self, word: str) -> None:
        """One of the words of `exchange.training_events`."""
        (self.folder / CONTROL_FILE).write_text(word, encoding="ascii")

    def is_alive(self) -> bool:
        """Whether the process holds its lock. The system lets go of it when the process dies, however it dies."""
        if not (self.folder / LOCK_FILE).exists():
            return False
        from filelock import FileLock, Timeout  # brings asyncio: a start without a training does without

        lock = FileLock(self.folder / LOCK_FILE, timeout=0)
        try:
            lock.acquire()
        except Timeout:
            return True
        lock.release()
        return False

    def last_words(self) -> str:
        """The last line of what the process complained about; empty if it did not."""
        try:
            text = self.errors_file.read_bytes()[-_TAIL_BYTES:].decode(errors="replace")
        except FileNotFoundError:
            text = ""
        lines = (self._chatter + text).strip().splitlines()
        return lines[-1] if lines else ""
