"""What every measured run has in common, and how it is kept: arrays as npz (no pickles), the rest as JSON beside it."""

from dataclasses import dataclass, fields
from pathlib import Path
from typing import Literal, Self
from zipfile import BadZipFile

import msgspec
import numpy as np
from numpy.typing import NDArray

from training.errors import TrainingError

Protocol = Literal["by_subject", "by_picture"]

LEAK_BY_PICTURE = "Pictures of one {} were on both sides of the split: the figure does not hold for a new one."


class Epoch(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One pass of a training; None where it was not measured. Accuracies are shares, 0 to 1."""

    loss: float
    accuracy: float | None = None
    validation_loss: float | None = None
    validation_accuracy: float | None = None


@dataclass(frozen=True, kw_only=True)
class Run:
    """n tested pictures of one experiment, none of them by a network that learnt from it (unless `leaks` says so).

    Attributes:
        names: of the pictures. With a repeated cross-validation a picture is there once a repeat.
        groups: subject (or run of neighbours) of each picture, unique over sources.
        folds: int64 (n,), the fold in which the picture was tested.
        protocol: "by_subject" if no group is on both sides of a split, else "by_picture".
        leaks: what the split lets through besides that, in a sentence; empty if nothing.
        group_kind: what a group is: "subject", or "run of neighbouring pictures" where nobody knows the subjects.
        seconds_training: all folds together. seconds_per_picture: of the answer. Both 0 where not measured.
        parameters: of the network, 0 if it has none. bytes: size of its weights.
        history: the epochs of each fold.
    """

    names: tuple[str, ...]
    groups: tuple[str, ...]
    folds: NDArray[np.int64]
    protocol: Protocol
    leaks: str = ""
    group_kind: str = "subject"
    seconds_training: float = 0.0
    seconds_per_picture: float = 0.0
    parameters: int = 0
    bytes: int = 0
    history: tuple[tuple[Epoch, ...], ...] = ()

    def __post_init__(self) -> None:
        if not self.names:
            raise TrainingError("No picture was tested: there is nothing to measure.")
        for field in ("groups", "folds", *self.arrays()):
            if len(getattr(self, field)) != len(self.names):
                raise TrainingError(f"{len(self.names)} pictures were tested, but '{field}' has another length.")
        if self.protocol == "by_subject":
            self._check_groups()

    def _check_groups(self) -> None:
        """A group that is tested in two folds was learnt from in both; with repeats that cannot be told from here."""
        if len(set(self.names)) < len(self.names):
            return
        homes: dict[str, int] = {}
        for group, fold in zip(self.groups, self.folds.tolist(), strict=True):
            if homes.setdefault(group, fold) != fold:
                raise TrainingError(f"The run is called by subject, but {group} was tested in two folds.")

    @classmethod
    def arrays(cls) -> tuple[str, ...]:
        """Names of the arrays of n rows that a kind of run adds."""
        return ()

    def measure(self, rows: NDArray[np.intp]) -> dict[str, float]:
        """Every figure of some of the pictures by its name; nan where they do not allow it."""
        raise NotImplementedError

    @property
    def leak(self) -> str:
        """What every figure of this run has to be marked with, in a sentence; empty if nothing leaks."""
        by_picture = LEAK_BY_PICTURE.format(self.group_kind) if self.protocol == "by_picture" else ""
        return self.leaks or by_picture

    def save(self, stem: Path) -> None:
        """Write `stem`.npz and then `stem`.json, so that a run with its JSON is whole."""
        stem.parent.mkdir(parents=True, exist_ok=True)
        stem.with_suffix(".json").unlink(missing_ok=True)
        kept = {field.name: getattr(self, field.name) for field in fields(self)}
        arrays = {name: kept.pop(name) for name in ("folds", *self.arrays())}
        arrays |= {name: np.array(kept.pop(name), dtype=np.str_) for name in ("names", "groups")}
        np.savez_compressed(stem.with_suffix(".npz"), **arrays)
        written = stem.with_suffix(".json.part")
        written.write_bytes(msgspec.json.format(msgspec.json.encode(kept)) + b"\n")
        written.replace(stem.with_suffix(".json"))

    @classmethod
    def load(cls, stem: Path) -> Self:
        """What `save` wrote. Raises `TrainingError` if it is missing, damaged or of another kind."""
        try:
            kept = msgspec.json.decode(stem.with_suffix(".json").read_bytes(), type=dict[str, object])
            with np.load(stem.with_suffix(".npz"), allow_pickle=False) as stored:
                kept |= {name: stored[name] for name in ("folds", *cls.arrays())}
                kept |= {name: tuple(stored[name].tolist()) for name in ("names", "groups")}
            return msgspec.convert(kept, type=cls, dec_hook=lambda _, array: array)
        except (OSError, KeyError, ValueError, BadZipFile, msgspec.MsgspecError) as error:
            raise TrainingError(f"{stem} holds no predictions that can be read: {error}.", "Remove it.") from error
