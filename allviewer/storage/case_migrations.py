"""Older case files made new: one small frozen function a version, on raw tables.

A step never uses today's table definitions, so it stays right when they change. Steps run in one transaction.
"""

from collections.abc import Callable

from sqlalchemy import Connection

from allviewer.storage.case_schema import SCHEMA_VERSION


def _from_0(connection: Connection) -> None:
    """Version 0 (before the first release) knew neither where a scale comes from, nor groups, reviews and views."""
    for column in (
        "mpp_source TEXT NOT NULL DEFAULT ''",
        "patient_or_slide TEXT NOT NULL DEFAULT ''",
        "reviewed BOOLEAN NOT NULL DEFAULT 0",
        "view TEXT",
    ):
        connection.exec_driver_sql(f"ALTER TABLE images ADD COLUMN {column}")
    connection.exec_driver_sql("UPDATE images SET mpp_source = 'file' WHERE mpp IS NOT NULL")


def _from_1(connection: Connection) -> None:
    """Version 1 knew no tags of cells."""
    connection.exec_driver_sql("ALTER TABLE cells ADD COLUMN tags TEXT NOT NULL DEFAULT '[]'")


_STEPS: tuple[Callable[[Connection], None], ...] = (_from_0, _from_1)
"""The step at index n takes version n to n + 1."""

assert len(_STEPS) == SCHEMA_VERSION


def migrate(connection: Connection, version: int) -> None:
    """Bring a case of an older version to the present one; the caller's transaction holds it all."""
    for step in _STEPS[version:]:
        step(connection)
    connection.exec_driver_sql(f"PRAGMA user_version = {SCHEMA_VERSION}")
