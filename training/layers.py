"""Which layers of a network go on learning; the others stay as they are, so that less is forgotten."""

from collections.abc import Sequence

from torch import nn

from training.errors import TrainingError

ENCODER = ("stem", "down", "type_trunk.stem", "type_trunk.stages.0", "type_trunk.stages.1", "blast_trunk.stem")
"""By the names of the viewer's own networks: what sees edges and colours. "decoder" leaves it as it is."""


def freeze(network: nn.Module, layers: str) -> list[nn.Module]:
    """Fix all that is not named by `layers`; gives the fixed modules, whose normalisation must stay as it is, too.

    Raises:
        TrainingError: the network has no such parts.
    """
    if layers == "all":
        return []
    names = [name for name, module in network.named_modules() if name and not list(module.children())]
    fixed = [name for name in names if _is_fixed(name, layers)]
    if not fixed or len(fixed) == len(names):
        raise TrainingError(f"The layers of this network cannot be told apart as '{layers}'.", "Teach all layers.")
    modules = dict(network.named_modules())
    for name in fixed:
        modules[name].requires_grad_(False)
    return [modules[name] for name in fixed]


def hold_still(modules: Sequence[nn.Module]) -> None:
    """Fixed normalisation does not follow the new pictures."""
    for module in modules:
        module.eval()


def _is_fixed(name: str, layers: str) -> bool:
    if layers == "head":
        return "head" not in name
    return any(name == part or name.startswith(part + ".") for part in ENCODER)
