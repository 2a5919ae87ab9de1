"""Cells and edits as compact bytes: bits of masks through zlib, the rest as msgpack.

A mask is stored as the bits of its cell's box, row by row without padding, highest bit first, through zlib; an empty
nucleus as no bytes at all. What cannot be read raises `ValueError`: callers know the file's name and say it.
"""

import math
import zlib
from collections.abc import Sequence
from datetime import datetime
from typing import TypedDict

import msgspec
import numpy as np
from numpy.typing import NDArray

from allviewer.domain.cell import Cell, CellState, Origin, OriginKind
from allviewer.domain.edits import Change, Edit
from allviewer.domain.geometry import Region
from allviewer.domain.mask import Mask

_FAST = 1  # zlib level: masks are small and regular, higher levels gain little and cost much
_ARRAY = b"\xdd"  # of msgpack; its length follows in four bytes
_MAX_EDIT_BYTES = 1 << 30
_MAX_MASK_PX = 1 << 31


class CellRecord(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """A cell as it is written; `mask` and `nucleus` are None where they are the same as before the change."""

    id: int
    x: int
    y: int
    width: int
    height: int
    mask: bytes | None
    nucleus: bytes | None
    label: str
    probabilities: tuple[tuple[str, float], ...]
    uncertainty: float
    origin_kind: str
    origin_name: str
    origin_utc: str
    state: str
    edited_by: str
    tags: tuple[str, ...] = ()  # a cell of format 1 has none


class ChangeRecord(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    before: CellRecord | None
    after: CellRecord | None


_parts_decoder = msgspec.msgpack.Decoder(tuple[msgspec.Raw, ...])
_change_decoder = msgspec.msgpack.Decoder(ChangeRecord)


def record_of(cell: Cell) -> CellRecord:
    """Raises ValueError for a probability or uncertainty that is no number."""
    nucleus = b"" if cell.nucleus.is_empty else _pack(cell.nucleus.within(cell.mask.region))
    return _record(cell, _pack(cell.mask.bitmap), nucleus)


def cell_of(record: CellRecord) -> Cell:
    """Raises ValueError for anything that is no cell."""
    if record.mask is None or record.nucleus is None:
        raise ValueError(f"cell {record.id} lacks its mask")
    box = Region(record.x, record.y, record.width, record.height)
    return Cell(
        id=record.id,
        mask=_unpack(record.mask, box),
        nucleus=_unpack(record.nucleus, box) if record.nucleus else Mask.empty(),
        **said_by(record, None),
    )


class Said(TypedDict):
    """What is said of a cell beside its id and masks."""

    label: str
    origin: Origin
    state: CellState
    probabilities: tuple[tuple[str, float], ...]
    uncertainty: float
    edited_by: str
    tags: tuple[str, ...]


def said_by(record: CellRecord, origin: Origin | None) -> Said:
    """All of a record but its masks; `origin` is taken over if the record says the same. Raises ValueError."""
    if (
        origin is None
        or origin.name != record.origin_name
        or origin.kind.value != record.origin_kind
        or origin.created_utc.isoformat() != record.origin_utc
    ):
        when = datetime.fromisoformat(record.origin_utc)
        origin = Origin(OriginKind(record.origin_kind), record.origin_name, when)
    return {
        "label": record.label,
        "origin": origin,
        "state": CellState(record.state),
        "probabilities": record.probabilities,
        "uncertainty": record.uncertainty,
        "edited_by": record.edited_by,
        "tags": record.tags,
    }


def change_records(edit: Edit) -> tuple[ChangeRecord, ...]:
    """The changes of an edit, every mask written out."""
    return tuple(_change_record(change) for change in edit.changes)


def encode_changes(changes: Sequence[ChangeRecord]) -> bytes:
    """The payload of a journal entry; masks that a change leaves alone are written once."""
    # one by one, as they are decoded: other threads get their turn between two of them
    parts = [msgspec.msgpack.encode(_without_repeats(change)) for change in changes]
    return zlib.compress(_ARRAY + len(parts).to_bytes(4, "big") + b"".join(parts), _FAST)


def decode_changes(payload: bytes) -> tuple[ChangeRecord, ...]:
    """The reverse of `encode_changes`. Raises ValueError for bytes that are no payload."""
    return tuple(with_repeats(change) for change in decode_stored(payload))


def decode_stored(payload: bytes) -> tuple[ChangeRecord, ...]:
    """Changes as they are written: masks that one leaves alone are None after it. Raises ValueError."""
    try:
        inflater = zlib.decompressobj()
        raw = inflater.decompress(payload, _MAX_EDIT_BYTES)
        if not inflater.eof:
            raise ValueError("a journal entry is cut off, or too large")
        # one by one: in a single call a hundred thousand changes would keep all other threads waiting
        return tuple([_change_decoder.decode(part) for part in _parts_decoder.decode(raw)])
    except (zlib.error, msgspec.DecodeError) as error:
        raise ValueError(f"a journal entry cannot be read: {error}") from error


def edit_of(text: str, changes: Sequence[ChangeRecord]) -> Edit:
    """The edit that was written. Raises ValueError."""
    return Edit(text, tuple(_change_of(change) for change in changes))


def _change_record(change: Change) -> ChangeRecord:
    before = record_of(change.before) if change.before else None
    if change.after is None:
        return ChangeRecord(before, None)
    if before is not None and change.before is not None and _same_masks(change.before, change.after):
        return ChangeRecord(before, _record(change.after, before.mask, before.nucleus))
    return ChangeRecord(before, record_of(change.after))


def _same_masks(before: Cell, after: Cell) -> bool:
    """By identity: an edit that leaves the masks alone hands on the same objects."""
    return before.mask is after.mask and before.nucleus is after.nucleus


def _record(cell: Cell, mask: bytes | None, nucleus: bytes | None) -> CellRecord:
    probabilities = tuple((key, float(value)) for key, value in cell.probabilities)
    if not all(math.isfinite(value) for _, value in probabilities) or not math.isfinite(cell.uncertainty):
        raise ValueError(f"cell {cell.id} has a probability that is not a number")
    box = cell.mask.region
    return CellRecord(
        id=cell.id,
        x=box.x,
        y=box.y,
        width=box.width,
        height=box.height,
        mask=mask,
        nucleus=nucleus,
        label=cell.label,
        probabilities=probabilities,
        uncertainty=float(cell.uncertainty),
        origin_kind=cell.origin.kind.value,
        origin_name=cell.origin.name,
        origin_utc=cell.origin.created_utc.isoformat(),
        state=cell.state.value,
        edited_by=cell.edited_by,
        tags=cell.tags,
    )


def _without_repeats(change: ChangeRecord) -> ChangeRecord:
    before, after = change.before, change.after
    if before is None or after is None or _box(before) != _box(after):
        return change
    mask = None if after.mask == before.mask else after.mask
    nucleus = None if after.nucleus == before.nucleus else after.nucleus
    return ChangeRecord(before, msgspec.structs.replace(after, mask=mask, nucleus=nucleus))


def with_repeats(change: ChangeRecord) -> ChangeRecord:
    """A stored change with every mask written out."""
    before, after = change.before, change.after
    if before is None or after is None:
        return change
    mask = before.mask if after.mask is None else after.mask
    nucleus = before.nucleus if after.nucleus is None else after.nucleus
    return ChangeRecord(before, msgspec.structs.replace(after, mask=mask, nucleus=nucleus))


def _change_of(change: ChangeRecord) -> Change:
    before = cell_of(change.before) if change.before else None
    if change.after is None:
        return Change(before, None)
    return Change(before, cell_of(change.after))


def _box(record: CellRecord) -> tuple[int, int, int, int]:
    return record.x, record.y, record.width, record.height


def _pack(bitmap: NDArray[np.bool_]) -> bytes:
    return zlib.compress(np.packbits(bitmap).tobytes(), _FAST)


def _unpack(blob: bytes, box: Region) -> Mask:
    pixels = box.area_px
    if pixels > _MAX_MASK_PX:
        raise ValueError("a mask is larger than any cell")
    n_bytes = (pixels + 7) // 8
    try:
        inflater = zlib.decompressobj()
        raw = inflater.decompress(blob, n_bytes + 1)
    except zlib.error as error:
        raise ValueError(f"a mask cannot be read: {error}") from error
    if len(raw) != n_bytes:
        raise ValueError("a mask does not fit its box")
    bits = np.unpackbits(np.frombuffer(raw, dtype=np.uint8), count=pixels)
    return Mask(bits.view(np.bool_).reshape(box.height, box.width), box.x, box.y)
