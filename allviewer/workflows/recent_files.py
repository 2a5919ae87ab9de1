"""What was opened lately: cases and images, newest first, kept between sessions."""

import logging
from pathlib import Path

import msgspec
from PySide6.QtCore import QObject, Signal

log = logging.getLogger(__name__)

MOST = 10


class RecentFiles(QObject):
    """A short list in a small file. A file that cannot be read or written costs the list, nothing else."""

    changed = Signal()

    def __init__(self, file: Path) -> None:
        super().__init__()
        self._file = file
        self._paths = _read(file)

    @property
    def paths(self) -> list[Path]:
        return [Path(path) for path in self._paths]

    def add(self, path: Path) -> None:
        """Note what was opened: a case, a folder, or the first of some images."""
        name = str(path.absolute())
        self._paths = [name, *(path for path in self._paths if path != name)][:MOST]
        self._write()

    def clear(self) -> None:
        self._paths = []
        self._write()

    def _write(self) -> None:
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            self._file.write_bytes(msgspec.json.encode(self._paths))
        except OSError as error:
            log.warning("the list of recent files was not written: %s", error)
        self.changed.emit()


def _read(file: Path) -> list[str]:
    try:
        return msgspec.json.decode(file.read_bytes(), type=list[str])[:MOST]
    except FileNotFoundError:
        return []
    except (OSError, msgspec.DecodeError) as error:
        log.warning("the list of recent files was not read: %s", error)
        return []
