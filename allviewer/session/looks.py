"""With what colours and tones the image and its cells are shown. For looking only: no pixel and no cell changes."""

import enum
from dataclasses import dataclass


class ColourBy(enum.StrEnum):
    """What the colour of a cell tells."""

    CLASS = "class"
    UNCERTAINTY = "uncertainty"
    ORIGIN = "origin"


@dataclass(frozen=True, slots=True)
class OverlayLook:
    """What is drawn over the image; `fill_opacity` 0 to 1; `boxes`: what a network counted, red cells too."""

    visible: bool = True
    cytoplasm: bool = True
    nucleus: bool = True
    outline: bool = True
    fill_opacity: float = 0.2
    colour_by: ColourBy = ColourBy.CLASS
    boxes: bool = False


@dataclass(frozen=True, slots=True)
class ImageLook:
    """How pixels are shown: brightness -1 to 1, contrast and gamma around 1."""

    brightness: float = 0.0
    contrast: float = 1.0
    gamma: float = 1.0

    @property
    def is_plain(self) -> bool:
        return self == ImageLook()
