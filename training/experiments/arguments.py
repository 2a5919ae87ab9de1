"""The flags of `fit` and `crossval` for any network of the registry (`--model`) and the papers' settings."""

import argparse
from pathlib import Path
from typing import Any

from allviewer.progress import CancelToken
from training.tasks import Tell

# nothing here may import torch: the help has to come at once


def add_model_flags(sub: argparse.ArgumentParser) -> None:
    """Flags that choose a network other than the viewer's own two, and how it is trained."""
    own = sub.add_argument_group("any network of the papers (with --model or --experiment)")
    own.add_argument("--model", default="", metavar="NAME", help="a network by name; NAME+plr with parametric ReLU")
    own.add_argument("--experiment", default="", metavar="NAME", help="settings of a paper, such as 003-cnn-128-rgb-4x")
    own.add_argument("--optimizer", metavar="NAME", help="adam, rmsprop or adamw with the papers' rates, or sgd")
    own.add_argument("--learning-rate", type=float, metavar="RATE", help="another rate than the optimiser's usual one")
    own.add_argument("--size", type=int, metavar="PX", help="side of the pictures that the network sees")
    own.add_argument("--epochs", type=int, help="most epochs")
    own.add_argument("--patience", type=int, metavar="EPOCHS", help="stop after so many without a better loss aside")
    own.add_argument("--batch", type=int, metavar="N", help="pictures a step")
    own.add_argument("--target", help="what to segment: cell, nucleus or parts (default: parts)")
    own.add_argument("--weights", metavar="FILE", help="begin with these weights; 'imagenet' fetches the library's")
    own.add_argument("--frozen", action="store_true", default=None, help="only the last layers learn")
    own.add_argument("--variant", metavar="OPTIONS", help="options of the network, separated by commas")
    own.add_argument("--grey", action="store_true", default=None, help="grey pictures")
    own.add_argument("--stain", help="bring stains together first: macenko or reinhard")
    own.add_argument("--region", metavar="METHOD", help="keep what a classical method segments, such as pgs")
    own.add_argument("--int8", action="store_true", help="also a pack with 8-bit numbers, its loss in its card")
    own.add_argument("--device", default="auto", help="cpu, cuda or auto (default: auto)")
    own.add_argument("--devices", type=int, default=1, metavar="N", help="devices (or processes) of this machine")
    own.add_argument("--nodes", type=int, default=1, metavar="N", help="machines, each started by torchrun")
    own.add_argument("--precision", default="32-true", help="32-true, bf16-mixed or 16-mixed (default: 32-true)")
    own.add_argument("--threads", type=int, default=0, metavar="N", help="processor threads (default: torch's choice)")


def add_protocol_flags(sub: argparse.ArgumentParser) -> None:
    """How `crossval` divides, and how much it runs."""
    sub.add_argument("--protocol", default="by_subject", metavar="NAME", help="by_subject, by_picture, as_stated, ...")
    sub.add_argument("--scale", default="full", metavar="NAME", help="full, two_cores or quick (default: full)")


def is_of_registry(arguments: argparse.Namespace) -> bool:
    """Whether a network of the registry is meant, not one of the viewer's own two."""
    return bool(getattr(arguments, "model", "") or getattr(arguments, "experiment", ""))


def train_registry_network(arguments: argparse.Namespace, command: str, cancel: CancelToken, tell: Tell) -> Path:
    """`fit` or `crossval` of a network of the registry. Raises `ConfigError` for flags that cannot be."""
    from training.config import read_settings
    from training.errors import ConfigError
    from training.experiments.fit import crossval_model, fit_model
    from training.experiments.presets import base_of, settled

    if getattr(arguments, "pack", None):
        raise ConfigError("--from goes on with the viewer's own networks.", "With --model, give the pack as --weights.")
    file = read_settings(arguments.config) if arguments.config else {}
    experiment = settled(base_of(arguments.model, arguments.experiment), file, _given(arguments))
    machine = _machine(arguments)
    if arguments.command == "crossval":
        return crossval_model(experiment, arguments, machine, cancel, tell)
    return fit_model(experiment, arguments, machine, command, cancel, tell)


def _given(arguments: argparse.Namespace) -> dict[str, Any]:
    """The flags that were given, as the tables of an experiment."""
    tables: dict[str, Any] = {
        "": ("epochs", "patience", "batch", "target", "seed"),
        "preparation": ("grey", "stain", "region"),
        "model": ("weights", "frozen", "variant"),
    }
    flags: dict[str, Any] = {}
    for table, names in tables.items():
        values = {name: getattr(arguments, name) for name in names if getattr(arguments, name) is not None}
        flags |= values if not table else {table: values}
    if arguments.size is not None:
        flags["preparation"]["size_px"] = arguments.size
    flags["optimiser"] = _optimiser(arguments)
    return flags


def _optimiser(arguments: argparse.Namespace) -> dict[str, Any]:
    import msgspec

    from training.errors import ConfigError
    from training.experiments.presets import OPTIMISERS

    values: dict[str, Any] = {}
    if arguments.optimizer is not None:
        if arguments.optimizer not in OPTIMISERS:
            raise ConfigError(f"There is no optimiser '{arguments.optimizer}'.", f"There are: {', '.join(OPTIMISERS)}.")
        values = msgspec.to_builtins(OPTIMISERS[arguments.optimizer])
    if arguments.learning_rate is not None:
        values["learning_rate"] = arguments.learning_rate
    return values


def _machine(arguments: argparse.Namespace) -> Any:
    import sys

    import msgspec

    from training.errors import ConfigError
    from training.experiments.machine import Machine

    names = ("device", "devices", "nodes", "precision", "threads")
    values = {name: getattr(arguments, name) for name in names}
    watched = sys.stderr.isatty() and not arguments.json
    try:
        return msgspec.convert({**values, "progress_bar": watched}, type=Machine)
    except msgspec.ValidationError as error:
        raise ConfigError(f"The flags do not fit: {error}.") from error
