"""Which runs the tables of the papers need, in the order of what they tell."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import msgspec

from allviewer.classical.methods import METHODS, Method
from allviewer.exchange.parameters import Settings
from allviewer.progress import CancelToken
from training.evaluation.mask_scores import SegmentationScores
from training.evaluation.predictions import Predictions
from training.evaluation.run import Run
from training.experiments import engine
from training.experiments.experiment import Experiment
from training.experiments.machine import Machine
from training.experiments.protocols import PROTOCOLS, find_protocol
from training.experiments.scale import Scale
from training.reproduce.classical_masks import Load, classical_job
from training.reproduce.jobs import Job
from training.reproduce.shelf import Shelf
from training.reproduce.simple_answers import simple_job
from training.tasks import Tell

MACHINE = Machine(tensorboard=False)
BY_SUBJECT = "by_subject"
LEAKY = "as_stated_leaky"
SHORTCUTS = {"cnmc2019": ("size", "colour"), "taleqani_all": ("colour",)}
"""What a single look might give away, by data set."""

AS_PRINTED: dict[str, tuple[dict[str, object], ...]] = {"pgs": ({}, {"feature": "as_printed"})}
"""Other settings under which a classical method is scored besides its defaults."""


@dataclass(frozen=True)
class Planned:
    """An experiment with its jobs, or why it has none.

    Attributes:
        data: that it runs on, which may not be the paper's.
        by_picture: under the paper's protocol; by_subject: None where nobody knows groups; leaky: where copies leak.
    """

    experiment: Experiment
    data: str
    by_picture: Job | None = None
    by_subject: Job | None = None
    leaky: Job | None = None
    why_not: str = ""

    @property
    def jobs(self) -> tuple[Job, ...]:
        return tuple(job for job in (self.by_picture, self.by_subject, self.leaky) if job is not None)


def plan_experiments(experiments: Sequence[Experiment], shelf: Shelf, scale: Scale, seed: int) -> list[Planned]:
    """The jobs of experiments, in the order given."""
    return [_planned(msgspec.structs.replace(e, seed=seed), shelf, scale) for e in experiments]


def _planned(experiment: Experiment, shelf: Shelf, scale: Scale) -> Planned:
    data = shelf.first_of(experiment.data)
    if not data:
        return Planned(experiment, "", why_not=f"it needs {' or '.join(experiment.data)}, which is not here.")
    of = _job_maker(experiment, data, shelf, scale)
    leaky = of(LEAKY) if experiment.augmentation.quarter_turn_copies and not experiment.model.frozen else None
    return Planned(experiment, data, of(experiment.paper_protocol), of(BY_SUBJECT), leaky)


def _job_maker(experiment: Experiment, data: str, shelf: Shelf, scale: Scale) -> Callable[[str], Job]:
    classifies = experiment.task == "classification"
    kind: type[Run] = Predictions if classifies else SegmentationScores

    def of(protocol: str) -> Job:
        def make(folder: Path, cancel: CancelToken, tell: Tell) -> Run:
            samples = shelf.samples(data, classifies)
            return engine.run(experiment, samples, find_protocol(protocol), scale, folder, cancel, tell, MACHINE)

        settings = msgspec.json.encode((experiment, data, PROTOCOLS[protocol], scale))
        return Job(experiment.name, data, protocol, settings, kind, make)

    return of


def plan_shortcuts(shelf: Shelf) -> list[Job]:
    """What colour or size alone reach, by picture and by subject."""
    return [
        simple_job(kind, data, partial(shelf.samples, data, True), PROTOCOLS[protocol])
        for data, kinds in SHORTCUTS.items()
        if shelf.has(data)
        for kind in kinds
        for protocol in ("by_picture", BY_SUBJECT)
    ]


@dataclass(frozen=True)
class PlannedMasks:
    """A classical method with its settings, the pictures that it is scored on, and the job that does it."""

    method: Method
    settings: Settings
    load: Load
    job: Job


def plan_masks(shelf: Shelf) -> list[PlannedMasks]:
    """Every classical method on every source with drawn masks."""
    return [
        PlannedMasks(method, method.settings(given), load, classical_job(method, given, source, load))
        for source, load in shelf.masks().items()
        for method in METHODS
        for given in AS_PRINTED.get(method.name, ({},))
    ]
