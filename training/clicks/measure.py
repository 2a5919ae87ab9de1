"""Measure the tools on every drawn cell of the data, and say so in a table."""

import statistics
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec
import numpy as np

from allviewer.exchange.training_events import Progress
from allviewer.progress import CancelToken
from training.clicks.methods import Part, Tool
from training.clicks.simulate import MOST_CLICKS, Trial, click_until_right
from training.datasets.sample import NUCLEUS, SOME_CELL, UNKNOWN, Sample
from training.statistics import bootstrap_over_groups
from training.tasks import Tell

PARTS: tuple[Part, ...] = ("cytoplasm", "nucleus")
_SMALLEST_PX = 50
"""Drawn parts of fewer pixels are specks at the edge."""
_COLUMNS = (
    "tool", "part", "data", "cells", "groups", "median clicks", "mean clicks (95 %)", "within 2", "not reached",
    "IoU after 1", "damaging", "ms, first click (CPU)", "ms, later clicks (CPU)",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class CellTrial:
    """One outline of one drawn cell."""

    tool: str
    part: str
    source: str
    group: str
    picture: str
    trial: Trial


def try_tools(samples: Sequence[Sample], tools: Mapping[str, Tool], cancel: CancelToken, tell: Tell) -> list[CellTrial]:
    """Every tool on every part of every drawn cell."""
    found: list[CellTrial] = []
    for number, sample in enumerate(samples):
        cancel.check()
        tell(Progress(number / len(samples), f"{sample.name}: {len(found)} outlines"))
        for part, truth in _drawn_parts(sample):
            for name, tool in tools.items():
                trial = click_until_right(truth, sample.parts != UNKNOWN, tool(sample, part))
                found.append(CellTrial(name, part, sample.source, sample.group, sample.name, trial))
    return found


def _drawn_parts(sample: Sample) -> Iterator[tuple[Part, np.ndarray]]:
    for number in sample.cell_numbers():
        cell = sample.cells == number
        if (sample.parts[cell] == SOME_CELL).any():
            continue
        for part, truth in (("cytoplasm", cell), ("nucleus", cell & (sample.parts == NUCLEUS))):
            if np.count_nonzero(truth) >= _SMALLEST_PX:
                yield part, truth  # type: ignore[misc]


def table_of(trials: Sequence[CellTrial]) -> str:
    """One line a tool, part and data set, in Markdown."""
    lines = ["| " + " | ".join(_COLUMNS) + " |", "|" + " --- |" * len(_COLUMNS)]
    keys = dict.fromkeys((trial.tool, trial.part, trial.source) for trial in trials)
    for key in sorted(keys):
        own = [trial for trial in trials if (trial.tool, trial.part, trial.source) == key]
        lines.append(f"| {' | '.join((*key, *_figures(own)))} |")
    return "\n".join(lines) + "\n"


def _figures(trials: list[CellTrial]) -> list[str]:
    of = [trial.trial for trial in trials]
    groups = [trial.group for trial in trials]
    mean, low, high = bootstrap_over_groups(of, groups, _mean(lambda t: min(t.clicks, MOST_CLICKS)))
    later = [seconds for trial in of for seconds in trial.seconds[1:]]
    later_cpu = [seconds for trial in of for seconds in trial.cpu_seconds[1:]]
    return [
        str(len(of)),
        str(len(set(groups))),
        f"{statistics.median(trial.clicks for trial in of):g}",
        f"{mean:.2f} ({low:.2f} to {high:.2f})",
        f"{_mean(lambda t: t.clicks <= 2)(of):.0%}",
        f"{_mean(lambda t: not t.is_reached)(of):.1%}",
        f"{_mean(lambda t: t.ious[0])(of):.3f}",
        f"{sum(t.damaging for t in of) / max(1, len(later)):.1%}",
        _milliseconds([t.seconds[0] for t in of], [t.cpu_seconds[0] for t in of]),
        _milliseconds(later, later_cpu),
    ]


def _milliseconds(wall: Sequence[float], cpu: Sequence[float]) -> str:
    """Median of both; nothing where no click was needed."""
    return f"{1000 * statistics.median(wall):.0f} ({1000 * statistics.median(cpu):.0f})" if wall else ""


def _mean(value: Callable[[Trial], float]) -> Callable[[list[Trial]], float]:
    return lambda trials: float(np.mean([value(trial) for trial in trials]))


def write_trials(out: Path, trials: Sequence[CellTrial], command: str) -> Path:
    """`clicks.md` with the table and `clicks.json` with every outline; returns the first."""
    out.mkdir(parents=True, exist_ok=True)
    (out / "clicks.json").write_bytes(msgspec.json.format(msgspec.json.encode(list(trials)), indent=1))
    path = out / "clicks.md"
    path.write_text(f"    {command}\n\n{table_of(trials)}", encoding="utf-8")
    return path
