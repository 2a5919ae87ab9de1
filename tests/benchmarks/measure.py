"""Timing, and the table of a time beside its floor."""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """What was measured: our time and that of the least that could do the same, both in milliseconds."""

    name: str
    ours_ms: float
    floor_ms: float
    floor: str


def median_ms(work: Callable[[], object], repeats: int = 5) -> float:
    """Median wall time of some runs after one that warms up, in milliseconds."""
    work()
    times = []
    for _ in range(repeats):
        started = time.perf_counter()
        work()
        times.append((time.perf_counter() - started) * 1000)
    return statistics.median(times)


def show(figures: list[Figure]) -> None:
    """Print one line a figure."""
    width = max(len(figure.name) for figure in figures)
    print(f"{'':{width}}  {'ours':>10}  {'floor':>10}  {'ratio':>6}")
    for figure in figures:
        ratio = figure.ours_ms / figure.floor_ms if figure.floor_ms else float("nan")
        print(
            f"{figure.name:{width}}  {figure.ours_ms:7.1f} ms  {figure.floor_ms:7.1f} ms  {ratio:6.2f}"
            f"  floor: {figure.floor}",
            flush=True,
        )
