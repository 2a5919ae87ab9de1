"""The tables of a case file, version 2. Column types are portable, so that a server can hold them later."""

from sqlalchemy import (
    DDL,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    event,
)

APPLICATION_ID = 0x414C4C56
"""SQLite's `application_id` of a case file: "ALLV"."""

SCHEMA_VERSION = 2
"""SQLite's `user_version`. Raising it needs a step in `case_migrations`."""

schema = MetaData()

meta = Table(
    "meta",
    schema,
    Column("key", String(64), primary_key=True),
    Column("value", Text, nullable=False),
)

images = Table(
    "images",
    schema,
    Column("id", Integer, primary_key=True),
    Column("path", Text, nullable=False),
    Column("relative_path", Text, nullable=False),
    Column("sha256", String(64), nullable=False, unique=True),
    Column("size_bytes", Integer, nullable=False),
    Column("width", Integer, nullable=False),
    Column("height", Integer, nullable=False),
    Column("mpp", Float),
    Column("mpp_source", Text, nullable=False),
    Column("patient_or_slide", Text, nullable=False),
    Column("reviewed", Boolean, nullable=False),
    Column("view", Text),
    Column("next_cell_id", Integer, nullable=False),
    Column("added_utc", String(40), nullable=False),
)

cells = Table(
    "cells",
    schema,
    Column("image_id", Integer, ForeignKey("images.id"), primary_key=True, autoincrement=False),
    Column("cell_id", Integer, primary_key=True, autoincrement=False),
    Column("x", Integer, nullable=False),
    Column("y", Integer, nullable=False),
    Column("width", Integer, nullable=False),
    Column("height", Integer, nullable=False),
    Column("mask", LargeBinary, nullable=False),
    Column("nucleus", LargeBinary, nullable=False),
    Column("label", String(64), nullable=False),
    Column("probabilities", Text, nullable=False),
    Column("uncertainty", Float, nullable=False),
    Column("origin_kind", String(16), nullable=False),
    Column("origin_name", Text, nullable=False),
    Column("origin_utc", String(40), nullable=False),
    Column("state", String(16), nullable=False),
    Column("edited_by", Text, nullable=False),
    Column("tags", Text, nullable=False, server_default="[]"),
)

journal = Table(
    "journal",
    schema,
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("image_id", Integer, ForeignKey("images.id"), nullable=False),
    Column("kind", String(8), nullable=False),
    Column("utc", String(40), nullable=False),
    Column("author", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("target_seq", Integer),
    Column("payload", LargeBinary, nullable=False),
    Column("previous_hash", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
    Index("journal_by_image", "image_id", "seq"),
)

for _action in ("UPDATE", "DELETE"):
    event.listen(
        journal,
        "after_create",
        DDL(  # type: ignore[no-untyped-call]
            f"CREATE TRIGGER journal_no_{_action.lower()} BEFORE {_action} ON journal "
            "BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END"
        ).execute_if(dialect="sqlite"),
    )
