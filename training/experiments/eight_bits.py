"""The 8-bit twin of a pack just trained: ranges from what it learnt, its loss from what was kept aside."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from training.experiments.experiment import Experiment
from training.experiments.teach import Lesson
from training.networks.quantise import Measure, accuracy_measure, dice_measure, quantise_pack

FOLDER = "pack-int8"
CALIBRATION, MEASURED = 64, 500
"""Pictures that ranges are learnt from, and that the loss is measured on, at most."""


def write_twin(pack: Path, folder: Path, lesson: Lesson, experiment: Experiment, source: str) -> Path:
    """Write the twin to `folder`. Raises `TrainingError` where it cannot be brought to 8 bits."""
    learnt = np.unique(lesson.learn.indices)
    kept = learnt if lesson.watch is None else lesson.watch
    protocol = "pictures that it has learnt from" if lesson.watch is None else "pictures kept aside by group"
    calibration = _in_colour(lesson.material.pictures[_some(learnt, CALIBRATION)])
    rows = _some(kept, MEASURED)
    pictures, targets = _in_colour(lesson.material.pictures[rows]), lesson.material.targets[rows]
    measure: Measure
    if experiment.task == "classification":
        measure = accuracy_measure(pictures, targets.tolist(), source, protocol)
    else:
        innermost = 2 if experiment.target == "parts" else 1
        measure = dice_measure(list(pictures), list(targets), innermost, source, protocol)
    quantise_pack(pack, folder, calibration, measure)
    return folder


def _some(rows: NDArray[np.intp], most: int) -> NDArray[np.intp]:
    """Evenly spread rows."""
    return rows[np.linspace(0, len(rows) - 1, min(most, len(rows))).astype(int)]


def _in_colour(pictures: NDArray[np.uint8]) -> NDArray[np.uint8]:
    return np.repeat(pictures, 3, axis=3) if pictures.shape[3] == 1 else pictures
