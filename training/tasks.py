"""What a task (segmentation, classification, detection) offers to the command line: five functions of a request."""

import importlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol, cast

from allviewer.exchange.training_events import Progress
from allviewer.progress import CancelToken
from training.control import RunControl

TASKS = ("segmentation", "classification", "detection")

Tell = Callable[[Progress], None]
"""Where progress goes."""


@dataclass(frozen=True)
class Request:
    """What was asked for on the command line.

    Attributes:
        out: the folder to write to; made if missing.
        data: exported training sets, or folders that hold the public data sets.
        replay: data to mix in when a pack is continued, so that it forgets nothing; laid out as `data`.
        config: file with settings, or None for the defaults.
        overrides: settings given as flags; None where not given.
        pack: the pack to continue from, to measure, or to use.
        images: files to predict on.
        folds: of a cross-validation.
        figures: report of `crossval` or `evaluate` whose figures go into the card.
        watch: exported sets that are not learnt from; figures on them are told while the network learns.
        distil: folders of pictures without labels: what the pack says of them now, it shall go on saying.
        layers: "all", "decoder" or "head": which go on learning.
        control: folder whose control file is listened to.
        resume: go on where the last run in `out` stopped.
        command: the command line, for the record.
    """

    out: Path
    data: tuple[Path, ...] = ()
    replay: tuple[Path, ...] = ()
    config: Path | None = None
    overrides: Mapping[str, object] = field(default_factory=dict)
    pack: Path | None = None
    images: tuple[Path, ...] = ()
    folds: int = 5
    figures: Path | None = None
    watch: tuple[Path, ...] = ()
    distil: tuple[Path, ...] = ()
    layers: str = "all"
    control: RunControl | None = None
    resume: bool = False
    command: str = ""


class Answer(str):
    """What a command found that makes no file: said as it is."""

    __slots__ = ()


class Task(Protocol):
    """A module `training.TASK.task`. Each function returns the path of what it made."""

    def fit(self, request: Request, cancel: CancelToken, tell: Tell) -> Path: ...

    def evaluate(self, request: Request, cancel: CancelToken, tell: Tell) -> Path: ...

    def crossval(self, request: Request, cancel: CancelToken, tell: Tell) -> Path: ...

    def export(self, request: Request, cancel: CancelToken, tell: Tell) -> Path: ...

    def probe(self, request: Request, cancel: CancelToken, tell: Tell) -> Path: ...

    def predict(self, request: Request, cancel: CancelToken, tell: Tell) -> Path: ...


def load_task(name: str) -> Task:
    """The module of a task, imported only now: torch is slow to load."""
    return cast("Task", importlib.import_module(f"training.{name}.task"))
