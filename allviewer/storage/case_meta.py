"""The few facts about a whole case: its own name, the head of its journal, who has it open."""

import uuid

import msgspec
from sqlalchemy import Connection, delete, insert, select

from allviewer.domain.labels import ClassSet
from allviewer.storage import class_set_file
from allviewer.storage.case_lock import SessionNote
from allviewer.storage.case_schema import meta
from allviewer.storage.journal import first_hash

CASE_ID = "case_id"
CREATED_UTC = "created_utc"
_HEAD = "journal_head"
SESSION = "session"
_CLASS_SET = "class_set"


def new_case_id() -> str:
    return uuid.uuid4().hex


def read_meta(connection: Connection, key: str) -> str | None:
    value = connection.execute(select(meta.c.value).where(meta.c.key == key)).scalar()
    return None if value is None else str(value)


def write_meta(connection: Connection, key: str, value: str) -> None:
    connection.execute(delete(meta).where(meta.c.key == key))
    connection.execute(insert(meta).values(key=key, value=value))


def read_case_id(connection: Connection) -> str:
    """Raises ValueError if the case has lost it."""
    case_id = read_meta(connection, CASE_ID)
    if not case_id:
        raise ValueError("the case has no case_id")
    return case_id


def read_head(connection: Connection) -> tuple[int, str]:
    """Number and hash of the journal's last entry; 0 and the first hash while it is empty. Raises ValueError."""
    text = read_meta(connection, _HEAD)
    if text is None:
        return 0, first_hash(read_case_id(connection))
    seq, _, own_hash = text.partition(" ")
    return int(seq), own_hash


def write_head(connection: Connection, seq: int, own_hash: str) -> None:
    write_meta(connection, _HEAD, f"{seq} {own_hash}")


def read_session(connection: Connection) -> SessionNote | None:
    """Who has, or last had, the case open for writing."""
    text = read_meta(connection, SESSION)
    if text is None:
        return None
    try:
        return msgspec.json.decode(text, type=SessionNote)
    except msgspec.DecodeError as error:
        raise ValueError("the note of the last session cannot be read") from error


def read_class_set(connection: Connection, name: str) -> ClassSet | None:
    """The classes of the case, None for those of a new one. Raises `ClassSetError`, naming the case, if damaged."""
    text = read_meta(connection, _CLASS_SET)
    if text is None:
        return None
    found = class_set_file.decode(text.encode(), f"What {name} holds as classes")
    return found if isinstance(found, ClassSet) else None


def write_class_set(connection: Connection, class_set: ClassSet) -> None:
    write_meta(connection, _CLASS_SET, class_set_file.encode(class_set).decode())


def write_session(connection: Connection, note: SessionNote) -> None:
    write_meta(connection, SESSION, msgspec.json.encode(note).decode())
