"""The table of cells: rows to records and back, and the changes of an edit carried out on it."""

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, RowMapping, Select, bindparam, case, delete, func, insert, select, update

from allviewer.domain.cell import CellState
from allviewer.storage.case_records import CellTally
from allviewer.storage.case_schema import cells, images
from allviewer.storage.cell_codec import CellRecord, ChangeRecord, cell_of

_CHUNK = 500  # SQLite takes at most 999 parameters in its older builds
_AT_ONCE = 1000  # more rows in one call would keep other threads, such as the one that paints, waiting

_tags_decoder = msgspec.json.Decoder(tuple[str, ...])
_probabilities_decoder = msgspec.json.Decoder(tuple[tuple[str, float], ...])


class CellMismatchError(ValueError):
    """A change does not fit the cells that are stored."""


def all_cells(connection: Connection, image_id: int) -> Iterator[CellRecord]:
    """The cells of an image in the order of their ids, one at a time. Raises ValueError."""
    return (_record(row) for row in connection.execute(_cells_of(image_id)).mappings())


def read_cells(connection: Connection, image_id: int, ids: Sequence[int]) -> dict[int, CellRecord]:
    """Some cells of an image by id. Raises ValueError."""
    found = {}
    for start in range(0, len(ids), _CHUNK):
        part = _cells_of(image_id).where(cells.c.cell_id.in_(ids[start : start + _CHUNK]))
        found.update({row["cell_id"]: _record(row) for row in connection.execute(part).mappings()})
    return found


def _cells_of(image_id: int) -> Select[tuple[Any, ...]]:
    return select(cells).where(cells.c.image_id == image_id).order_by(cells.c.cell_id)


def count_cells(connection: Connection) -> dict[int, CellTally]:
    """The tally of every image that has cells, by image id, without reading a mask."""
    is_touched = cells.c.state != CellState.PROPOSED.value
    query = select(
        cells.c.image_id,
        func.count(),
        func.sum(case((cells.c.label == "blast", 1), else_=0)),
        func.sum(case((is_touched, 1), else_=0)),
    ).group_by(cells.c.image_id)
    return {row[0]: CellTally(*row[1:]) for row in connection.execute(query)}


def carry_out(connection: Connection, image_id: int, changes: Sequence[ChangeRecord], new_ids_only: bool) -> None:
    """Make changes in the table.

    Raises:
        CellMismatchError: if a `before` is not what the table holds, a cell is changed twice, or, with
            `new_ids_only`, an added cell has an id that the image used before. The caller rolls back.
    """
    before = [change.before for change in changes if change.before]
    after = [change.after for change in changes if change.after]
    next_id = connection.execute(select(images.c.next_cell_id).where(images.c.id == image_id)).scalar_one()
    _refuse_misfits(connection, image_id, changes, next_id if new_ids_only else 1)
    if before:
        one_cell = (cells.c.image_id == image_id) & (cells.c.cell_id == bindparam("id"))
        for records in _portions(before):
            connection.execute(delete(cells).where(one_cell), [{"id": record.id} for record in records])
    if after:
        for records in _portions(after):
            connection.execute(insert(cells), [_row(image_id, record) for record in records])
        highest = max(record.id for record in after)
        if highest >= next_id:
            connection.execute(update(images).where(images.c.id == image_id).values(next_cell_id=highest + 1))


def _refuse_misfits(connection: Connection, image_id: int, changes: Sequence[ChangeRecord], first_free_id: int) -> None:
    ids = [record.id for record in (change.before or change.after for change in changes) if record]
    if len(set(ids)) != len(ids):
        raise CellMismatchError("a cell is changed twice in one edit")
    stored = read_cells(connection, image_id, ids)
    for change, cell_id in zip(changes, ids, strict=True):
        present = stored.get(cell_id)
        if change.before is None:
            if present is not None or cell_id < first_free_id:
                raise CellMismatchError(f"the id of cell {cell_id} was used before")
        elif present is None or not _same(present, change.before):
            raise CellMismatchError(f"cell {cell_id} is not stored as the edit expects")


def _portions(records: Sequence[CellRecord]) -> Iterator[Sequence[CellRecord]]:
    return (records[start : start + _AT_ONCE] for start in range(0, len(records), _AT_ONCE))


def _same(a: CellRecord, b: CellRecord) -> bool:
    """Equal bytes almost always; another zlib may have packed the same mask differently."""
    return a == b or cell_of(a) == cell_of(b)


def _row(image_id: int, record: CellRecord) -> dict[str, Any]:
    row = msgspec.structs.asdict(record)
    row["image_id"] = image_id
    row["cell_id"] = row.pop("id")
    row["probabilities"] = msgspec.json.encode(record.probabilities).decode()
    row["tags"] = msgspec.json.encode(record.tags).decode()
    return row


def _record(row: RowMapping) -> CellRecord:
    try:
        probabilities = _probabilities_decoder.decode(row["probabilities"])
        tags = _tags_decoder.decode(row["tags"])
    except msgspec.DecodeError as error:
        raise ValueError(f"cell {row['cell_id']} has unreadable probabilities or tags") from error
    return CellRecord(
        id=row["cell_id"],
        x=row["x"],
        y=row["y"],
        width=row["width"],
        height=row["height"],
        mask=row["mask"],
        nucleus=row["nucleus"],
        label=row["label"],
        probabilities=probabilities,
        uncertainty=row["uncertainty"],
        origin_kind=row["origin_kind"],
        origin_name=row["origin_name"],
        origin_utc=row["origin_utc"],
        state=row["state"],
        edited_by=row["edited_by"],
        tags=tags,
    )
