"""Parts of the colours of an image that can be looked at alone."""

import enum


class ColourView(enum.StrEnum):
    """Which part of the colours is seen."""

    ALL = "all"
    RED = "red"
    GREEN = "green"
    BLUE = "blue"
    GREY = "grey"
    AZURE = "azure"
    SMEAR_EOSIN = "smear eosin"
    SMEAR_REST = "smear rest"
    HAEMATOXYLIN = "haematoxylin"
    EOSIN = "eosin"
    REST = "rest"
