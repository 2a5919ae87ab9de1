"""Whole copies of a case: on request, and kept by generation whenever a changed case is opened."""

import contextlib
import hashlib
import os
import shutil
import sqlite3
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Connection

from allviewer.errors import CaseError, OutputError, UserError
from allviewer.storage import atomic
from allviewer.storage.case_database import case_errors, raw_connection, set_old_log_aside
from allviewer.storage.case_meta import SESSION

KEPT = 5
_TIME_FORMAT = "%Y-%m-%dT%H-%M-%SZ"


@dataclass(frozen=True, slots=True)
class Generation:
    """One kept copy of a case: when it was made, and how many journal entries it holds."""

    path: Path
    utc: datetime
    entries: int


def copy_into(connection: Connection, case_path: Path, target: Path) -> None:
    """Write the case to `target`, replacing it, through SQLite's backup. Raises `CaseError`, `OutputError`."""
    with atomic.replacing(target) as part:
        with case_errors(target), contextlib.closing(sqlite3.connect(part)) as copy:
            raw_connection(connection).backup(copy)
            copy.execute("PRAGMA journal_mode=DELETE")  # one file, readable where nothing may be written
            _move_relative_paths(copy, case_path.parent, target.parent)
            copy.execute("DELETE FROM meta WHERE key = ?", (SESSION,))
            copy.commit()
        set_old_log_aside(target)


def _move_relative_paths(copy: sqlite3.Connection, old_folder: Path, new_folder: Path) -> None:
    if old_folder == new_folder:
        return
    rows = copy.execute("SELECT id, relative_path FROM images WHERE relative_path != ''").fetchall()
    for image_id, relative in rows:
        try:
            moved = Path(os.path.relpath(old_folder / relative, new_folder)).as_posix()
        except ValueError:  # another Windows drive
            moved = ""
        copy.execute("UPDATE images SET relative_path = ? WHERE id = ?", (moved, image_id))


def generations(case_path: Path, backups_dir: Path) -> list[Generation]:
    """The kept copies of a case, newest first."""
    found = []
    for path in _folder(case_path, backups_dir).glob(f"*{case_path.suffix}"):
        time, _, entries = path.stem.partition("_")
        try:
            utc = datetime.strptime(time, _TIME_FORMAT).replace(tzinfo=UTC)
            found.append(Generation(path, utc, int(entries)))
        except ValueError:
            continue  # somebody else's file
    return sorted(found, key=lambda generation: (generation.utc, generation.entries), reverse=True)


def keep_generation(
    connection: Connection, case_path: Path, backups_dir: Path, entries: int, kept: int
) -> tuple[str, ...]:
    """Copy the case if its journal grew since the last copy, and drop the oldest copies.

    Never stands in the way of opening a case: what goes wrong comes back as a sentence.
    """
    known = generations(case_path, backups_dir)
    if entries == 0 or (known and known[0].entries == entries):
        return ()
    folder = _folder(case_path, backups_dir)
    name = f"{datetime.now(UTC).strftime(_TIME_FORMAT)}_{entries}{case_path.suffix}"
    try:
        atomic.make_folder(folder)
        copy_into(connection, case_path, folder / name)
        for old in generations(case_path, backups_dir)[kept:]:
            with atomic.output_errors(old.path):
                old.path.unlink(missing_ok=True)
    except UserError as error:
        return (f"No backup copy of the case could be made. {error}",)
    return ()


def previous_generation(case_path: Path, backups_dir: Path, entries: int | None) -> Generation:
    """The newest kept copy that holds less than `entries` journal entries; None: the newest of all.

    Raises:
        CaseError: if none is kept.
    """
    for generation in generations(case_path, backups_dir):
        if entries is None or generation.entries < entries:
            return generation
    raise CaseError(
        f"No earlier generation of {case_path.name} is kept.",
        "One is kept whenever a case that has changed is opened. The history of an image goes back to its beginning.",
    )


def restore_beside(generation: Generation, folder: Path, name: str) -> Path:
    """Put a kept copy into a folder under a new name that tells its time. Raises `OutputError`."""
    number = 1
    while True:
        ending = f" {number}" * (number > 1) + generation.path.suffix
        target = folder / f"{name} as of {generation.utc.astimezone():%Y-%m-%d %H.%M.%S}{ending}"
        if not target.exists():
            restore_generation(generation, target)
            return target
        number += 1


def restore_generation(generation: Generation, target: Path) -> None:
    """Put a kept copy beside the present file, under a new name. Raises `OutputError`."""
    if target.exists():
        raise OutputError(f"{target} exists already.", "Choose another name; nothing is overwritten.")
    with atomic.replacing(target) as part:
        shutil.copyfile(generation.path, part)
        set_old_log_aside(target)


def _folder(case_path: Path, backups_dir: Path) -> Path:
    place = hashlib.sha256(str(case_path.absolute()).encode()).hexdigest()[:8]
    return backups_dir / f"{case_path.stem}-{place}"
