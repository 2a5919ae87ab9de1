"""Proof of a case: the chain of the journal is whole, and the cells are what replaying it gives."""

from collections.abc import Iterator

from sqlalchemy import Connection, Row, select

from allviewer.domain.cell import Cell
from allviewer.storage.case_cells import all_cells
from allviewer.storage.case_history import read_timeline
from allviewer.storage.case_meta import read_case_id, read_head
from allviewer.storage.case_records import CheckReport
from allviewer.storage.case_schema import images, journal
from allviewer.storage.cell_codec import CellRecord, cell_of, decode_changes
from allviewer.storage.journal import JournalEntry, entry_hash, first_hash


def check_case(connection: Connection) -> CheckReport:
    """Read the whole case, in the caller's transaction. Raises ValueError only if the case has lost its name."""
    entries, first_bad, problems = _check_chain(connection)
    image_ids = [row.id for row in connection.execute(select(images.c.id).order_by(images.c.id))]
    n_cells = 0
    for image_id in image_ids:
        count, problem = _check_image(connection, image_id)
        n_cells += count
        problems += problem
    return CheckReport(entries, len(image_ids), n_cells, first_bad, tuple(problems))


def _check_chain(connection: Connection) -> tuple[int, int | None, list[str]]:
    """Number of entries, the first bad one, and a sentence about it."""
    previous, expected_seq = first_hash(read_case_id(connection)), 1
    for row in _lines(connection):
        if row.seq != expected_seq:
            return _bad(connection, expected_seq, f"Journal entry {expected_seq} was removed.")
        if row.previous_hash != previous or row.hash != entry_hash(previous, _entry(row)):
            name = f'"{row.text}" by {row.author or "nobody"}, {row.utc[:19]}'
            return _bad(connection, expected_seq, f"Journal entry {expected_seq} ({name}) was changed or put in.")
        previous, expected_seq = row.hash, expected_seq + 1
    head_seq, head_hash = read_head(connection)
    if head_seq >= expected_seq:
        return _bad(connection, expected_seq, f"Journal entry {expected_seq} and all after it were removed.")
    if (head_seq, head_hash) != (expected_seq - 1, previous):
        return _bad(connection, head_seq + 1, f"Journal entry {head_seq + 1} was put in behind the program's back.")
    return expected_seq - 1, None, []


def _bad(connection: Connection, seq: int, sentence: str) -> tuple[int, int, list[str]]:
    return len(connection.execute(select(journal.c.seq)).all()), seq, [sentence]


def _check_image(connection: Connection, image_id: int) -> tuple[int, list[str]]:
    """Number of stored cells, and sentences about differences from the replay."""
    try:
        stored = {record.id: record for record in all_cells(connection, image_id)}
        replayed, highest = _replay(connection, image_id)
        next_id = connection.execute(select(images.c.next_cell_id).where(images.c.id == image_id)).scalar_one()
        wrong = [cell_id for cell_id in stored.keys() | replayed.keys() if _differs(stored, replayed, cell_id)]
    except ValueError as error:
        return 0, [f"Image {image_id}: {error}."]
    problems = []
    if wrong:
        problems.append(
            f"Image {image_id}: cell {min(wrong)} is not what the journal says"
            + (f", nor are {len(wrong) - 1} others." if len(wrong) > 1 else ".")
        )
    if next_id <= highest:
        problems.append(f"Image {image_id}: the next cell number {next_id} was used before.")
    return len(stored), problems


def _replay(connection: Connection, image_id: int) -> tuple[dict[int, CellRecord], int]:
    """The cells that the journal gives, and the highest id it ever used. Raises ValueError."""
    present: dict[int, CellRecord] = {}
    highest = 0
    read_timeline(connection, image_id)  # undo and redo must fit before they are followed
    for row in _lines(connection, image_id):
        payload = row.payload
        if row.target_seq is not None:
            target = select(journal.c.payload).where(journal.c.seq == row.target_seq)
            payload = connection.execute(target).scalar_one()
        for change in decode_changes(payload):
            before, after = (change.after, change.before) if row.kind == "undo" else (change.before, change.after)
            record = after or before
            if record is None or present.get(record.id) != before:
                raise ValueError(f"journal entry {row.seq} does not fit the cells before it")
            highest = max(highest, record.id)
            if after is None:
                del present[record.id]
            else:
                present[record.id] = after
    return present, highest


def _differs(stored: dict[int, CellRecord], replayed: dict[int, CellRecord], cell_id: int) -> bool:
    a, b = stored.get(cell_id), replayed.get(cell_id)
    if a is None or b is None:
        return True
    cell: Cell = cell_of(a)  # also proves that it can be read
    return a != b and cell != cell_of(b)


def _lines(connection: Connection, image_id: int | None = None) -> Iterator[Row[tuple[object, ...]]]:
    query = select(journal).order_by(journal.c.seq)
    if image_id is not None:
        query = query.where(journal.c.image_id == image_id)
    return iter(connection.execute(query.execution_options(yield_per=200)))


def _entry(row: Row[tuple[object, ...]]) -> JournalEntry:
    return JournalEntry(row.seq, row.image_id, row.kind, row.utc, row.author, row.text, row.target_seq, row.payload)
