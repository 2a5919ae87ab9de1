"""How long the UI thread is deaf: a watchdog on the event loop, and what the thread was doing meanwhile.

    probe = StallProbe()
    with probe.during("open"):
        ...                      # events are handled here
    print(probe.table())

`python -m tests.benchmarks.stalls [CELLS]` walks through everything that touches all cells of an image at once.
"""

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, Qt, QTimer

_BEAT_MS = 2
_NOTED_FROM_MS = 20.0
_WATCH_S = 0.004


@dataclass(frozen=True, slots=True)
class Stall:
    """Once that the event loop did not come round.

    Attributes:
        doing: name of the part of the session.
        wall_ms: how long nothing was handled.
        cpu_ms: how much of it the UI thread was computing; on a busy machine the rest is the others' time.
        where: innermost lines of the program while it hung, or "" if it was over too soon to be seen.
    """

    doing: str
    at_s: float
    wall_ms: float
    cpu_ms: float
    where: str


class StallProbe(QObject):
    """Beats on the thread that made it. Everything that keeps the beat from coming is a stall."""

    def __init__(self, noted_from_ms: float = _NOTED_FROM_MS, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.stalls: list[Stall] = []
        self.beats = 0
        self._noted_from_s = noted_from_ms / 1000
        self._doing = ""
        self._begun = self._beat = time.perf_counter()
        self._cpu = time.thread_time()
        self._seen: tuple[float, str] = (0.0, "")
        self._thread_id = threading.get_ident()
        self._is_over = threading.Event()
        self._timer = QTimer(self, interval=_BEAT_MS)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._take_beat)
        self._timer.start()
        self._watch = threading.Thread(target=self._look, name="stall watch", daemon=True)
        self._watch.start()

    @property
    def longest_ms(self) -> float:
        return max((stall.wall_ms for stall in self.stalls), default=0.0)

    @property
    def longest_cpu_ms(self) -> float:
        """The same in computing time of the UI thread: what is left of it on a machine with nothing else to do."""
        return max((stall.cpu_ms for stall in self.stalls), default=0.0)

    @contextmanager
    def during(self, doing: str) -> Iterator[None]:
        """Name what happens inside."""
        before, self._doing = self._doing, doing
        try:
            yield
        finally:
            self._take_beat()
            self._doing = before

    def stop(self) -> None:
        self._timer.stop()
        self._is_over.set()
        self._watch.join()

    def table(self) -> str:
        """The longest stall of each part of the session, worst first."""
        worst: dict[str, Stall] = {}
        for stall in sorted(self.stalls, key=lambda stall: stall.wall_ms):
            worst[stall.doing] = stall
        title = f"{'':40}  {'wall ms':>8}  {'cpu ms':>8}  where"
        rows = sorted(worst.values(), key=lambda stall: -stall.wall_ms)
        return "\n".join(
            [title, *(f"{row.doing:40}  {row.wall_ms:8.0f}  {row.cpu_ms:8.0f}  {row.where}" for row in rows)]
        )

    def _take_beat(self) -> None:
        now, cpu = time.perf_counter(), time.thread_time()
        self.beats += 1
        gone_s = now - self._beat
        if gone_s >= self._noted_from_s:
            seen_at, where = self._seen
            where = where if seen_at > self._beat else ""
            self.stalls.append(
                Stall(self._doing, self._beat - self._begun, 1000 * gone_s, 1000 * (cpu - self._cpu), where)
            )
        self._beat, self._cpu = now, cpu

    def _look(self) -> None:
        """On a thread of its own: while the beat does not come, note where the UI thread is."""
        while not self._is_over.wait(_WATCH_S):
            beat = self._beat
            if time.perf_counter() - beat < self._noted_from_s or self._seen[0] > beat:
                continue
            places = _innermost(self._thread_id)
            self._seen = (
                time.perf_counter(),
                " < ".join(f"{Path(file).name}:{line} {name}" for file, line, name in places),
            )


def _innermost(thread_id: int, number: int = 4) -> list[tuple[str, int, str]]:
    """File, line and function of the innermost calls of a thread.

    No frame is kept for longer than it takes to read this: what hangs on it would be destroyed on the wrong thread.
    """
    places = []
    frame = sys._current_frames().get(thread_id)
    while frame is not None and len(places) < number:
        places.append((frame.f_code.co_filename, frame.f_lineno, frame.f_code.co_name))
        frame = frame.f_back
    del frame
    return places


def main() -> int:
    """Print what stalls with so many cells."""
    from tests.benchmarks.crowded import walk

    print(walk(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000))
    return 0


if __name__ == "__main__":
    sys.exit(main())
