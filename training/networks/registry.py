"""Every network by name: what `--model` takes, and how it is built."""

from dataclasses import replace
from pathlib import Path
from typing import Literal

from training.errors import TrainingError
from training.networks import plr as parametric
from training.networks import weights as weight_files
from training.networks.network import Network
from training.networks.recipe import Recipe
from training.networks.spec import NetworkSpec, TaskName
from training.networks.table import BUILDERS, SPECS, TRUNKS

PLR = "+plr"


def names(task: TaskName) -> tuple[str, ...]:
    """All names of a task: each network, and each with "+plr" unless parametric leaky ReLU belongs to it already."""
    plain = [spec for spec in SPECS.values() if spec.task == task]
    return tuple(name for spec in plain for name in ([spec.name] if spec.fixed_plr else [spec.name, spec.name + PLR]))


def spec(name: str) -> NetworkSpec:
    """What is known of a network. Raises `TrainingError` for a name that is none, with the nearest ones."""
    plain = name.removesuffix(PLR)
    if plain not in SPECS:
        raise _unknown(name)
    found = SPECS[plain]
    return found if plain == name or found.fixed_plr else replace(found, name=name)


def build(
    name: str,
    *,
    classes: int,
    channels: int = 3,
    size_px: int | None = None,
    plr: bool = False,
    frozen: bool = False,
    weights: Path | Literal["imagenet"] | None = None,
    variant: str = "",
) -> Network:
    """A network: float32 pictures (n, channels, size_px, size_px) of 0 to 1 -> logits.

    Logits are (n, classes) for a classifier, (n, classes, h, w) of the picture's own size for a segmentation network,
    which takes any sides that are multiples of its `multiple_of_px`.

    Args:
        channels: 3 (RGB) or 1 (grey).
        size_px: side of the input; None for the paper's.
        plr: parametric leaky ReLU for every activation; the same as a name that ends in "+plr".
        frozen: only the head trains (and the slopes of parametric leaky ReLU).
        weights: a file (see `weights.load_file`), or "imagenet" for the library's own download.
        variant: options of the spec, joined by commas.

    Raises:
        TrainingError: unknown name or option, impossible size, weights that do not fit or could not be fetched.
    """
    known = spec(name)
    plain = name.removesuffix(PLR)
    side = size_px or known.default_size_px
    _check(known, classes, channels, side)
    options = _options(known, variant)
    network = BUILDERS[plain](classes, channels, side, options)
    if (plr or plain != name) and not known.fixed_plr:
        parametric.use_plr(network, channels, side)
    full_name = plain + PLR if plr and not known.fixed_plr else name
    network.recipe = Recipe(full_name, classes, channels, side, ",".join(sorted(options)))
    trunk, library_name = TRUNKS.get(plain, (weight_files.TRUNK, ""))
    if isinstance(weights, Path):
        weight_files.load_file(network, weights, trunk)
    elif weights == "imagenet":
        if not library_name:
            raise TrainingError(f"There are no ImageNet weights for {name} to fetch.", "Give a file of weights.")
        weight_files.load_imagenet(network, library_name, trunk)
    if frozen:
        network.freeze()
    return network


def _options(known: NetworkSpec, variant: str) -> frozenset[str]:
    options = frozenset(part.strip() for part in variant.split(",") if part.strip())
    if strange := sorted(options - set(known.options)):
        choice = f"It has: {', '.join(known.options)}." if known.options else "It has none."
        raise TrainingError(f"{known.name} has no variant '{strange[0]}'.", choice)
    return options


def _check(known: NetworkSpec, classes: int, channels: int, size_px: int) -> None:
    if classes < 1 or (classes < 2 and known.task == "classification"):
        raise TrainingError(f"{known.name} cannot tell {classes} classes apart.")
    if channels not in (1, 3):
        raise TrainingError(f"{known.name} takes pictures of 3 colours or grey ones, not of {channels} channels.")
    if size_px < known.minimum_size_px:
        raise TrainingError(
            f"{known.name} needs pictures of at least {known.minimum_size_px} px, not {size_px}.",
            "Choose a larger size.",
        )
    if size_px % known.multiple_of_px:
        raise TrainingError(
            f"{known.name} needs sides that are a multiple of {known.multiple_of_px} px, not {size_px}.",
            f"Take {round(size_px / known.multiple_of_px) * known.multiple_of_px} px.",
        )


def _unknown(name: str) -> TrainingError:
    import difflib

    near = difflib.get_close_matches(name, [*names("classification"), *names("segmentation")], n=3, cutoff=0.4)
    hint = f"Did you mean {', '.join(near)}?" if near else f"Known are: {', '.join(SPECS)}."
    return TrainingError(f"There is no network '{name}'.", hint)
