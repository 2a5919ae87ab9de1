"""Steps of the journal read back beside the cells that are there now: what has not changed is not read again."""

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, select

from allviewer.domain.cell import Cell, CellState
from allviewer.domain.edits import Edit
from allviewer.storage.case_schema import journal
from allviewer.storage.cell_codec import CellRecord, ChangeRecord, cell_of, decode_stored, said_by, with_repeats

_MOST_CHANGES = 200_000
"""So many changes are read at once; further steps are read when they are asked for."""


def read_edits(
    connection: Connection, seqs: Sequence[int], backwards: bool, present: Mapping[int, Cell]
) -> list[Edit] | None:
    """The edits of journal entries, the next one to be walked over first; None if an entry is missing.

    Masks are shared with the cells in `present` (as they are before the first of these steps is taken back, or done
    again), so a step that adds, relabels or accepts a hundred thousand cells is read without unpacking a mask.
    Raises ValueError for an entry that no program wrote.
    """
    known = dict(present)
    edits: list[Edit] = []
    n_changes = 0
    for seq in seqs:
        row = connection.execute(select(journal.c.text, journal.c.payload).where(journal.c.seq == seq)).first()
        if row is None:
            return None
        changes = decode_stored(row.payload)
        n_changes += len(changes)
        if edits and n_changes > _MOST_CHANGES:
            break
        edit = _edit_beside(row.text, changes, known, backwards)
        walked = edit.inverse() if backwards else edit
        for cell_id in walked.footprint.removed:
            known.pop(cell_id, None)
        known.update(walked.after)
        edits.append(edit)
    return edits


def _edit_beside(text: str, changes: Sequence[ChangeRecord], known: Mapping[int, Cell], backwards: bool) -> Edit:
    """The edit of stored changes, one side of which is `known`."""
    here: dict[int, Cell] = {}
    there: dict[int, Cell] = {}
    for change in changes:
        full = change
        near, far = _sides(change, backwards)
        cell = known.get(near.id) if near is not None else None
        if near is not None and (cell is None or not _is_as(cell, near)):
            full = with_repeats(change)
            cell = cell_of(_sides(full, backwards)[0] or near)
        if cell is not None:
            here[cell.id] = cell
        if far is None:
            continue
        if cell is not None and _leaves_masks_alone(change):
            there[far.id] = cell.restated(**said_by(far, cell.origin))
        else:
            full = with_repeats(change) if full is change else full
            there[far.id] = cell_of(_sides(full, backwards)[1] or far)
    return Edit.of_tables(text, there, here) if backwards else Edit.of_tables(text, here, there)


def _sides(change: ChangeRecord, backwards: bool) -> tuple[CellRecord | None, CellRecord | None]:
    """The record of the side on which people are, and that of the side they go to."""
    return (change.after, change.before) if backwards else (change.before, change.after)


def _leaves_masks_alone(change: ChangeRecord) -> bool:
    after = change.after
    return change.before is not None and after is not None and after.mask is None and after.nucleus is None


def _is_as(cell: Cell, record: CellRecord) -> bool:
    """Whether a cell is the stored one, as far as can be told without its masks."""
    box = cell.mask.region
    return (
        (box.x, box.y, box.width, box.height) == (record.x, record.y, record.width, record.height)
        and cell.label == record.label
        and cell.state == CellState(record.state)
        and cell.uncertainty == record.uncertainty
        and cell.edited_by == record.edited_by
        and cell.tags == record.tags
    )
