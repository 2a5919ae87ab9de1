"""What is known of a network before it is built."""

from dataclasses import dataclass
from typing import Literal

TaskName = Literal["classification", "segmentation"]


@dataclass(frozen=True)
class NetworkSpec:
    """A network by name, and what the paper says of it.

    Attributes:
        name: what `--model` takes.
        paper: number of the paper in the study ("000" to "004"), or the reference of a network that it compares with.
        section: where in it.
        default_size_px: side of its input where nothing else is said.
        published_parameters: as printed, or as follows from the printed layers (002, 003); None where neither is there.
            Of networks that the papers compare with, as published for the 1,000 classes of ImageNet.
        note: the reading that is built, and what in the paper disagrees with it.
        options: what `variant` may name, several joined by commas; without any, the first reading of the note.
        minimum_size_px: smaller pictures are refused.
        multiple_of_px: sides have to be a multiple of this.
        fixed_plr: parametric leaky ReLU belongs to it already.
    """

    name: str
    task: TaskName
    paper: str
    section: str
    default_size_px: int
    published_parameters: int | None
    note: str
    options: tuple[str, ...] = ()
    minimum_size_px: int = 32
    multiple_of_px: int = 1
    fixed_plr: bool = False
