"""The identity of an image: sha256 of its bytes, so that a moved file is known again."""

import hashlib
import os
from pathlib import Path

from allviewer.errors import ImageError
from allviewer.progress import CancelToken

SAMPLED_ABOVE_BYTES = 256 << 20
_CHUNK_BYTES = 1 << 20
_SAMPLES, _SAMPLE_BYTES = 64, 64 << 10


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


def identity(path: Path, cancel: CancelToken | None = None) -> str:
    """What an image is known by, 64 hexadecimal digits: `hash_file`, but of a large file only its size and samples.

    A slide of gigabytes is to be seen within a second, not after all of it has been read. Samples are the beginning,
    the end, where TIFF keeps its tables, and `_SAMPLES` places between.

    Raises:
        ImageError: the file cannot be read.
        Cancelled: `cancel` was set meanwhile.
    """
    if path.is_dir() or size_bytes(path) <= SAMPLED_ABOVE_BYTES:
        return hash_file(path, cancel)
    size = size_bytes(path)
    digest = hashlib.sha256(f"sampled {size}".encode())
    try:
        with path.open("rb") as stream:
            for number in range(_SAMPLES + 1):
                stream.seek((size - _CHUNK_BYTES) * number // _SAMPLES)
                digest.update(stream.read(_CHUNK_BYTES if number in (0, _SAMPLES) else _SAMPLE_BYTES))
    except OSError as error:
        raise ImageError(f"{path.name} cannot be read: {error.strerror or error}.") from error
    return digest.hexdigest()


def is_known_as(path: Path, known: str) -> bool:
    """Whether a file is the one that was once known so; large files used to be hashed whole.

    Raises:
        ImageError: the file cannot be read.
    """
    return known == identity(path) or (size_bytes(path) > SAMPLED_ABOVE_BYTES and known == hash_file(path))


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
