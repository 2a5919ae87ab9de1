"""The networks as a table for people: what was built, and what the papers say of its size."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import torch

from training.networks import registry
from training.networks.network import count_parameters
from training.networks.spec import NetworkSpec
from training.networks.table import SPECS
from training.networks.zoo import MEMBERS

_IMAGENET_CLASSES = 1000
AS_COUNTED: Mapping[str, Mapping[str, int | str]] = MappingProxyType(
    {
        "unet-plr": {"classes": 1, "channels": 1, "variant": "relu"},
        "unet-plr-table2": {"classes": 1, "channels": 1, "variant": "relu"},
        "custom-cnn": {"classes": 4},
        **{name: {"classes": _IMAGENET_CLASSES} for name in (*MEMBERS, "vit")},
    }
)
"""The settings for which a paper counts; the others are counted with two classes in colour."""


@dataclass(frozen=True)
class Row:
    """A network; `built` is its number of parameters with `settings`."""

    spec: NetworkSpec
    settings: str
    built: int

    @property
    def comment(self) -> str:
        """How the two numbers agree."""
        published = self.spec.published_parameters
        if published is None:
            return "no number is printed"
        return "equal" if published == self.built else f"{self.built - published:+,}"


def list_networks() -> list[Row]:
    """Every network of the registry, without the PLR twins. No weights are made for it."""
    rows = []
    for name, spec in SPECS.items():
        settings = {"classes": 2, "channels": 3, **AS_COUNTED.get(name, {})}
        with torch.device("meta"):
            network = registry.build(
                name,
                classes=int(settings["classes"]),
                channels=int(settings["channels"]),
                variant=str(settings.get("variant", "")),
            )
        colours = "grey" if settings["channels"] == 1 else "colour"
        words = [f"{spec.default_size_px} px {colours}", f"{settings['classes']} classes", *_variant(settings)]
        rows.append(Row(spec, ", ".join(words).replace("1 classes", "1 class"), count_parameters(network)))
    return rows


def as_markdown(rows: list[Row]) -> str:
    """The table. Each name is also there as NAME+plr, unless parametric leaky ReLU belongs to it already."""
    lines = [
        "| `--model` | task | paper | variants | counted with | built | published | difference | note |",
        "| --- | --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    for row in rows:
        spec = row.spec
        published = "" if spec.published_parameters is None else f"{spec.published_parameters:,}"
        cells = (
            f"`{spec.name}`", spec.task, f"{spec.paper}: {spec.section}", ", ".join(spec.options), row.settings,
            f"{row.built:,}", published, row.comment, spec.note,
        )  # fmt: skip
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def _variant(settings: Mapping[str, int | str]) -> list[str]:
    return ["without slopes"] if settings.get("variant") == "relu" else []
