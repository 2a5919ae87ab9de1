"""Taking a pack from outside into a fresh folder: only its own files, of sane size, from a folder or a .zip."""

import shutil
import zipfile
from pathlib import Path, PurePosixPath
from typing import IO, BinaryIO

from allviewer.errors import PackError
from allviewer.exchange.model_card import CARD_FILE

MAX_FILES = 64
MAX_BYTES = 512 << 20
_CHUNK = 1 << 20


def copy_pack(path: Path, target: Path) -> None:
    """Copy the files beside the card into the new folder `target`.

    Raises:
        PackError: for what is no pack, reaches outside of itself, or is too large.
    """
    if path.is_dir():
        _copy_folder(path, target)
    elif path.is_file():
        _copy_zip(path, target)
    else:
        raise PackError(f"There is no pack at '{path}'.")


def _copy_folder(path: Path, target: Path) -> None:
    files = [f for f in sorted(path.iterdir()) if f.is_file() and not f.is_symlink()]
    _check_size(path.name, len(files), sum(f.stat().st_size for f in files))
    target.mkdir()
    for file in files:
        shutil.copyfile(file, target / file.name)


def _copy_zip(path: Path, target: Path) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            entries = [e for e in archive.infolist() if not e.is_dir()]
            _check_size(path.name, len(entries), sum(e.file_size for e in entries))
            for entry in entries:
                _check_name(path.name, entry.filename)
            cards = [PurePosixPath(e.filename) for e in entries if PurePosixPath(e.filename).name == CARD_FILE]
            if len(cards) != 1:
                raise PackError(f"'{path.name}' is not a model pack: it holds {len(cards)} files {CARD_FILE}.")
            target.mkdir()
            for entry in entries:
                name = PurePosixPath(entry.filename)
                if name.parent == cards[0].parent:
                    with archive.open(entry) as source, (target / name.name).open("xb") as sink:
                        _copy_limited(source, sink, entry.file_size, path.name)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, ValueError) as error:
        raise PackError(
            f"'{path.name}' cannot be unpacked: {error}.", "A pack is a folder, or one .zip of it."
        ) from error
    except FileExistsError as error:
        raise PackError(f"'{path.name}' holds the same file twice.") from error


def _check_size(name: str, files: int, size: int) -> None:
    if files > MAX_FILES or size > MAX_BYTES:
        raise PackError(f"'{name}' is not a model pack: it holds {files} files of {size >> 20} MB in all.")


def _check_name(pack: str, name: str) -> None:
    parts = PurePosixPath(name).parts
    if name.startswith("/") or ".." in parts or "\\" in name or ":" in name or "\0" in name:
        raise PackError(f"'{pack}' is refused: its entry '{name}' points outside the pack.")


def _copy_limited(source: IO[bytes], sink: BinaryIO, size: int, pack: str) -> None:
    """Copy, and stop where the entry holds more than it said."""
    copied = 0
    while chunk := source.read(_CHUNK):
        copied += len(chunk)
        if copied > size:
            raise PackError(f"'{pack}' is refused: an entry is larger than its header says.")
        sink.write(chunk)
