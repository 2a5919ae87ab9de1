"""The identity of an image: sha256 of its bytes, so that a moved file is known again."""

import hashlib
import os
from pathlib import Path

from allviewer.errors import ImageError
from allviewer.progress import CancelToken

_CHUNK_BYTES = 1 << 20


def hash_file(path: Path, cancel: CancelToken | None = None) -> str:
    """The sha256 of a file as 64 hexadecimal digits; of a folder (OME-Zarr) that of all files in it, with their names.

    Raises:
        ImageError: the file cannot be read.
        Cancelled: `cancel` was set meanwhile.
    """
    digest = hashlib.sha256()
    try:
        for file in _files(path):
            if file != path:
                digest.update(file.relative_to(path).as_posix().encode("utf-8", "surrogateescape") + b"\0")
            with file.open("rb") as stream:
                while chunk := stream.read(_CHUNK_BYTES):
                    if cancel is not None:
                        cancel.check()
                    digest.update(chunk)
    except OSError as error:
        raise ImageError(f"{path.name} cannot be read: {error.strerror or error}.") from error
    return digest.hexdigest()


def size_bytes(path: Path) -> int:
    """Of a file, or of all files in a folder (OME-Zarr).

    Raises:
        ImageError: it is not there or cannot be looked into.
    """
    try:
        return sum(file.stat().st_size for file in _files(path))
    except OSError as error:
        raise ImageError(f"{path.name} cannot be read: {error.strerror or error}.") from error


def _files(path: Path) -> list[Path]:
    if not path.is_dir():
        return [path]
    return sorted(Path(folder, name) for folder, _, names in os.walk(path) for name in names)
