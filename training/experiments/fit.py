"""Trains a network of the registry on a data set for use, or measures it by folds: what the command line calls."""

import argparse
import shutil
from collections.abc import Iterable
from pathlib import Path

import msgspec
import numpy as np
import torch

from allviewer.errors import DatasetError
from allviewer.exchange.training_events import Progress
from allviewer.progress import CancelToken
from training.datasets.catalogue import find_all
from training.datasets.listing import DataSet
from training.errors import TrainingError
from training.experiments.batches import Material, entries_of
from training.experiments.building import build_network, classes_of, strata_of
from training.experiments.eight_bits import FOLDER, write_twin
from training.experiments.engine import run
from training.experiments.experiment import Experiment
from training.experiments.machine import Machine
from training.experiments.protocols import find_protocol
from training.experiments.samples import Samples, read_samples
from training.experiments.scale import find_scale
from training.experiments.teach import BEST, RESUME, Lesson, teach
from training.experiments.trained import begin_training, write_trained
from training.networks import registry
from training.splits import inner_split, joined_groups
from training.tasks import Tell


def crossval_model(
    experiment: Experiment, given: argparse.Namespace, machine: Machine, cancel: CancelToken, tell: Tell
) -> Path:
    """Train and test fold by fold; OUT/predictions.json and .npz hold what was said of each picture."""
    from training.evaluation.intervals import measure

    samples = _samples(experiment, given.data, cancel, tell)
    protocol = find_protocol(given.protocol)
    if given.folds is not None:
        protocol = msgspec.structs.replace(protocol, folds=given.folds)
    result = run(experiment, samples, protocol, find_scale(given.scale), given.out, cancel, tell, machine)
    figures = measure(result).figures(samples.source)
    path: Path = given.out / "crossval.json"
    if machine.is_chief:
        path.write_bytes(msgspec.json.format(msgspec.json.encode({"figures": figures, "leak": result.leak})) + b"\n")
    return path


def fit_model(
    experiment: Experiment,
    given: argparse.Namespace,
    machine: Machine,
    command: str,
    cancel: CancelToken,
    tell: Tell,
) -> Path:
    """Train on all of the data but what is kept aside to tell when to stop; the pack is OUT/pack.

    Raises:
        DatasetError, ConfigError, TrainingError: in words.
        Cancelled: stopped; `--resume` goes on from the last whole epoch.
    """
    machine.use_threads()
    spec = registry.spec(experiment.model.name)
    _check_size(experiment, spec.minimum_size_px, spec.multiple_of_px)
    samples = _samples(experiment, given.data, cancel, tell)
    if not given.resume and machine.is_chief:
        for old in (RESUME, BEST):
            shutil.rmtree(given.out / old, ignore_errors=True)
    begin_training(given.out, experiment, samples, command, given.resume, machine.is_chief)
    material, lesson = _lesson(experiment, samples, cancel, tell)
    torch.manual_seed(experiment.seed)
    classes = classes_of(experiment, samples.classes)
    network = build_network(experiment.model, experiment.preparation, len(classes))
    taught = teach(network, lesson, experiment, given.out, machine, cancel, tell)
    tell(Progress(1.0, "Writing the pack"))
    if not machine.is_chief:
        return Path(given.out)
    made = write_trained(given.out, network, experiment, samples, material, taught, given)
    if given.int8 and made != given.out:
        tell(Progress(1.0, "Writing the 8-bit pack"))
        write_twin(made, given.out / FOLDER, lesson, experiment, samples.source)
    return made


def _lesson(experiment: Experiment, samples: Samples, cancel: CancelToken, tell: Tell) -> tuple[Material, Lesson]:
    how = experiment.preparation
    pictures = samples.pictures(how, cancel, tell)
    classifies = experiment.task == "classification"
    targets = samples.class_indices() if classifies else samples.maps(how, experiment.target, cancel, tell)
    material = Material(pictures, targets)
    units = joined_groups(samples.groups, samples.same)
    inner = inner_split(units, experiment.inner_share, experiment.seed, strata_of(experiment, samples.labels))
    learn, watch = (np.arange(len(samples)), None) if inner is None else inner
    if watch is None and experiment.inner_share > 0:
        tell(Progress(0.0, "Too few groups to keep any aside: all epochs are trained and the last one is taken"))
    copies = experiment.augmentation.quarter_turn_copies
    return material, Lesson(material, entries_of(learn, copies, learn[:0]), watch)


def _check_size(experiment: Experiment, smallest_px: int, multiple_of_px: int) -> None:
    side = experiment.preparation.size_px
    if side < smallest_px or side % multiple_of_px:
        raise TrainingError(
            f"{experiment.model.name} cannot take {side} px.",
            f"It needs {smallest_px} px or more, in steps of {multiple_of_px}: give --size.",
        )


def _samples(experiment: Experiment, folders: Iterable[Path], cancel: CancelToken, tell: Tell) -> Samples:
    classifies = experiment.task == "classification"
    data = _one_data_set(experiment, folders)
    samples = read_samples(data, cancel, tell, need_labels=classifies)
    if classifies and len(set(samples.labels)) < 2:
        raise DatasetError(
            f"{data.name} holds one class only ({samples.labels[0]}): there is nothing to tell apart.",
            "Add pictures of another class.",
        )
    return samples


def _one_data_set(experiment: Experiment, folders: Iterable[Path]) -> DataSet:
    """The only data set in the folders that can teach this, or the first that the experiment names."""
    found = [data for folder in folders for data in find_all(folder)]
    classifies = experiment.task == "classification"
    useful = [data for data in found if (data.labelled() if classifies else data.read_parts)]
    named = [data for name in experiment.data for data in useful if data.name == name]
    if named:
        return named[0]
    if not useful:
        what = "pictures with a class" if classifies else "masks"
        raise DatasetError(f"None of the data holds {what}.", "`python -m training data FOLDER` says what is there.")
    if len(useful) > 1:
        names = ", ".join(data.name for data in useful)
        raise DatasetError(f"There are several data sets: {names}.", "Name the folder of one of them as --data.")
    return useful[0]
