"""Who is reading: a file is closed only after the reads under way, since libraries in C would use freed memory."""

import threading
from types import TracebackType

from allviewer.errors import ImageError


class InUse:
    """A context around each read of a file; `end` waits for those under way and lets no further one begin.

    Args:
        name: of the file, for the error.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._idle = threading.Condition()
        self._reading = 0
        self._ended = False

    def __enter__(self) -> None:
        with self._idle:
            if self._ended:
                raise ImageError(f"{self._name} was closed while it was being read.")
            self._reading += 1

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._idle:
            self._reading -= 1
            self._idle.notify_all()

    def end(self) -> None:
        """Returns once nobody reads any more."""
        with self._idle:
            self._ended = True
            self._idle.wait_for(lambda: self._reading == 0)
