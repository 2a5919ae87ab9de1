"""The files that were opened last, newest first."""

from pathlib import Path

import msgspec

from allviewer.storage import atomic

KEPT = 12


def read_recent(file: Path) -> list[Path]:
    """An unreadable list is an empty one: nothing of value is lost with it."""
    try:
        return [Path(name) for name in msgspec.json.decode(file.read_bytes(), type=list[str])]
    except (OSError, msgspec.DecodeError):
        return []


def remember(file: Path, opened: Path) -> list[Path]:
    """Put a file at the head of the list and write it down. Raises `OutputError`."""
    opened = opened.absolute()
    recent = [opened, *(path for path in read_recent(file) if path != opened)][:KEPT]
    atomic.make_folder(file.parent)
    atomic.write_bytes(file, msgspec.json.encode([str(path) for path in recent]))
    return recent
