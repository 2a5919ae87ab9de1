"""How much of an experiment is run: all of it, what two processor cores allow, or a quick look."""

from collections.abc import Sequence

import msgspec
import numpy as np

from training.errors import ConfigError
from training.experiments.experiment import Experiment
from training.experiments.protocols import Protocol
from training.splits import Indices


class Scale(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Upper bounds; None leaves what the experiment says.

    Attributes:
        name: as on the command line.
        pictures: most pictures of a data set, taken evenly from every group and class.
        size_px: largest side of a picture (a network's own smallest side goes before it).
        size_divisor: sides are so many times smaller, which keeps the sizes that a paper compares apart.
        epochs: most epochs.
        tested_by_picture: most folds that are tested of a split by picture; by subject every subject is tested.
    """

    name: str
    pictures: int | None = None
    size_px: int | None = None
    size_divisor: int = 1
    epochs: int | None = None
    tested_by_picture: int | None = None

    @property
    def note(self) -> str:
        """What is less than the experiment asks for, in words; empty for a full run."""
        told = (
            (self.pictures, "at most {} pictures"),
            (self.size_px, "at most {} px a side"),
            (self.size_divisor if self.size_divisor > 1 else None, "sides {} times smaller"),
            (self.epochs, "at most {} epochs"),
            (self.tested_by_picture, "folds tested of a split by picture: {}"),
        )
        limits = [words.format(limit) for limit, words in told if limit is not None]
        return f"Run at the scale '{self.name}': {', '.join(limits)}." if limits else ""


SCALES = {
    scale.name: scale
    for scale in (
        Scale(name="full"),
        Scale(name="two_cores", pictures=3000, size_divisor=4, epochs=8, tested_by_picture=1),
        Scale(name="two_cores_short", pictures=1000, size_divisor=4, epochs=6, tested_by_picture=1),
        Scale(name="quick", pictures=160, size_px=32, epochs=2, tested_by_picture=1),
    )
}


def find_scale(name: str) -> Scale:
    """Raises `ConfigError`."""
    if name not in SCALES:
        raise ConfigError(f"There is no scale named '{name}'.", f"There are: {', '.join(SCALES)}.")
    return SCALES[name]


def scaled(experiment: Experiment, scale: Scale, smallest_px: int, multiple_of_px: int) -> Experiment:
    """The experiment with the bounds of a scale, and a size that its network can take."""
    side = experiment.preparation.size_px // scale.size_divisor
    side = min(side, scale.size_px or side)
    side = -(-max(side, smallest_px) // multiple_of_px) * multiple_of_px
    return msgspec.structs.replace(
        experiment,
        preparation=msgspec.structs.replace(experiment.preparation, size_px=side),
        epochs=min(experiment.epochs, scale.epochs or experiment.epochs),
    )


def limited(protocol: Protocol, scale: Scale) -> Protocol:
    """The protocol with the bound of a scale."""
    if protocol.by == "by_subject" or scale.tested_by_picture is None:
        return protocol
    tested = min(protocol.tested or protocol.folds, scale.tested_by_picture)
    return msgspec.structs.replace(protocol, tested=tested)


def chosen(groups: Sequence[str], labels: Sequence[str], most: int | None) -> Indices:
    """At most about `most` pictures, the same share of each class of each group, evenly over its list; sorted.

    Every class of every group keeps one at least, so that no subject is lost.
    """
    everything = np.arange(len(groups))
    if most is None or len(groups) <= most:
        return everything
    share = most / len(groups)
    members: dict[tuple[str, str], list[int]] = {}
    for index, key in enumerate(zip(groups, labels, strict=True)):
        members.setdefault(key, []).append(index)
    kept: list[int] = []
    for own in members.values():
        count = max(1, round(share * len(own)))
        kept += [own[int(place)] for place in np.linspace(0, len(own) - 1, count)]
    return np.array(sorted(kept), np.intp)
