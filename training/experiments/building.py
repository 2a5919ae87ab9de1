"""From the name of a network to the network of an experiment, with what its preparation asks of it."""

from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from torch import nn

from training.experiments.experiment import Experiment, Model
from training.experiments.learner import PicturewiseNorm
from training.networks import registry
from training.networks.network import Network
from training.preprocessing.settings import Preparation
from training.preprocessing.targets import TARGET_CLASSES


def build_network(model: Model, preparation: Preparation, classes: int) -> Network:
    """Raises `TrainingError` for an unknown network, an impossible size, or weights that do not fit."""
    network = registry.build(
        model.name,
        classes=classes,
        channels=preparation.channels,
        size_px=preparation.size_px,
        plr=model.plr,
        frozen=model.frozen,
        weights=_weights(model.weights),
        variant=model.variant,
    )
    if preparation.normalisation == "per_picture":
        network.prepare = nn.Sequential(PicturewiseNorm(), network.prepare)
    return network


def classes_of(experiment: Experiment, data_classes: tuple[str, ...]) -> tuple[str, ...]:
    """What the network tells apart: the data's classes, or the parts of its target."""
    return data_classes if experiment.task == "classification" else TARGET_CLASSES[experiment.target]


def strata_of(experiment: Experiment, labels: Sequence[str]) -> Sequence[str]:
    """What is spread evenly over folds: the classes; masks may be of any class."""
    return labels if experiment.task == "classification" else ["all"] * len(labels)


def _weights(given: str) -> Path | Literal["imagenet"] | None:
    if given == "imagenet":
        return "imagenet"
    return Path(given) if given else None
