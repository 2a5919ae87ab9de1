"""The folder of pyramids: found again by file, bounded in bytes, least recently used out, never half of one."""

import contextlib
import hashlib
import os
import shutil
import time
import uuid
from dataclasses import dataclass
from pathlib import Path

from allviewer.errors import OutputError
from allviewer.imaging.pyramids.messages import MORE_ROOM
from allviewer.imaging.pyramids.tile_file import TILE_PX

_VERSION = 1
"""Part of every key: raised when pyramids are made differently."""
_SUFFIX, _PART = ".tif", ".part"
_ABANDONED_S = 600.0
"""A file under way that nobody has written to for so long is left over from a program that was killed."""
_SHARE_OF_FREE = 0.5
_KEPT_FREE_BYTES = 1 << 30


@dataclass(slots=True)
class PyramidStore:
    """Where pyramids lie.

    Attributes:
        folder: made when it is first written to.
        budget_bytes: what all of them may take, and never more than half of what would be free without them.
    """

    folder: Path
    budget_bytes: int

    def key(self, path: Path, first: int) -> str:
        """The name of an image's pyramid: of the file at this place, as large and as old as it is now.

        Raises:
            OSError: the file cannot be looked at.
        """
        status = path.stat()
        what = (str(path.resolve()), status.st_size, status.st_mtime_ns, first, TILE_PX, _VERSION)
        return hashlib.sha256(repr(what).encode("utf-8", "surrogatepass")).hexdigest()[:32]

    def find(self, key: str) -> Path | None:
        """A pyramid that is whole, now the most recently used one."""
        path = self._path(key)
        with contextlib.suppress(OSError):
            os.utime(path)
            return path
        return None

    def begin(self, key: str, likely_bytes: int) -> tuple[Path, int]:
        """A file to write a pyramid to, and how long it may become; older pyramids make room.

        Raises:
            OutputError: the folder cannot be written, or there is no room whatever is thrown away.
        """
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            self._shrink_to(max(0, self._most_bytes() - likely_bytes))
            room = self._most_bytes() - self._held_bytes()
        except OSError as error:
            raise OutputError(f"The cache {self.folder} cannot be written: {error.strerror or error}.") from error
        if room < likely_bytes:
            raise OutputError(
                f"The cache has no room: about {likely_bytes / 1e9:.1f} GB are needed and {max(0, room) / 1e9:.1f} GB "
                "may be used.",
                MORE_ROOM,
            )
        return self.folder / f"{key}.{uuid.uuid4().hex[:8]}{_PART}", room

    def keep(self, part: Path, key: str) -> Path:
        """The file is whole: give it its name. Raises `OSError`."""
        path = self._path(key)
        part.replace(path)
        return path

    def drop(self, path: Path) -> None:
        """Take away what is of no use; what another program has open stays for the next time."""
        with contextlib.suppress(OSError):
            path.unlink(missing_ok=True)

    def set_budget(self, budget_bytes: int) -> None:
        """From now on so much may be used; what is too much goes at once."""
        self.budget_bytes = budget_bytes
        with contextlib.suppress(OSError):
            if self.folder.is_dir():
                self._shrink_to(self._most_bytes())

    def _path(self, key: str) -> Path:
        return self.folder / f"{key}{_SUFFIX}"

    def _most_bytes(self) -> int:
        free = shutil.disk_usage(self.folder).free - _KEPT_FREE_BYTES
        return int(min(self.budget_bytes, (free + self._held_bytes()) * _SHARE_OF_FREE))

    def _files(self) -> list[tuple[float, int, Path]]:
        """Time of last use, size and path, longest unused first."""
        found = []
        for path in self.folder.iterdir():
            if path.suffix in (_SUFFIX, _PART):
                with contextlib.suppress(FileNotFoundError):  # another window of this program was faster
                    status = path.stat()
                    found.append((status.st_mtime, status.st_size, path))
        return sorted(found)

    def _held_bytes(self) -> int:
        return sum(size for _, size, _ in self._files())

    def _shrink_to(self, most_bytes: int) -> None:
        files = self._files()
        held = sum(size for _, size, _ in files)
        for used_s, size, path in files:
            is_part = path.suffix == _PART
            abandoned = is_part and time.time() - used_s > _ABANDONED_S
            if abandoned or (held > most_bytes and not is_part):
                self.drop(path)
                held -= size
