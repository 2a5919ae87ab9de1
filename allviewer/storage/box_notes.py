"""What a network counted in an image, kept with the case: boxes in whole pixels, no part of the journal."""

from typing import Annotated

import msgspec
import numpy as np
from sqlalchemy import Connection

from allviewer.domain.boxes import KINDS, BoxCount, Boxes
from allviewer.domain.geometry import Region
from allviewer.storage.case_meta import read_meta, write_meta

_Edges = tuple[int, int, int, int]
_Kind = Annotated[int, msgspec.Meta(ge=0, lt=len(KINDS))]
_Share = Annotated[float, msgspec.Meta(ge=0, le=1)]


class _Kept(msgspec.Struct, frozen=True):
    """A count as text; `fields` are x, y, width, height."""

    origin: str
    whole: bool
    fields: tuple[tuple[int, int, Annotated[int, msgspec.Meta(ge=0)], Annotated[int, msgspec.Meta(ge=0)]], ...]
    edges: tuple[_Edges, ...]
    kinds: tuple[_Kind, ...]
    scores: tuple[_Share, ...]


_decoder = msgspec.json.Decoder(_Kept)


def read_count(connection: Connection, image_id: int) -> BoxCount | None:
    """The last count of an image. Raises ValueError for what no program wrote."""
    text = read_meta(connection, f"boxes {image_id}")
    if not text:
        return None
    try:
        kept = _decoder.decode(text)
    except msgspec.DecodeError as error:
        raise ValueError(f"the boxes of image {image_id} cannot be read") from error
    if not len(kept.edges) == len(kept.kinds) == len(kept.scores):
        raise ValueError(f"the boxes of image {image_id} do not fit together")
    boxes = Boxes(
        np.array(kept.edges, np.float32).reshape(-1, 4),
        np.array(kept.kinds, np.uint8),
        np.array(kept.scores, np.float32),
    )
    return BoxCount(boxes, tuple(Region(*field) for field in kept.fields), kept.whole, kept.origin)


def write_count(connection: Connection, image_id: int, count: BoxCount) -> None:
    boxes = count.boxes
    kept = _Kept(
        count.origin,
        count.whole,
        tuple((field.x, field.y, field.width, field.height) for field in count.fields),
        tuple((left, top, right, bottom) for left, top, right, bottom in np.rint(boxes.edges).astype(int).tolist()),
        tuple(boxes.kinds.tolist()),
        tuple(boxes.scores.astype(float).round(3).tolist()),
    )
    write_meta(connection, f"boxes {image_id}", msgspec.json.encode(kept).decode())
