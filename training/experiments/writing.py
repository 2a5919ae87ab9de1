"""Writes a record beside, then puts it in its place: a reader sees the old one or the new one."""

from pathlib import Path

import msgspec

from allviewer.errors import OutputError


def write_record(path: Path, record: msgspec.Struct) -> None:
    """As indented JSON. Raises `OutputError`."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_name(f"{path.name}.part")
        part.write_bytes(msgspec.json.format(msgspec.json.encode(record)) + b"\n")
        part.replace(path)
    except OSError as error:
        raise OutputError(f"{path.parent} cannot be written: {error}.", "Choose another folder for --out.") from error
