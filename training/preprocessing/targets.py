"""What a segmentation network learns to say of each pixel."""

import numpy as np
from numpy.typing import NDArray

from training.datasets.sample import CYTOPLASM, NUCLEUS, SOME_CELL, UNKNOWN, PartMap
from training.errors import TrainingError

IGNORED = 255
"""Not known for this target: left out of loss and score."""

TARGET_CLASSES = {
    "cell": ("background", "cell"),
    "nucleus": ("background", "nucleus"),
    "parts": ("background", "cytoplasm", "nucleus"),
}


def target_map(parts: PartMap, target: str) -> NDArray[np.uint8]:
    """uint8 (H, W) of class numbers of the target, IGNORED where the truth does not say.

    Raises:
        TrainingError: there is no such target.
    """
    if target not in TARGET_CLASSES:
        raise TrainingError(f"There is no target '{target}' of pixels.", f"There are: {', '.join(TARGET_CLASSES)}.")
    lookup = np.zeros(256, np.uint8)
    lookup[[CYTOPLASM, NUCLEUS, SOME_CELL, UNKNOWN]] = {
        "cell": (1, 1, 1, IGNORED),
        "nucleus": (0, 1, IGNORED, IGNORED),
        "parts": (1, 2, IGNORED, IGNORED),
    }[target]
    return lookup[parts]
