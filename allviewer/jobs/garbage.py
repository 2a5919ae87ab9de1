"""Python's cyclic garbage collector, kept on the UI thread and kept short.

The collector runs on whichever thread happens to allocate. On a worker it would destroy Qt objects that belong to the
UI thread, which crashes; in the middle of a paint it would hold up the picture. So it runs here, between events.

A collection looks at every object that it has not been told to leave alone: with 100 000 cells, a tenth of a second.
So what has lasted is set aside (`gc.freeze`), and what came in bulk, as the cells of a case do, at once. The collector
sees it again when the program has had nothing to do for a while.
"""

import gc
import time
from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer

_LOOK_MS = 500
_MOST_AT_ONCE = 15_000
"""Objects that a collection may look at while somebody works: a few milliseconds."""
_IDLE_LOOKS = 10
_IDLE_SHARE = 0.02
"""Nothing is going on if all threads together compute for less than this share of the time, so many looks long."""
_WORTH_WHILE = 2_000
"""For fewer objects that were set aside since the last time, nobody looks at all of them."""


class GarbageOnUiThread(QObject):
    """From its making until `stop`, garbage is collected on the thread that made it and on no other."""

    def __init__(self, parent: QObject | None = None, is_in_bulk: Callable[[], bool] = lambda: False) -> None:
        """`is_in_bulk`: whether objects are coming and going by the hundred thousand at this moment."""
        super().__init__(parent)
        self._is_in_bulk = is_in_bulk
        gc.disable()
        gc.freeze()  # modules, functions, classes: they last
        self._lasting = gc.get_freeze_count()
        self._seen_before = 0
        self._idle_looks = 0
        self._computed_s = time.process_time()
        self._timer = QTimer(self, interval=_LOOK_MS)
        self._timer.timeout.connect(self._collect)
        self._timer.start()

    def stop(self) -> None:
        """Back to Python's own ways."""
        self._timer.stop()
        gc.unfreeze()
        gc.enable()

    def _collect(self) -> None:
        young = gc.get_count()[0]
        if young > _MOST_AT_ONCE or self._is_in_bulk():  # then the count is not that of the objects there are
            self._set_aside()
        elif self._is_idle() and gc.get_freeze_count() - self._lasting > _WORTH_WHILE:
            gc.unfreeze()
            gc.collect()
            self._set_aside()
            self._lasting = gc.get_freeze_count()
        elif self._seen_before + young > _MOST_AT_ONCE:
            gc.collect()
            self._set_aside()
        elif young > gc.get_threshold()[0]:
            gc.collect(0)
            self._seen_before += young

    def _set_aside(self) -> None:
        gc.freeze()
        self._seen_before = 0

    def _is_idle(self) -> bool:
        """Whether nobody has done anything for a while, neither a hand nor a worker."""
        before, self._computed_s = self._computed_s, time.process_time()
        busy = self._computed_s - before > _IDLE_SHARE * _LOOK_MS / 1000
        self._idle_looks = 0 if busy else self._idle_looks + 1
        return self._idle_looks >= _IDLE_LOOKS
