"""Small facts about an image that have no column of their own: bookmarks, and how sure its scale is."""

from typing import TypeVar

import msgspec
from sqlalchemy import Connection

from allviewer.domain.bookmark import Bookmark
from allviewer.domain.scale import Scale
from allviewer.storage.case_meta import read_meta, write_meta

T = TypeVar("T")


class _Evidence(msgspec.Struct, frozen=True):
    """What an estimated scale rests on; it counts for the very scale it was written with only."""

    um_per_px: float
    cells: int = 0
    low: float | None = None
    high: float | None = None


_bookmarks = msgspec.json.Decoder(tuple[Bookmark, ...])
_evidence = msgspec.json.Decoder(_Evidence)


def read_bookmarks(connection: Connection, image_id: int) -> tuple[Bookmark, ...]:
    """In the order in which they were set. Raises ValueError for what no program wrote."""
    text = read_meta(connection, f"bookmarks {image_id}")
    return _decoded(_bookmarks, text, f"the bookmarks of image {image_id}") if text else ()


def write_bookmarks(connection: Connection, image_id: int, bookmarks: tuple[Bookmark, ...]) -> None:
    write_meta(connection, f"bookmarks {image_id}", msgspec.json.encode(bookmarks).decode())


def read_scale(connection: Connection, image_id: int, um_per_px: float | None, source: str) -> Scale:
    """The scale of an image with its evidence, if there is any. Raises ValueError for what no program wrote."""
    text = read_meta(connection, f"scale {image_id}")
    known = _decoded(_evidence, text, f"the scale of image {image_id}") if text else None
    if known is None or known.um_per_px != um_per_px:
        return Scale(um_per_px, source)
    interval = (known.low, known.high) if known.low is not None and known.high is not None else None
    return Scale(um_per_px, source, known.cells, interval)


def write_scale(connection: Connection, image_id: int, scale: Scale) -> None:
    if scale.um_per_px is None:
        return
    low, high = scale.interval or (None, None)
    evidence = _Evidence(scale.um_per_px, scale.cells, low, high)
    write_meta(connection, f"scale {image_id}", msgspec.json.encode(evidence).decode())


def _decoded(decoder: msgspec.json.Decoder[T], text: str, what: str) -> T:
    try:
        return decoder.decode(text)
    except msgspec.DecodeError as error:
        raise ValueError(f"{what} cannot be read") from error
