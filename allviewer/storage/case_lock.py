"""One program at a time writes to a case.

The system lets go of the lock when its holder dies, so no lock is ever stale.
"""

import contextlib
import errno
import getpass
import os
import socket
from datetime import UTC, datetime
from pathlib import Path

import msgspec
from filelock import BaseFileLock, FileLock, Timeout


class SessionNote(msgspec.Struct, frozen=True):
    """Who has, or last had, a case open for writing; kept in the case itself for others to read."""

    person: str
    host: str
    pid: int
    since_utc: str
    closed: bool = False

    def __str__(self) -> str:
        return f"{self.person} on {self.host} since {self.since_utc[:16].replace('T', ' ')} UTC"


def note_of_this_program() -> SessionNote:
    return SessionNote(user_name(), socket.gethostname(), os.getpid(), datetime.now(UTC).isoformat())


def user_name() -> str:
    """The name of the person at this machine, as the system knows it."""
    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):  # no entry for this user, as in some containers
        return "somebody"


def lock_path(case_path: Path) -> Path:
    return case_path.with_name(case_path.name + ".lock")


def take_lock(case_path: Path) -> BaseFileLock | None:
    """The lock of a case, or None while another program has it. Raises OSError where no lock can be made."""
    if not case_path.parent.is_dir():  # the library would make it, on the wrong disk if a drive is not connected
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(case_path.parent))
    lock = FileLock(lock_path(case_path), timeout=0, thread_local=False)
    try:
        lock.acquire()
    except Timeout:
        return None
    return lock


def release_lock(lock: BaseFileLock, case_path: Path) -> None:
    """Remove the lock's file while it is still ours, then let go: nobody can be holding the removed one."""
    with contextlib.suppress(OSError):  # Windows keeps a file that is open; an old lock file locks nothing
        lock_path(case_path).unlink(missing_ok=True)
    lock.release()
