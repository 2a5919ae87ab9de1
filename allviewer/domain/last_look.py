"""Where and how somebody looked at an image last, for the next time it is opened."""

from typing import NamedTuple


class LastLook(NamedTuple):
    """One look. In files it is an array of these values; those after the third may be missing.

    Attributes:
        x, y: level-0 point in the middle of the view.
        scale: screen pixels a level-0 pixel; 0 for the whole image.
        rotation_deg: clockwise.
        is_mirrored: left and right exchanged.
        visited: what of the image has been looked at, as `session.visited.Visited` writes it.
    """

    x: float
    y: float
    scale: float
    rotation_deg: float = 0.0
    is_mirrored: bool = False
    visited: str = ""

    @property
    def of_whole_image(self) -> "LastLook":
        """The same visits, seen as an image is seen that was opened by its own name: all of it, upright."""
        return LastLook(self.x, self.y, 0.0, visited=self.visited)
