"""Red cells, white cells and platelets as boxes: what a network counted, not what a person has looked at."""

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from allviewer.domain.geometry import Region

WHITE_CELL: Final = "white-cell"
RED_CELL: Final = "red-cell"
PLATELET: Final = "platelet"
Kind = Literal["white-cell", "red-cell", "platelet"]
KINDS: tuple[Kind, ...] = (WHITE_CELL, RED_CELL, PLATELET)
TITLES = {WHITE_CELL: "White cells", RED_CELL: "Red cells", PLATELET: "Platelets"}


@dataclass(frozen=True, slots=True, eq=False)
class Boxes:
    """Boxes of one image.

    Attributes:
        edges: (n, 4) float32: left, top, right, bottom in level-0 pixels.
        kinds: (n,) uint8, indices of `KINDS`.
        scores: (n,) float32, how sure the network is of each, 0 to 1.
    """

    edges: NDArray[np.float32]
    kinds: NDArray[np.uint8]
    scores: NDArray[np.float32]

    @classmethod
    def none(cls) -> "Boxes":
        return cls(np.zeros((0, 4), np.float32), np.zeros(0, np.uint8), np.zeros(0, np.float32))

    def __len__(self) -> int:
        return len(self.kinds)

    def of(self, kind: str) -> "Boxes":
        """Those of one kind."""
        return self.where(self.kinds == KINDS.index(kind))

    def where(self, chosen: NDArray[np.bool_] | NDArray[np.int_]) -> "Boxes":
        """The boxes that are chosen, by a mask or in an order."""
        return Boxes(self.edges[chosen], self.kinds[chosen], self.scores[chosen])

    def count(self, kind: str) -> int:
        return int(np.count_nonzero(self.kinds == KINDS.index(kind)))

    @property
    def centres(self) -> NDArray[np.float32]:
        """(n, 2): x, y."""
        return np.asarray((self.edges[:, :2] + self.edges[:, 2:]) / 2, np.float32)

    @property
    def sides(self) -> NDArray[np.float32]:
        """(n, 2): width, height."""
        result: NDArray[np.float32] = self.edges[:, 2:] - self.edges[:, :2]
        return result


@dataclass(frozen=True, slots=True, eq=False)
class BoxCount:
    """What a network counted in an image.

    Attributes:
        boxes: all whose middle lies in one of the fields.
        fields: level-0 rectangles that were counted, none over another: all of a photograph, samples of a slide.
        whole: whether they are all of what was asked for.
        origin: name and version of the network.
    """

    boxes: Boxes
    fields: tuple[Region, ...]
    whole: bool
    origin: str


def joined(parts: "list[Boxes]") -> Boxes:
    """All boxes of several parts, in their order."""
    if not parts:
        return Boxes.none()
    return Boxes(
        np.concatenate([part.edges for part in parts]),
        np.concatenate([part.kinds for part in parts]),
        np.concatenate([part.scores for part in parts]),
    )
