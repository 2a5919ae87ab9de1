"""The identity of an image file: sha256 of its bytes, so that a moved file is known again."""

import hashlib
from pathlib import Path

from allviewer.errors import ImageError
from allviewer.progress import CancelToken

_CHUNK_BYTES = 1 << 20


def hash_file(path: Path, cancel: CancelToken | None = None) -> str:
    """The sha256 of a file as 64 hexadecimal digits.

    Raises:
        ImageError: the file cannot be read.
        Cancelled: `cancel` was set meanwhile.
    """
    digest = hashlib.sha256()
    try:
        with path.open("rb") as stream:
            while chunk := stream.read(_CHUNK_BYTES):
                if cancel is not None:
                    cancel.check()
                digest.update(chunk)
    except OSError as error:
        raise ImageError(f"{path.name} cannot be read: {error.strerror or error}.") from error
    return digest.hexdigest()
