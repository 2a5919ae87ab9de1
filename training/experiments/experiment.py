"""One experiment of a paper: all that has to be known to run it again, and what the paper says came out."""

from typing import Annotated, Literal

import msgspec

from training.preprocessing.settings import Augmentation, Preparation, Share

PositiveInt = Annotated[int, msgspec.Meta(gt=0)]
Rate = Annotated[float, msgspec.Meta(gt=0)]
OptimiserName = Literal["adam", "adamw", "rmsprop", "sgd"]
LossName = Literal["cross_entropy", "dice", "dice_cross_entropy"]
TaskName = Literal["classification", "segmentation"]
Target = Literal["class", "cell", "nucleus", "parts"]


class Model(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A network of `training.networks.registry`.

    Attributes:
        plr: with parametric leaky ReLU in place of its activations (001); `NAME+plr` on the command line.
        frozen: only the new last layers learn.
        weights: "" from scratch, "imagenet" as the library provides them, or a file.
        variant: options of the network, separated by commas.
    """

    name: str
    plr: bool = False
    frozen: bool = False
    weights: str = ""
    variant: str = ""

    @property
    def title(self) -> str:
        return self.name + ("+plr" if self.plr else "") + (" frozen" if self.frozen else "")


class Optimiser(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How weights are changed. RMSprop has the constants of Keras, with which 003 was made."""

    name: OptimiserName = "adam"
    learning_rate: Rate = 1e-3
    weight_decay: Annotated[float, msgspec.Meta(ge=0)] = 0.0


class Published(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A figure as printed.

    Attributes:
        metric: as in `training.evaluation`, such as "accuracy"; value: a share, 0 to 1.
        where: table, figure or section of the paper.
        doubt: what in the paper speaks against the figure, in a sentence.
    """

    metric: str
    value: float
    where: str
    doubt: str = ""


def printed(where: str, doubt: str = "", **values: float) -> tuple[Published, ...]:
    """Several figures of one place; the doubt belongs to the first of them."""
    return tuple(
        Published(metric, value, where, "" if number else doubt)
        for number, (metric, value) in enumerate(values.items())
    )


class Experiment(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One row of a paper's tables.

    Attributes:
        name: unique, begins with the paper's number.
        target: what is learnt: the picture's class, the whole cell, the nucleus, or both parts.
        data: names of data sets on which it can be run, the paper's own first.
        smallest_px: smallest side at which the network's variant can be built, where that is more than it says itself.
        inner_share: of the training groups is kept aside to tell when to stop; nothing of the test fold is used.
        patience: epochs without a better inner loss after which training stops; None trains all epochs.
        paper_protocol: name of the protocol that the paper followed, in `training.experiments.protocols`.
        reading: what the paper leaves open, and how it is read here.
    """

    name: str
    paper: str
    title: str
    task: TaskName
    model: Model
    data: tuple[str, ...]
    target: Target = "class"
    preparation: Preparation = Preparation()
    augmentation: Augmentation = Augmentation()
    optimiser: Optimiser = Optimiser()
    loss: LossName = "cross_entropy"
    epochs: PositiveInt = 30
    batch: PositiveInt = 32
    smallest_px: int = 0
    inner_share: Share = 0.0
    patience: PositiveInt | None = None
    seed: int = 1
    paper_protocol: str = "by_picture"
    published: tuple[Published, ...] = ()
    reading: str = ""
