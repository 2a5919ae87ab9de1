"""The pen of a tablet: how hard it is pressed, and which end."""

from dataclasses import dataclass

_LIGHTEST = 0.2
"""Share of the brush that the lightest touch has."""


@dataclass(slots=True)
class Pen:
    """A mouse presses with all its weight, and has no eraser.

    Attributes:
        pressure: 0 to 1.
        is_turned: whether the eraser end is on the tablet.
    """

    pressure: float = 1.0
    is_turned: bool = False

    def lift(self) -> None:
        """No pen is there."""
        self.pressure, self.is_turned = 1.0, False

    def width(self, full: float) -> float:
        """Of the brush at this pressure, to half a pixel, so that an even hand draws an even line."""
        return max(0.5, round(2 * full * (_LIGHTEST + (1 - _LIGHTEST) * self.pressure)) / 2)
