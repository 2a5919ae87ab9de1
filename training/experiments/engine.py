"""Runs an experiment: divides the pictures, trains a network for each fold, and asks it about what it never saw."""

import shutil
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import torch
from torch import nn

from allviewer.exchange.training_events import Progress
from allviewer.progress import CancelToken
from training.errors import TrainingError
from training.evaluation.mask_scores import SegmentationScores
from training.evaluation.predictions import Predictions
from training.experiments.answers import COMPARED, masks_against_truth, probabilities_of
from training.experiments.batches import Material, entries_of
from training.experiments.building import build_network, classes_of, strata_of
from training.experiments.experiment import Experiment
from training.experiments.machine import Machine
from training.experiments.protocols import Fold, Protocol, divide
from training.experiments.record import begin, finished
from training.experiments.samples import Samples
from training.experiments.scale import Scale, chosen, limited, scaled
from training.experiments.teach import Lesson, Taught, teach
from training.networks import registry
from training.networks.network import Network
from training.splits import inner_split, joined_groups
from training.tasks import Tell

RESULT = "predictions"
WEIGHTS = "weights.pt"
"""Of the network of the first fold: what it looks at can be asked later."""
HERE = Machine()

Result = Predictions | SegmentationScores


@dataclass(frozen=True)
class _Task:
    """One experiment on its pictures, ready to be cut into folds."""

    experiment: Experiment
    samples: Samples
    protocol: Protocol
    material: Material
    classes: tuple[str, ...]
    units: Sequence[str]
    machine: Machine


def run(
    experiment: Experiment,
    samples: Samples,
    protocol: Protocol,
    scale: Scale,
    out: Path,
    cancel: CancelToken,
    tell: Tell,
    machine: Machine = HERE,
) -> Result:
    """What networks say of pictures that they had not learnt from, fold by fold.

    Finished folds in `out` are kept, and a fold that was interrupted is gone on from its last whole epoch. When all
    is done, `out` holds predictions.json and .npz, run.json (what was run, at which scale), and a folder for each fold
    with its history.

    Returns:
        `Predictions` for a classification, `SegmentationScores` for a segmentation.

    Raises:
        Cancelled: stopped; the same call goes on.
        DatasetError, TrainingError: pictures, split or loss do not allow a figure; nothing is written then.
        OSError: the disk is full; the same call goes on.
    """
    machine.use_threads()
    spec = registry.spec(experiment.model.name)
    smallest_px = max(spec.minimum_size_px, experiment.smallest_px)
    experiment = scaled(experiment, scale, smallest_px, spec.multiple_of_px)
    protocol = limited(protocol, scale)
    samples = samples.take(chosen(samples.groups, samples.labels, scale.pictures))
    record = begin(out, experiment, samples, protocol, scale, machine.is_chief)
    if record.finished:
        return _kind(experiment).load(out / RESULT)
    task = _task(experiment, samples, protocol, machine, cancel, tell)
    folds = _folds(task)
    results = [_run_fold(task, fold, len(folds), out / f"fold_{fold.number}", cancel, tell) for fold in folds]
    result = _joined(results)
    if machine.is_chief:
        result.save(out / RESULT)
        finished(out, record, result.seconds_training)
    return result


def _kind(experiment: Experiment) -> type[Any]:
    return Predictions if experiment.task == "classification" else SegmentationScores


def _task(
    experiment: Experiment, samples: Samples, protocol: Protocol, machine: Machine, cancel: CancelToken, tell: Tell
) -> _Task:
    if protocol.copies_leak and not experiment.augmentation.quarter_turn_copies:
        raise TrainingError(f"{experiment.name} has no turned copies that could leak.", "Choose another protocol.")
    how = experiment.preparation
    pictures = samples.pictures(how, cancel, tell)
    if experiment.task == "classification":
        targets: Any = samples.class_indices()
    else:
        targets = samples.maps(how, experiment.target, cancel, tell)
    by_subject = protocol.by == "by_subject"
    units = joined_groups(samples.groups if by_subject else samples.names, samples.same)
    classes = classes_of(experiment, samples.classes)
    return _Task(experiment, samples, protocol, Material(pictures, targets), classes, units, machine)


def _folds(task: _Task) -> list[Fold]:
    samples, strata = task.samples, strata_of(task.experiment, task.samples.labels)
    return divide(task.protocol, samples.groups, samples.same, strata, task.experiment.seed)


def _run_fold(task: _Task, fold: Fold, folds: int, folder: Path, cancel: CancelToken, tell: Tell) -> Result:
    kind = _kind(task.experiment)
    if (folder / f"{RESULT}.json").is_file():
        return kind.load(folder / RESULT)
    cancel.check()
    experiment = task.experiment
    torch.manual_seed(experiment.seed)  # the weights that the network begins with
    network = build_network(experiment.model, experiment.preparation, len(task.classes))

    def tell_part(news: Progress) -> None:
        fraction = (fold.number + news.fraction) / folds
        tell(msgspec.structs.replace(news, fraction=fraction, message=f"Fold {fold.number + 1}: {news.message}"))

    taught = teach(network, _lesson(task, fold), experiment, folder, task.machine, cancel, tell_part)
    result = _asked(task, fold, network, taught, cancel)
    if task.machine.is_chief:
        if fold.number == 0:
            torch.save(network.state_dict(), folder / WEIGHTS)
        result.save(folder / RESULT)
        for spent in ("checkpoints", "best"):
            shutil.rmtree(folder / spent, ignore_errors=True)
    return result


def _lesson(task: _Task, fold: Fold) -> Lesson:
    experiment, train = task.experiment, fold.train
    units, labels = [task.units[i] for i in train], strata_of(task.experiment, [task.samples.labels[i] for i in train])
    inner = inner_split(units, experiment.inner_share, experiment.seed, labels)
    learn, watch = (train, None) if inner is None else (train[inner[0]], train[inner[1]])
    return Lesson(task.material, entries_of(learn, experiment.augmentation.quarter_turn_copies, fold.leaked), watch)


def _asked(task: _Task, fold: Fold, network: Network, taught: Taught, cancel: CancelToken) -> Result:
    samples, protocol, test = task.samples, task.protocol, fold.test
    common: dict[str, Any] = {
        "names": tuple(samples.names[i] for i in test),
        "groups": tuple(task.units[i] if protocol.by == "by_subject" else samples.groups[i] for i in test),
        "folds": np.full(len(test), fold.number, np.int64),
        "protocol": protocol.by,
        "leaks": protocol.leaks,
        "group_kind": str(samples.group_kind),
        "seconds_training": taught.seconds,
        "parameters": sum(p.numel() for p in network.parameters()),
        "bytes": _bytes(network),
        "history": (taught.epochs,),
    }
    if task.experiment.task == "classification":
        given, seconds = probabilities_of(network, task.material, test, cancel)
        truth = samples.class_indices()[test]
        return Predictions(
            **common, classes=task.classes, truth=truth, probabilities=given, seconds_per_picture=seconds
        )
    target = task.experiment.target
    pixels, boundaries, seconds = masks_against_truth(network, task.material, test, target, cancel)
    return SegmentationScores(
        **common, parts=COMPARED[target], pixels=pixels, boundary_px=boundaries, seconds_per_picture=seconds
    )


def _bytes(network: nn.Module) -> int:
    return sum(value.numel() * value.element_size() for value in network.state_dict().values())


def _joined(results: Sequence[Result]) -> Result:
    """The folds as one result: tested pictures behind each other, seconds of training added up."""
    first = results[0]
    names = ("folds", *first.arrays())
    arrays: dict[str, Any] = {name: np.concatenate([getattr(r, name) for r in results]) for name in names}
    tested = sum(len(r.names) for r in results)
    return replace(
        first,
        **arrays,
        names=tuple(name for r in results for name in r.names),
        groups=tuple(group for r in results for group in r.groups),
        history=tuple(epochs for r in results for epochs in r.history),
        seconds_training=sum(r.seconds_training for r in results),
        seconds_per_picture=sum(r.seconds_per_picture * len(r.names) for r in results) / tested,
    )
