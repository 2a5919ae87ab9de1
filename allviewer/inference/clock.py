"""Seconds spent in each stage of a run."""

import time
from collections.abc import Iterator
from contextlib import contextmanager


class Clock:
    """Adds up wall time by stage. A stage inside another one counts in both."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        start = time.perf_counter()
        try:
            yield
        finally:
            self.seconds[name] = self.seconds.get(name, 0.0) + time.perf_counter() - start
