"""What has been drawn on the picture to do something with the cells that are there."""

import enum

from PySide6.QtCore import QObject, Signal


class Pick(enum.StrEnum):
    """What cells inside a box or a lasso are to the selection."""

    REPLACE = "replace"
    ADD = "add"
    SUBTRACT = "subtract"


class Drawn(QObject):
    """Signals of finished gestures; tools emit them, workflows listen. Points are of level-0 pixels.

    Signals:
        cut: path (list of points) of a line through cells.
        picked: corners (list of points) of a box or a lasso, `Pick`.
    """

    cut = Signal(object)
    picked = Signal(object, object)
