"""Label, macro and thumbnail of a Zeiss CZI.

Laid out as Zeiss describes the format: the file's header points to a directory of attachments, each of which is a
JPEG or a CZI of its own.
"""

import io
import struct
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np

from allviewer.domain.slide import PixelSource, RgbArray
from allviewer.imaging.limits import check_decoded

_SEGMENT_HEAD = struct.Struct("<16sqq")
_DIRECTORY_POINTER_AT = 32 + 72
_DIRECTORY_HEAD_BYTES = 256
_ENTRY = struct.Struct("<2s10xqi16s8s80s")
_ATTACHMENT_DATA_AT = 32 + 256
_MOST_ENTRIES = 1000
_MOST_BYTES = 64 << 20
_NAMES = {"Label": "label", "SlidePreview": "macro", "Thumbnail": "thumbnail"}


@dataclass(frozen=True, slots=True)
class Attachment:
    """Where a picture lies in the file; `kind` is `JPG` or `CZI`."""

    name: str
    kind: str
    position: int


def find_attachments(path: Path) -> list[Attachment]:
    """The pictures among a CZI's attachments; none where its directory of them is not sound."""
    with path.open("rb") as file:
        directory = struct.unpack("<q", _read_at(file, _DIRECTORY_POINTER_AT, 8))[0]
        if directory <= 0:
            return []
        name, _, _ = _SEGMENT_HEAD.unpack(_read_at(file, directory, _SEGMENT_HEAD.size))
        if not name.startswith(b"ZISRAWATTDIR"):
            return []
        start = directory + _SEGMENT_HEAD.size
        count = struct.unpack("<i", _read_at(file, start, 4))[0]
        entries = _read_at(file, start + _DIRECTORY_HEAD_BYTES, _ENTRY.size * min(max(count, 0), _MOST_ENTRIES))
    found = []
    for at in range(0, len(entries) - _ENTRY.size + 1, _ENTRY.size):
        _, position, _, _, kind, entry_name = _ENTRY.unpack_from(entries, at)
        known = _NAMES.get(_text(entry_name))
        if known and _text(kind) in ("JPG", "CZI"):
            found.append(Attachment(known, _text(kind), position))
    return found


def read_attachment(path: Path, attachment: Attachment, open_czi: Callable[[Path], PixelSource]) -> RgbArray:
    """The picture, whole.

    Raises:
        ImageError: it is too large or damaged; other errors of the decoders pass.
    """
    with path.open("rb") as file:
        size = struct.unpack("<I", _read_at(file, attachment.position + _SEGMENT_HEAD.size, 4))[0]
        content = _read_at(file, attachment.position + _ATTACHMENT_DATA_AT, min(size, _MOST_BYTES))
    if attachment.kind == "JPG":
        from PIL import Image

        with Image.open(io.BytesIO(content), formats=["JPEG"]) as image:
            check_decoded(f"The {attachment.name} of {path.name}", *image.size)
            return np.array(image.convert("RGB"))
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder, f"{attachment.name}.czi")
        copy.write_bytes(content)
        source = open_czi(copy)
        info = source.info
        check_decoded(f"The {attachment.name} of {path.name}", info.width, info.height)
        pixels = source.read(0, 0, 0, info.width, info.height)
        source.close()
    return pixels


def _read_at(file: BinaryIO, position: int, count: int) -> bytes:
    """Missing bytes count as zeros: what points beyond the end of a damaged file names nothing."""
    file.seek(max(0, position))
    return file.read(count).ljust(min(count, _SEGMENT_HEAD.size), b"\0")


def _text(field: bytes) -> str:
    return field.partition(b"\0")[0].decode("ascii", "replace")
