"""What a training is like where nothing else is said: the papers' optimisers, and settings for any network."""

from typing import Any

import msgspec

from training.errors import ConfigError
from training.experiments.catalogue import find_experiment
from training.experiments.experiment import Experiment, Model, Optimiser
from training.networks import registry
from training.preprocessing.settings import Augmentation, Preparation

PLR = "+plr"

OPTIMISERS = {
    "adam": Optimiser(name="adam", learning_rate=1e-4),
    "rmsprop": Optimiser(name="rmsprop", learning_rate=1e-4),
    "adamw": Optimiser(name="adamw", learning_rate=1e-4, weight_decay=1e-4),
    "sgd": Optimiser(name="sgd", learning_rate=1e-2, weight_decay=1e-4),
}
"""Adam of 004 (section 4.2), RMSprop of 003 ("Proposed Model Architecture"), AdamW as 000 is read."""

GENTLE = Augmentation(quarter_turns=0.75, flips=0.5, brightness=0.1, contrast=0.1)
"""A smear has no up; light and stain differ a little."""


def for_network(name: str) -> Experiment:
    """Settings to train a network of the registry for use: early stopping on groups kept aside, mild augmentation.

    Raises:
        TrainingError: there is no such network.
    """
    spec = registry.spec(name)
    plain = name.removesuffix(PLR)
    classifies = spec.task == "classification"
    return Experiment(
        name=f"fit-{plain}",
        paper="",
        title=name,
        task=spec.task,
        target="class" if classifies else "parts",
        model=Model(name=plain, plr=plain != name),
        data=(),
        preparation=Preparation(size_px=spec.default_size_px),
        augmentation=GENTLE,
        optimiser=OPTIMISERS["adam"],
        loss="cross_entropy" if classifies else "dice_cross_entropy",
        epochs=50,
        batch=32 if classifies else 8,
        inner_share=0.15,
        patience=8,
        paper_protocol="by_subject",
    )


def settled(base: Experiment, file: dict[str, Any], flags: dict[str, Any]) -> Experiment:
    """`base`, over it a settings file, over it flags; both as nested tables of the fields of `Experiment`.

    Raises:
        ConfigError: an unknown setting, or a value that cannot be.
    """
    values = msgspec.to_builtins(base)
    for changes in (file, flags):
        values = _merged(values, changes)
    try:
        return msgspec.convert(values, type=Experiment)
    except msgspec.ValidationError as error:
        known = ", ".join(field.name for field in msgspec.structs.fields(Experiment))
        raise ConfigError(f"The settings do not fit: {error}.", f"Known settings: {known}.") from error


def _merged(values: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    merged = dict(values)
    for name, value in changes.items():
        nested = isinstance(value, dict) and isinstance(merged.get(name), dict)
        merged[name] = _merged(merged[name], value) if nested else value
    return merged


def base_of(model: str, experiment: str) -> Experiment:
    """The experiment of that name, with the network exchanged if one is named; or a training of the network."""
    if not experiment:
        return for_network(model)
    found = find_experiment(experiment)
    if not model:
        return found
    other = for_network(model)
    if other.task != found.task:
        raise ConfigError(f"{model} is for {other.task}, the experiment {experiment} for {found.task}.")
    return msgspec.structs.replace(found, model=other.model, smallest_px=0, published=())
