"""Classes of the pack, scale of the crops, and how the two heads relate to them."""

from allviewer.exchange.model_card import ClassificationSpec

TYPES = ("lymphocyte", "neutrophil", "monocyte", "eosinophil", "basophil")
"""What the type head tells apart; "lymphocyte" stands for every lymphoid cell, blasts included."""

CLASSES = ("blast", *TYPES)
"""Order of the probabilities of the pack."""

LYMPHOID = TYPES.index("lymphocyte")
UNKNOWN = -1

CROP_PX = 96
CROP_UM_PER_PX = 0.2
"""A frame of 19 um holds all but the largest monocytes; 0.2 um is close to what slide scanners give at 40x."""


def crop_spec(temperature: float = 1.0) -> ClassificationSpec:
    """The crop that this package trains on."""
    return ClassificationSpec(mpp=CROP_UM_PER_PX, crop_px=CROP_PX, classes=CLASSES, temperature=temperature)
