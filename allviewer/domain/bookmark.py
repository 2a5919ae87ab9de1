"""A place in an image that somebody wants to find again."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Bookmark:
    """A name, the level-0 point in the middle of the view, and the scale (screen pixels a level-0 pixel)."""

    name: str
    x: float
    y: float
    scale: float
