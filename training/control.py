"""A training that others watch over: paused, stopped and found again through small files in its folder.

The folder outlives the window that began the training, so that a window opened later can take the watch up again.
"""

import threading
from collections.abc import Callable
from pathlib import Path

from filelock import FileLock, Timeout

from allviewer.exchange.training_events import CONTROL_FILE, LOCK_FILE, PAUSE, STOP
from allviewer.progress import CancelToken
from training.errors import TrainingError

LOOK_S = 0.3


class RunControl:
    """Listens to the control file of a folder.

    Raises:
        TrainingError: another process trains in this folder already.
    """

    def __init__(self, folder: Path, cancel: CancelToken) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._file, self._cancel = folder / CONTROL_FILE, cancel
        self._lock = FileLock(folder / LOCK_FILE, timeout=0)
        try:
            self._lock.acquire()
        except Timeout as error:
            raise TrainingError(f"A training is under way in {folder} already.", "Wait for it, or stop it.") from error
        self._over = threading.Event()
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()

    def close(self) -> None:
        """The training is over, however it ended."""
        self._over.set()
        self._listener.join()
        self._lock.release()

    def wait_while_paused(self, on_pause: Callable[[], None]) -> None:
        """Return at once, or when the pause is over or the training is stopped; `on_pause` is called first."""
        if self._word() != PAUSE:
            return
        on_pause()
        while self._word() == PAUSE and not self._cancel.cancelled:
            self._over.wait(LOOK_S)
        if self._word() == STOP:
            self._cancel.cancel()

    def _listen(self) -> None:
        while not self._over.wait(LOOK_S):
            if self._word() == STOP:
                self._cancel.cancel()
                return

    def _word(self) -> str:
        try:
            return self._file.read_text(encoding="ascii").strip()
        except (OSError, UnicodeDecodeError):
            return ""
