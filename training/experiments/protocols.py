"""How pictures are divided into training and test, and what each way lets through."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import msgspec
import numpy as np
from numpy.typing import NDArray

from training.errors import ConfigError, TrainingError
from training.splits import Indices, joined_groups, stratified_folds

By = Literal["by_subject", "by_picture"]

ORDER_LEAK = (
    "Turned copies of the test pictures were in the training set (augmentation before the split): the figure is not "
    "one of unseen pictures."
)


class Protocol(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A way to divide.

    Attributes:
        by: "by_subject" keeps groups whole; "by_picture" does not, which the papers do.
        folds: the data are cut into so many parts.
        tested: only so many of them are tested, each after a training of its own: 1 is a hold-out of 1 / folds.
        copies_leak: the papers' order of things: pictures are turned first and divided then, so that turned copies
            of a test picture are learnt from (003, table 2). Only for experiments with `quarter_turn_copies`.
    """

    name: str
    by: By
    folds: int = 5
    tested: int | None = None
    copies_leak: bool = False

    @property
    def leaks(self) -> str:
        """What is let through besides subjects on both sides, in a sentence; empty if nothing."""
        return ORDER_LEAK if self.copies_leak else ""


PROTOCOLS = {
    protocol.name: protocol
    for protocol in (
        Protocol(name="honest", by="by_subject"),
        Protocol(name="by_subject", by="by_subject"),
        Protocol(name="by_picture", by="by_picture"),
        Protocol(name="ten_fold_by_picture", by="by_picture", folds=10),
        Protocol(name="four_fold_by_picture", by="by_picture", folds=4),
        Protocol(name="as_stated", by="by_picture", tested=1),
        Protocol(name="as_stated_leaky", by="by_picture", tested=1, copies_leak=True),
    )
}
"""By name. "as_stated" is 003's 80/20 division by picture, "as_stated_leaky" the one that its table 2 adds up to."""


def find_protocol(name: str) -> Protocol:
    """Raises `ConfigError`."""
    if name not in PROTOCOLS:
        raise ConfigError(f"There is no protocol named '{name}'.", f"There are: {', '.join(PROTOCOLS)}.")
    return PROTOCOLS[name]


@dataclass(frozen=True)
class Fold:
    """One training and its test, as indices of pictures.

    Attributes:
        number: from 0.
        leaked: of the test pictures, those whose turned copies are learnt from; empty unless the protocol leaks.
    """

    number: int
    train: Indices
    test: Indices
    leaked: Indices


def divide(
    protocol: Protocol, groups: Sequence[str], same: NDArray[np.int64], labels: Sequence[str], seed: int
) -> list[Fold]:
    """The folds that are to be tested.

    Args:
        same: (n,) pictures that are doubles of each other have the same number; they are never divided.
        labels: classes (or sources), spread as evenly over the folds as the groups allow.

    Raises:
        TrainingError: too few groups, a class that only one group has, or a fold that would be empty.
    """
    by_subject = protocol.by == "by_subject"
    units = joined_groups(groups if by_subject else [str(i) for i in range(len(groups))], same)
    if by_subject:
        _check_classes(units, labels)
    cut = stratified_folds(units, protocol.folds, seed, labels)
    nobody = np.zeros(0, np.intp)
    return [
        Fold(number, train, test, test if protocol.copies_leak else nobody)
        for number, (train, test) in enumerate(cut[: protocol.tested])
    ]


def _check_classes(units: Sequence[str], labels: Sequence[str]) -> None:
    for label in sorted(set(labels)):
        behind = {unit for unit, own in zip(units, labels, strict=True) if own == label}
        if len(behind) < 2:
            raise TrainingError(
                f"All pictures of class {label} come from one subject or group: it cannot be learnt from one and "
                "tested on another.",
                "Leave the class out, or add subjects.",
            )
