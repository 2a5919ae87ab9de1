"""The table of journal lines: read as a history, and added to."""

import dataclasses
from datetime import UTC, datetime

from sqlalchemy import Connection, insert, select

from allviewer.storage.case_meta import read_head, write_head
from allviewer.storage.case_records import HistoryEntry
from allviewer.storage.case_schema import journal
from allviewer.storage.cell_codec import ChangeRecord, decode_changes
from allviewer.storage.journal import EDIT, JournalEntry, Timeline, entry_hash, timeline_of


def read_timeline(connection: Connection, image_id: int) -> Timeline:
    """Which edits of an image are done and undone. Raises ValueError if the journal contradicts itself."""
    columns = (journal.c.kind, journal.c.seq, journal.c.target_seq)
    rows = connection.execute(select(*columns).where(journal.c.image_id == image_id).order_by(journal.c.seq))
    return timeline_of((row.kind, row.seq, row.target_seq) for row in rows)


def read_history(connection: Connection, image_id: int, timeline: Timeline) -> tuple[HistoryEntry, ...]:
    """The edits of a timeline with their names, in its order."""
    columns = (journal.c.seq, journal.c.text, journal.c.author, journal.c.utc)
    edits = (journal.c.image_id == image_id) & (journal.c.kind == EDIT)
    rows = {row.seq: row for row in connection.execute(select(*columns).where(edits))}
    undone = set(timeline.undone)
    return tuple(
        HistoryEntry(seq, rows[seq].text, rows[seq].author, datetime.fromisoformat(rows[seq].utc), seq in undone)
        for seq in timeline.sequence
    )


def read_step(connection: Connection, seq: int) -> tuple[HistoryEntry, tuple[ChangeRecord, ...]] | None:
    """One journal line and its changes (none for an undo or redo). Raises ValueError if it cannot be read."""
    row = connection.execute(select(journal).where(journal.c.seq == seq)).first()
    if row is None:
        return None
    changes = decode_changes(row.payload) if row.kind == EDIT else ()
    return HistoryEntry(row.seq, row.text, row.author, datetime.fromisoformat(row.utc)), changes


def append_line(
    connection: Connection, image_id: int, kind: str, author: str, text: str, target_seq: int | None, payload: bytes
) -> HistoryEntry:
    """Add a line to the end of the chain, in the caller's transaction."""
    last_seq, last_hash = read_head(connection)
    utc = datetime.now(UTC)
    entry = JournalEntry(last_seq + 1, image_id, kind, utc.isoformat(), author, text, target_seq, payload)
    own_hash = entry_hash(last_hash, entry)
    row = dataclasses.asdict(entry) | {"previous_hash": last_hash, "hash": own_hash}
    connection.execute(insert(journal).values(row))
    write_head(connection, entry.seq, own_hash)
    return HistoryEntry(entry.seq, text, author, utc)


def last_line(connection: Connection) -> HistoryEntry:
    """The end of the chain; there must be one."""
    row = connection.execute(select(journal).order_by(journal.c.seq.desc()).limit(1)).one()
    return HistoryEntry(row.seq, row.text, row.author, datetime.fromisoformat(row.utc))


def last_entry_since(connection: Connection, since_utc: str) -> str:
    """ "entry 12 (Erase cytoplasm, cell 3)" for a sentence; empty if none was made since that moment (ISO, UTC)."""
    newest = select(journal.c.seq, journal.c.text, journal.c.utc).order_by(journal.c.seq.desc()).limit(1)
    row = connection.execute(newest).first()
    return "" if row is None or row.utc < since_utc else f"entry {row.seq} ({row.text})"
