"""Jobs of a comparison: each makes one kept run, and one that is done is not done again."""

import hashlib
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from allviewer.errors import UserError
from allviewer.exchange.training_events import Progress
from allviewer.progress import CancelToken
from training.errors import TrainingError
from training.evaluation.run import Run
from training.tasks import Tell

RUNS_FOLDER = "runs"
_SETTINGS_FILE = "settings.sha256"
_KEPT = "measured"


@dataclass(frozen=True)
class Job:
    """One run of one method on one data set under one protocol.

    Attributes:
        name: of the experiment or method; data: of the data set; protocol: in `training.experiments.protocols`.
        settings: all that would make the result another; a run of other settings is not taken for this one.
        kind: of run.
        make: does the work in a folder of its own, where it may go on after a kill.
    """

    name: str
    data: str
    protocol: str
    settings: bytes
    kind: type[Run]
    make: Callable[[Path, CancelToken, Tell], Run]

    @property
    def title(self) -> str:
        return f"{self.name} on {self.data}, {self.protocol.replace('_', ' ')}"

    def folder(self, out: Path) -> Path:
        return out / RUNS_FOLDER / self.name / self.data / self.protocol


@dataclass(frozen=True)
class Outcome:
    """What became of a job: a run, or a sentence why there is none."""

    job: Job
    run: Run | None
    why_not: str = ""


@dataclass
class Budget:
    """Time after which no further job is begun; None for no end."""

    minutes: float | None = None
    _started: float = field(default_factory=time.monotonic)

    @property
    def is_spent(self) -> bool:
        return self.minutes is not None and time.monotonic() - self._started > 60 * self.minutes


def run_jobs(jobs: Sequence[Job], out: Path, budget: Budget, cancel: CancelToken, tell: Tell) -> list[Outcome]:
    """Do the jobs in their order; those that were done before, and those whose time is up, are not begun.

    A job that fails in words does not end the others: its sentence stands in the tables.

    Raises:
        Cancelled: stopped; what is done is kept, and the next call goes on.
    """
    outcomes = []
    for number, job in enumerate(jobs):
        cancel.check()
        told = _part(tell, job.title, number, len(jobs))
        outcomes.append(Outcome(job, known) if (known := _kept(job, out)) else _do(job, out, budget, cancel, told))
        told(Progress(1.0, outcomes[-1].why_not or "done"))
    return outcomes


def kept_runs(jobs: Iterable[Job], out: Path) -> list[Outcome]:
    """The jobs that are done; nothing is begun."""
    runs = [(job, _kept(job, out)) for job in jobs]
    return [Outcome(job, run, "" if run else "it was not done when the tables were written.") for job, run in runs]


def _do(job: Job, out: Path, budget: Budget, cancel: CancelToken, tell: Tell) -> Outcome:
    if budget.is_spent:
        return Outcome(job, None, "The time given was up before its turn.")
    folder = job.folder(out)
    _begin(job, folder)
    try:
        run = job.make(folder, cancel, tell)
    except UserError as error:
        return Outcome(job, None, error.sentence)
    run.save(folder / _KEPT)
    return Outcome(job, run)


def _begin(job: Job, folder: Path) -> None:
    """A folder with traces of other settings is not gone on from."""
    mark = folder / _SETTINGS_FILE
    if folder.is_dir() and not _is_of(job, folder) and any(path != mark for path in folder.iterdir()):
        raise TrainingError(
            f"{folder.name} of {job.name} in the results folder was begun with other settings.",
            "Name another --out, or remove that folder.",
        )
    folder.mkdir(parents=True, exist_ok=True)
    mark.write_text(_digest(job), encoding="utf-8")


def _kept(job: Job, out: Path) -> Run | None:
    folder = job.folder(out)
    if not (folder / f"{_KEPT}.json").is_file() or not _is_of(job, folder):
        return None
    return job.kind.load(folder / _KEPT)


def _is_of(job: Job, folder: Path) -> bool:
    mark = folder / _SETTINGS_FILE
    return mark.is_file() and mark.read_text(encoding="utf-8") == _digest(job)


def _digest(job: Job) -> str:
    return hashlib.sha256(job.settings).hexdigest()


def _part(tell: Tell, title: str, number: int, count: int) -> Tell:
    """Progress of one job as progress of all."""

    def told(event: Progress) -> None:
        fraction = (number + event.fraction) / count
        tell(Progress(fraction, f"{title}: {event.message}", event.step, event.steps, event.loss))

    return told
