"""What files say of the image in them, whatever words their format has for it."""

from dataclasses import dataclass

from allviewer.imaging.intensity import Colour


@dataclass(frozen=True, slots=True)
class FileDescription:
    """Of the image in a file; empty where the file says nothing.

    Attributes:
        mpp: micrometres per pixel.
        plane_spacing_um: from one focal plane to the next.
        objective: nominal magnification.
        colours: of the channels, None for one without.
        channel_names: empty strings for those without.
        properties: for showing.
    """

    mpp: float | None = None
    plane_spacing_um: float | None = None
    objective: float | None = None
    colours: tuple[Colour | None, ...] = ()
    channel_names: tuple[str, ...] = ()
    properties: tuple[tuple[str, str], ...] = ()
