"""What the process that builds a pyramid is asked, and what it answers."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from allviewer.domain.slide import RgbArray
from allviewer.imaging.pyramids.tile_file import TILE_PX, Place

MORE_ROOM = "Free some space on the disk, or allow the cache more in the settings."


_NARROWEST_HALVED_PX = 128
"""Below it, rounding to whole pixels would make the levels of a file differ in their proportions."""


@dataclass(frozen=True, slots=True)
class BuildRequest:
    """What the child process is asked for.

    Attributes:
        path: the image.
        kind: its format as Pillow names it, where libvips streams it; empty: this program's reader reads it.
        level: of that reader, from which the pyramid goes on.
        width, height: of that level, as stored.
        segment_px: width and height of the file's own tiles or strips.
        part: the file to write; None: only the coarse picture is wanted, there is no room for more.
        first: halvings that are not kept: 0 keeps a copy of the level itself, 2 begins with a quarter of its width.
        coarse: halvings of the picture that is sent while the rest is under way.
        most_bytes: what `part` may take.
        threads: for decoding and compressing.
        orientation: 1 to 8. The file is stored as the image is; but pixels are averaged in pairs from the edges that
            will be seen at the left and at the top, so that coarser levels do not move when they are turned upright.
    """

    path: Path
    kind: str
    level: int
    width: int
    height: int
    segment_px: tuple[int, int]
    part: Path | None
    first: int
    coarse: int
    most_bytes: int
    threads: int
    orientation: int = 1


@dataclass(frozen=True, slots=True)
class SparseLook:
    """The whole image at a glance, of any size; replaced by what comes later."""

    pixels: RgbArray


@dataclass(frozen=True, slots=True)
class CoarseRows:
    """Rows of the coarse picture, from `top` on."""

    top: int
    pixels: RgbArray


@dataclass(frozen=True, slots=True)
class TileRow:
    """A row of tiles that can be read; `level` counts from the first that is kept."""

    level: int
    row: int
    places: list[Place]


@dataclass(frozen=True, slots=True)
class Progress:
    """How much of the image has been read, 0 to 1."""

    fraction: float


@dataclass(frozen=True, slots=True)
class Finished:
    """The file is whole."""


@dataclass(frozen=True, slots=True)
class Failure:
    """Why nothing more will come; `is_space`: the image is sound, but the disk has no room."""

    sentence: str
    hint: str
    is_space: bool


Message = SparseLook | CoarseRows | TileRow | Progress | Finished | Failure
Send = Callable[[Message], None]


def level_sizes(width: int, height: int) -> list[tuple[int, int]]:
    """The level itself and its halvings, down to a single tile, or to where a very long image gets too narrow."""
    sizes = [(width, height)]
    while max(sizes[-1]) > TILE_PX and min(sizes[-1]) >= _NARROWEST_HALVED_PX:
        sizes.append(((sizes[-1][0] + 1) // 2, (sizes[-1][1] + 1) // 2))
    return sizes
