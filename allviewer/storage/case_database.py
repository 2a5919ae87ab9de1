"""SQLite behind a case file: looking at it without touching it, opening it durably, and its errors in words."""

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, create_engine, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import StaticPool

from allviewer.errors import CaseError
from allviewer.storage.atomic import output_error
from allviewer.storage.case_schema import APPLICATION_ID, SCHEMA_VERSION, schema

_BACKUP_HINT = "Open an earlier generation of the case (Case > Backups); the damaged file was left as it is."

_DAMAGED = ("The case file {path} is damaged.", _BACKUP_HINT)
_DISK_FULL = ("The disk is full: the last change is not in the case file {path} yet.", "Free some space and try again.")
_READ_ONLY = ("The case file {path} may not be written.", "Check its permissions, or save a copy elsewhere.")
_UNREACHABLE = ("The case file {path} cannot be reached.", "Check the disk or the network drive, then try again.")
_BUSY = ("Another program is writing to the case file {path}.", "Close it there and try again.")
_SENTENCES = {
    sqlite3.SQLITE_FULL: _DISK_FULL,
    sqlite3.SQLITE_READONLY: _READ_ONLY,
    sqlite3.SQLITE_PERM: _READ_ONLY,
    sqlite3.SQLITE_CANTOPEN: _UNREACHABLE,
    sqlite3.SQLITE_IOERR: _UNREACHABLE,
    sqlite3.SQLITE_BUSY: _BUSY,
    sqlite3.SQLITE_LOCKED: _BUSY,
    sqlite3.SQLITE_CORRUPT: _DAMAGED,
    sqlite3.SQLITE_NOTADB: _DAMAGED,
    sqlite3.SQLITE_ERROR: _DAMAGED,  # a table or column is missing
    sqlite3.SQLITE_TOOBIG: ("The change is too large for the case file {path}.", "Work on smaller regions."),
}


@contextlib.contextmanager
def case_errors(path: Path) -> Iterator[None]:
    """Turn every database and system error inside into a `CaseError` about `path`."""
    try:
        yield
    except DBAPIError as error:
        raise _case_error(error.orig, path) from error
    except sqlite3.Error as error:
        raise _case_error(error, path) from error
    except OSError as error:
        said = output_error(error, path)
        raise CaseError(said.sentence, said.hint) from error


def _case_error(error: BaseException | None, path: Path) -> CaseError:
    code = getattr(error, "sqlite_errorcode", None)
    if code is not None and (code & 0xFF) in _SENTENCES:
        sentence, hint = _SENTENCES[code & 0xFF]
        return CaseError(sentence.format(path=path), hint)
    return CaseError(f"The case file {path} cannot be used ({error}).", "Check the disk or the network drive.")


def refuse_foreign(place: Path, path: Path) -> None:
    """Raises `CaseError` about `path` unless the file at `place` is a case file of a version that this program knows.

    Only SQLite itself opens the file: on Unix, closing it any other way would drop the locks of this process.
    """
    if not place.is_file():
        raise CaseError(f"There is no case file {path}.", "It may have been moved, or its drive is not connected.")
    if place.stat().st_size == 0:
        raise CaseError(f"The case file {path} is empty.", _BACKUP_HINT)
    try:
        with case_errors(path), _looking_at(place) as connection:
            (application_id,) = connection.execute("PRAGMA application_id").fetchone()
            (version,) = connection.execute("PRAGMA user_version").fetchone()
    except CaseError as error:
        if getattr(error.__cause__, "sqlite_errorcode", None) != sqlite3.SQLITE_NOTADB:
            raise
        raise CaseError(f"{path} is not a case file, or its beginning is damaged.", _BACKUP_HINT) from error
    if application_id != APPLICATION_ID:
        raise CaseError(f"{path} is a database of another program, not a case file.", "Choose an .allcase file.")
    if version > SCHEMA_VERSION:
        raise CaseError(
            f"The case file {path} was made by a newer version of this program (format {version}, "
            f"this program reads up to {SCHEMA_VERSION}).",
            "Install the newer version; the file was left as it is.",
        )


def check_pages(place: Path, path: Path) -> None:
    """Read every page of a case without changing a byte of it. Raises `CaseError` about `path` if one is damaged."""
    with case_errors(path), _looking_at(place) as connection:
        found = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
        tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    missing = sorted(schema.tables.keys() - tables)
    if found == "ok" and missing:
        found = f"it has no table {missing[0]}"
    if found != "ok":
        raise CaseError(f"The case file {path} is damaged ({_last_line(found)}).", _BACKUP_HINT)


def _looking_at(place: Path) -> contextlib.closing[sqlite3.Connection]:
    return contextlib.closing(sqlite3.connect(read_uri(place), uri=True))


def log_path(path: Path) -> Path:
    return path.with_name(path.name + "-wal")


def set_old_log_aside(path: Path) -> None:
    """Before a new file takes this name: SQLite would carry out the log of a file that was here before on it."""
    if log_path(path).exists():
        log_path(path).replace(path.with_name(path.name + "-wal.old"))
    path.with_name(path.name + "-shm").unlink(missing_ok=True)


def read_uri(path: Path) -> str:
    """For reading only. Without a log nobody is writing, and the file can be read even where nothing may be made."""
    return f"{path.absolute().as_uri()}?mode=ro" + ("" if log_path(path).exists() else "&immutable=1")


def write_uri(path: Path) -> str:
    return f"{path.absolute().as_uri()}?mode=rw"


def connect(uri: str, writable: bool) -> Connection:
    """One connection to keep. When writable, a finished transaction is on the disk when its commit returns."""

    def make() -> sqlite3.Connection:
        raw = sqlite3.connect(uri, uri=True, timeout=5, isolation_level=None, check_same_thread=False)
        raw.execute("PRAGMA trusted_schema=OFF")
        raw.execute("PRAGMA foreign_keys=ON")
        if writable:
            raw.execute("PRAGMA journal_mode=WAL")
            raw.execute("PRAGMA synchronous=FULL")
            raw.execute("PRAGMA fullfsync=ON")  # macOS: past the drive's own cache
        return raw

    engine = create_engine("sqlite://", creator=make, poolclass=StaticPool)

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writable else "BEGIN")

    return engine.connect()


def raw_connection(connection: Connection) -> sqlite3.Connection:
    """The driver's connection, for SQLite's backup interface."""
    raw: Any = connection.connection.driver_connection
    assert isinstance(raw, sqlite3.Connection)
    return raw


def _last_line(text: str) -> str:
    return text.strip().splitlines()[-1][:200]
