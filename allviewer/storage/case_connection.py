"""The connection behind an open case: reading, changing, and finding the file again after it could not be reached."""

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from allviewer.errors import CaseError
from allviewer.storage.case_database import case_errors, log_path
from allviewer.storage.case_meta import read_case_id, read_head
from allviewer.storage.case_opening import OpenedCase, damaged, note_end, open_case

_LOST = {sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN}
"""What SQLite says when the disk or the network drive is gone; what is open then stays broken when it comes back."""

Head = tuple[int, str]
"""Number and hash of the journal's last entry."""


class CaseConnection:
    """What `CaseFile` is made on. One thread at a time.

    After the file could not be reached, the next use opens it anew, if it is still the same case with the same
    journal: a network drive may go and come back while a case is open.
    """

    def __init__(self, path: Path, opened: OpenedCase) -> None:
        self.path = path
        self.read_only_reason = opened.read_only_reason
        self.notices = opened.notices
        self._connection = opened.connection
        self._cleanup = opened.cleanup
        self._inode = path.stat().st_ino
        self._is_lost = False
        with self._reading() as connection:
            self._case_id, self._head = read_case_id(connection), read_head(connection)
        self._doubtful_head: Head | None = None

    @property
    def is_read_only(self) -> bool:
        return bool(self.read_only_reason)

    def close(self) -> None:
        """Put everything into the one file and let others write. Closing twice does nothing."""
        if self._connection.closed:
            return
        try:
            if not self.is_read_only and self._is_where_it_was():
                with case_errors(self.path):
                    note_end(self._connection)
        finally:
            self._connection.close()
            self._connection.engine.dispose()
            self._cleanup.close()

    @contextlib.contextmanager
    def _reading(self) -> Iterator[Connection]:
        self._refuse_if_closed()
        if self._is_lost:
            self._connect_again()
        try:
            with self._noting_loss(), case_errors(self.path), self._connection.begin():
                yield self._connection
        except ValueError as error:
            raise damaged(self.path, error) from error

    @contextlib.contextmanager
    def _changing(self) -> Iterator[Connection]:
        self._refuse_if_closed()
        if self.is_read_only:
            raise CaseError(self.read_only_reason, "Save a copy and work on that.")
        if self._is_lost or not self._is_where_it_was():
            self._connect_again()
        with self._noting_loss(), case_errors(self.path), self._connection.begin():
            yield self._connection
            self._doubtful_head = read_head(self._connection)
        self._head, self._doubtful_head = self._doubtful_head, None

    @contextlib.contextmanager
    def _noting_loss(self) -> Iterator[None]:
        try:
            yield
        except CaseError as error:
            cause = error.__cause__
            code = getattr(cause.orig, "sqlite_errorcode", 0) if isinstance(cause, DBAPIError) else 0
            self._is_lost = self._is_lost or (code & 0xFF) in _LOST
            raise

    def _connect_again(self) -> None:
        """Open the file anew. Raises `CaseError` unless it is there, can be written and is as it was left."""
        gone = CaseError(
            f"The case file {self.path} was moved, replaced or deleted while it was open, or its drive is gone.",
            "Save a copy: everything up to now is still here.",
        )
        try:
            self._inode = self.path.stat().st_ino
            self._cleanup.close()
            opened = open_case(self.path, read_only=False)
        except (OSError, CaseError) as error:
            self._inode = -1
            raise gone from error
        with contextlib.ExitStack() as undo:
            undo.callback(opened.cleanup.close)
            undo.callback(opened.connection.close)
            with case_errors(self.path), opened.connection.begin():
                is_same = read_case_id(opened.connection) == self._case_id
                head = read_head(opened.connection)
            if opened.read_only_reason:
                raise CaseError(opened.read_only_reason, "Save a copy: everything up to now is still here.")
            if not is_same or head not in (self._head, self._doubtful_head):
                self._inode = -1
                raise gone
            undo.pop_all()
        with contextlib.suppress(DBAPIError):
            self._connection.close()
            self._connection.engine.dispose()
        self._connection, self._cleanup, self._is_lost = opened.connection, opened.cleanup, False
        self._came_back(is_doubt_settled=head == self._doubtful_head)
        self._head, self._doubtful_head = head, None

    def _came_back(self, is_doubt_settled: bool) -> None:
        """The file is open again; `is_doubt_settled`: the change that failed last is in it after all."""

    def _refuse_if_closed(self) -> None:
        if self._connection.closed:
            raise CaseError(f"The case {self.path.name} is closed.", "Open it again.")

    def _is_where_it_was(self) -> bool:
        """A file deleted or replaced under us still takes writes on Linux, and loses them in the end."""
        try:
            return self.path.stat().st_ino == self._inode and log_path(self.path).exists()
        except OSError:
            return False
