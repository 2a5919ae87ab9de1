"""The steps of making and opening a case file, before anybody works on it."""

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import msgspec
from sqlalchemy import Connection

from allviewer.errors import CaseError
from allviewer.storage.case_backups import copy_into
from allviewer.storage.case_database import (
    case_errors,
    check_pages,
    connect,
    log_path,
    read_uri,
    refuse_foreign,
    write_uri,
)
from allviewer.storage.case_history import last_entry_since
from allviewer.storage.case_lock import note_of_this_program, release_lock, take_lock
from allviewer.storage.case_meta import CASE_ID, CREATED_UTC, new_case_id, read_session, write_meta, write_session
from allviewer.storage.case_migrations import migrate
from allviewer.storage.case_schema import APPLICATION_ID, SCHEMA_VERSION, schema


def write_empty_case(path: Path) -> None:
    """Fill an empty file with the tables of a case."""
    connection = connect(write_uri(path), writable=False)
    try:
        with connection.begin():
            connection.exec_driver_sql(f"PRAGMA application_id = {APPLICATION_ID}")
            connection.exec_driver_sql(f"PRAGMA user_version = {SCHEMA_VERSION}")
            schema.create_all(connection)
            write_meta(connection, CASE_ID, new_case_id())
            write_meta(connection, CREATED_UTC, datetime.now(UTC).isoformat())
    finally:
        connection.close()


@dataclass(frozen=True, slots=True)
class OpenedCase:
    """An open database; `cleanup` lets go of the lock, and of a private copy where one was needed."""

    connection: Connection
    read_only_reason: str
    notices: tuple[str, ...]
    cleanup: contextlib.ExitStack


def open_case(path: Path, read_only: bool) -> OpenedCase:
    """Look, lock, check every page, and only then open. Raises `CaseError`, leaving the file as it is."""
    with contextlib.ExitStack() as cleanup, case_errors(path):
        place = _readable_place(path, cleanup)
        refuse_foreign(place, path)
        reason = f"The case {path.name} is open for reading only." if read_only else _why_not_writable(path)
        lock = None if reason else take_lock(path)
        notices: tuple[str, ...] = ()
        try:
            if lock is None:
                check_pages(place, path)
                connection, reason = _open_for_reading(place, path, reason)
            else:
                cleanup.callback(release_lock, lock, path)
                check_pages(place, path)
                connection, notices = _open_for_writing(path)
        except ValueError as error:
            raise damaged(path, error) from error
        return OpenedCase(connection, reason, notices, cleanup.pop_all())


def damaged(path: Path, error: ValueError) -> CaseError:
    """The sentence for something in a case that no program wrote."""
    return CaseError(f"The case file {path} is damaged: {error}.", "Run `allviewer case check` on it to see where.")


def _readable_place(path: Path, cleanup: contextlib.ExitStack) -> Path:
    """Where SQLite can read a case: a private copy if a log waits in a folder where nothing may be made beside it."""
    if os.access(path.parent, os.W_OK) or not log_path(path).exists():
        return path
    folder = Path(cleanup.enter_context(tempfile.TemporaryDirectory(prefix="allviewer-")))
    for part in (path, log_path(path)):
        shutil.copyfile(part, folder / part.name)
    return folder / path.name


def _why_not_writable(path: Path) -> str:
    """A sentence, or nothing if both the file and its folder (for the log) may be written."""
    if os.access(path, os.W_OK) and os.access(path.parent, os.W_OK):
        return ""
    return f"The case {path.name} or its folder may not be written, so it is open for reading only."


def _open_for_writing(path: Path) -> tuple[Connection, tuple[str, ...]]:
    """The connection, the file brought to the present version, and sentences about what was found."""
    connection = connect(write_uri(path), writable=True)
    with _closed_on_error(connection):
        return connection, _take_over(connection, path)


def _take_over(connection: Connection, path: Path) -> tuple[str, ...]:
    notices: list[str] = []
    version = _version(connection)
    if version < SCHEMA_VERSION:
        notices.append(_bring_up_to_date(connection, path, version))
    with connection.begin():
        previous = read_session(connection)
        # a session that changed nothing has nothing to recover, so its end is no news
        if (
            previous is not None
            and not previous.closed
            and (newest := last_entry_since(connection, previous.since_utc))
        ):
            notices.append(
                f"The last session ({previous}) did not end properly. Every change is there, up to {newest}."
            )
        write_session(connection, note_of_this_program())
    return tuple(notices)


def _open_for_reading(place: Path, path: Path, reason: str) -> tuple[Connection, str]:
    """The connection, and the reason; an empty reason means that another program has the lock, so it names it."""
    connection = connect(read_uri(place), writable=False)
    with _closed_on_error(connection):
        if _version(connection) < SCHEMA_VERSION:
            raise CaseError(
                f"The case file {path} has an older format, which has to be brought up to date first.",
                "Open it once where it can be written.",
            )
        return connection, reason or _who_has_it(connection, path)


def _who_has_it(connection: Connection, path: Path) -> str:
    with connection.begin():
        note = read_session(connection)
    who = f"{note}" if note is not None and not note.closed else "another program"
    return f"The case {path.name} is in use by {who}, so it is open for reading only here."


@contextlib.contextmanager
def _closed_on_error(connection: Connection) -> Iterator[None]:
    try:
        yield
    except BaseException:
        connection.close()
        connection.engine.dispose()
        raise


def note_end(connection: Connection) -> None:
    """Write down that the session ended properly."""
    with connection.begin():
        write_session(connection, msgspec.structs.replace(note_of_this_program(), closed=True))


def _version(connection: Connection) -> int:
    """As the log has it: a program that died just after a migration left the old number in the header."""
    with connection.begin():
        return int(connection.exec_driver_sql("PRAGMA user_version").scalar_one())


def _bring_up_to_date(connection: Connection, path: Path, version: int) -> str:
    kept = path.with_name(f"{path.stem}.format{version}{path.suffix}")
    copy_into(connection, path, kept)
    with connection.begin():
        migrate(connection, version)
    return f"The case was brought from format {version} to {SCHEMA_VERSION}; {kept.name} is the file as it was."
