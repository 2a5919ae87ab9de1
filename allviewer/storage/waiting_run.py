"""A model run that waits for a decision, kept with its image until it is taken or left."""

import base64
import zlib

import msgspec
from sqlalchemy import Connection, delete

from allviewer.domain.cell import Cell
from allviewer.domain.model_run import ModelRun, Proposal
from allviewer.storage.case_meta import read_meta, write_meta
from allviewer.storage.case_schema import meta
from allviewer.storage.cell_codec import CellRecord, cell_of, record_of

_MOST_BYTES = 1 << 30
_FAST = 1


class _Kept(msgspec.Struct, frozen=True, array_like=True):
    """`proposals`: id of the cell that would be changed or dropped (0: none), and the cell that was found."""

    title: str
    kept: int
    agreeing: int
    proposals: tuple[tuple[int, CellRecord | None], ...]


_decoder = msgspec.msgpack.Decoder(_Kept)


def write_waiting_run(connection: Connection, image_id: int, run: ModelRun | None) -> None:
    """Keep a run, in the caller's transaction; None: nothing waits any more."""
    if run is None:
        connection.execute(delete(meta).where(meta.c.key == _key(image_id)))
        return
    proposals = tuple(
        (p.before.id if p.before is not None else 0, record_of(p.after) if p.after is not None else None)
        for p in run.proposals
    )
    packed = zlib.compress(msgspec.msgpack.encode(_Kept(run.title, run.kept, run.agreeing, proposals)), _FAST)
    write_meta(connection, _key(image_id), base64.b64encode(packed).decode())


def read_waiting_run(connection: Connection, image_id: int, present: dict[int, Cell]) -> ModelRun | None:
    """The run that waits, without what no longer applies to the cells present. Raises ValueError if it is damaged."""
    text = read_meta(connection, _key(image_id))
    if text is None:
        return None
    try:
        inflater = zlib.decompressobj()
        kept = _decoder.decode(inflater.decompress(base64.b64decode(text), _MOST_BYTES))
    except (ValueError, zlib.error, msgspec.DecodeError) as error:
        raise ValueError(f"the waiting run of image {image_id} cannot be read") from error
    proposals = []
    for cell_id, record in kept.proposals:
        before = present.get(cell_id)
        if (cell_id and (before is None or before.is_touched)) or (before is None and record is None):
            continue
        proposals.append(Proposal(before, cell_of(record) if record is not None else None))
    return ModelRun(kept.title, tuple(proposals), kept.kept, kept.agreeing) if proposals else None


def _key(image_id: int) -> str:
    return f"run {image_id}"
