"""Write beside, then replace: a reader sees the old file or the new one, never half of one."""

import contextlib
import errno
import os
import shutil
import uuid
from collections.abc import Iterator
from pathlib import Path

from allviewer.errors import OutputError

_SENTENCES = {
    errno.ENOSPC: ("The disk is full: {path} could not be written.", "Free some space and try again."),
    errno.EDQUOT: ("The quota is used up: {path} could not be written.", "Free some space and try again."),
    errno.EFBIG: ("{path} grew larger than the disk allows.", "Choose another disk."),
    errno.EACCES: ("{path} may not be written.", "Choose another folder, or ask for the permission to write."),
    errno.EPERM: ("{path} may not be written.", "Choose another folder, or ask for the permission to write."),
    errno.EROFS: ("{path} lies on a disk that is read-only.", "Choose another folder."),
    errno.ENOENT: ("The folder of {path} does not exist.", "Choose another folder."),
    errno.ENOTDIR: ("{path} cannot be written: a file stands where a folder should be.", "Choose another folder."),
    errno.EISDIR: ("{path} is a folder, not a file.", "Choose another name."),
}


def output_error(error: OSError, path: Path) -> OutputError:
    """The sentence for a failed write."""
    sentence, hint = _SENTENCES.get(
        error.errno or 0, ("{path} could not be written: {reason}.", "Check the disk and the network drive.")
    )
    return OutputError(sentence.format(path=path, reason=error.strerror or error), hint)


@contextlib.contextmanager
def output_errors(path: Path) -> Iterator[None]:
    """Turn every OSError inside into an `OutputError` about `path`."""
    try:
        yield
    except OSError as error:
        raise output_error(error, path) from error


@contextlib.contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Give a name beside `path` to write to; at the end the file is synced and takes the place of `path`.

    After an exception `path` is as it was and nothing is left beside it. Raises `OutputError`.
    """
    part = beside(path)
    try:
        with output_errors(path):
            yield part
            sync_file(part)
            part.replace(path)
            sync_folder(path.parent)
    finally:
        with contextlib.suppress(OSError):  # the folder itself may be missing: that was said above
            part.unlink(missing_ok=True)


@contextlib.contextmanager
def replacing_folder(path: Path) -> Iterator[Path]:
    """Give a new empty folder beside `path`; at the end it takes that name.

    `path` must not exist, or be an empty folder. Raises `OutputError`.
    """
    refuse_full_folder(path)
    part = beside(path)
    try:
        with output_errors(path):
            part.mkdir(parents=True)
            yield part
            if path.exists():
                path.rmdir()
            part.rename(path)
            sync_folder(path.parent)
    finally:
        shutil.rmtree(part, ignore_errors=True)


def refuse_full_folder(path: Path) -> None:
    """Raise `OutputError` if `path` is a file or a folder with something in it."""
    with output_errors(path):
        if path.exists() and (not path.is_dir() or any(path.iterdir())):
            raise OutputError(f"{path} exists already and is not empty.", "Choose a new folder.")


def make_folder(path: Path) -> None:
    """Make a folder that can be written to, with its parents. Raises `OutputError`."""
    with output_errors(path):
        if path.exists() and not path.is_dir():
            raise OutputError(f"{path} is a file, not a folder.", "Choose another folder.")
        path.mkdir(parents=True, exist_ok=True)
        probe = beside(path / "probe")
        probe.touch()
        probe.unlink()


def write_bytes(path: Path, data: bytes) -> None:
    """Write a whole file at once. Raises `OutputError`."""
    with replacing(path) as part:
        part.write_bytes(data)


def write_text(path: Path, text: str) -> None:
    """Write a whole file at once as UTF-8 with line feeds. Raises `OutputError`."""
    write_bytes(path, text.encode("utf-8"))


def beside(path: Path) -> Path:
    """An unused hidden name in the folder of `path`, with the same suffix."""
    return path.with_name(f".{path.stem[:100]}.{uuid.uuid4().hex[:8]}.part{path.suffix}")


def sync_file(path: Path) -> None:
    """Wait until a file's content is on the disk."""
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """Wait until a folder's names are on the disk, where the system offers that."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.ENOTSUP):  # some network drives cannot sync a folder
            raise
    finally:
        os.close(handle)
