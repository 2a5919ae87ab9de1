"""Where and how somebody looked at an image last, for the next time it is opened."""

from typing import NamedTuple

from allviewer.domain.colour_view import ColourView


class Seen(NamedTuple):
    """With what tones and colours; in files an array of these values.

    Attributes:
        brightness, contrast, gamma: as `session.looks.ImageLook` has them.
        colours: the part of the colours, a `ColourView`.
        plane, channel: counted from 0; -1 for the file's own plane, and for all channels.
    """

    brightness: float = 0.0
    contrast: float = 1.0
    gamma: float = 1.0
    colours: str = ColourView.ALL
    plane: int = -1
    channel: int = -1


class LastLook(NamedTuple):
    """One look. In files it is an array of these values; those after the third may be missing.

    Attributes:
        x, y: level-0 point in the middle of the view.
        scale: screen pixels a level-0 pixel; 0 for the whole image.
        rotation_deg: clockwise.
        is_mirrored: left and right exchanged.
        visited: what of the image has been looked at, as `session.visited.Visited` writes it.
        seen: None in files of versions that did not keep it.
    """

    x: float
    y: float
    scale: float
    rotation_deg: float = 0.0
    is_mirrored: bool = False
    visited: str = ""
    seen: Seen | None = None

    @property
    def of_whole_image(self) -> "LastLook":
        """The same visits, seen as an image is seen that was opened by its own name: all of it, upright."""
        return LastLook(self.x, self.y, 0.0, visited=self.visited, seen=self.seen)
