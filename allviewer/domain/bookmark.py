"""A place in an image that somebody wants to find again."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Bookmark:
    """A name, the level-0 point in the middle of the view, the scale (screen pixels a level-0 pixel), how far it was
    turned clockwise and whether left and right were exchanged.
    """

    name: str
    x: float
    y: float
    scale: float
    rotation_deg: float = 0.0
    is_mirrored: bool = False
