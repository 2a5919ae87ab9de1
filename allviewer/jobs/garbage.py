"""Python's cyclic garbage collector, kept on the UI thread.

The collector runs on whichever thread happens to allocate. On a worker it would destroy Qt objects that belong to the
UI thread, which crashes; in the middle of a paint it would hold up the picture. So it runs here, between events.
"""

import gc
import time

from PySide6.QtCore import QObject, QTimer

_LOOK_MS = 500
_FULL_EVERY_S = 120.0
"""A full collection looks at every cell of every open image, and may take some tens of milliseconds."""


class GarbageOnUiThread(QObject):
    """From its making until `stop`, garbage is collected on the thread that made it and on no other."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        gc.disable()
        self._last_full_s = time.monotonic()
        self._timer = QTimer(self, interval=_LOOK_MS)
        self._timer.timeout.connect(self._collect)
        self._timer.start()

    def stop(self) -> None:
        """Back to Python's own ways."""
        self._timer.stop()
        gc.enable()

    def _collect(self) -> None:
        young, middle, old = (count > limit for count, limit in zip(gc.get_count(), gc.get_threshold(), strict=True))
        if old and time.monotonic() - self._last_full_s > _FULL_EVERY_S:
            self._last_full_s = time.monotonic()
            gc.collect(2)
        elif middle:
            gc.collect(1)
        elif young:
            gc.collect(0)
