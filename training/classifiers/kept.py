"""A classifier kept as what it learnt from: reading it fits it again, so that nothing is ever unpickled."""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from training.classifiers.fitting import Fitted, fit
from training.errors import TrainingError


@dataclass(frozen=True)
class Lesson:
    """What a classifier learns from.

    Attributes:
        name: of `catalogue.NAMES`.
        feature_names: of the columns. classes: names of the classes.
        features: float64 (n, features). truth: int64 (n,), indices in `classes`.
    """

    name: str
    seed: int
    feature_names: tuple[str, ...]
    classes: tuple[str, ...]
    features: NDArray[np.float64]
    truth: NDArray[np.int64]

    def learn(self) -> Fitted:
        """The fitted classifier; the same every time with the same versions of the libraries."""
        return fit(self.name, self.features, self.truth, len(self.classes), self.seed)


def save_lesson(path: Path, lesson: Lesson) -> None:
    """Write a .npz of plain arrays."""
    about = {"name": lesson.name, "seed": lesson.seed, "features": lesson.feature_names, "classes": lesson.classes}
    np.savez_compressed(
        path, allow_pickle=False, features=lesson.features, truth=lesson.truth, about=np.array(json.dumps(about))
    )


def load_lesson(path: Path) -> Lesson:
    """Read what `save_lesson` wrote. Raises `TrainingError` for anything else."""
    try:
        with np.load(path, allow_pickle=False) as arrays:
            about = json.loads(str(arrays["about"]))
            features, truth = arrays["features"], arrays["truth"]
        lesson = Lesson(
            str(about["name"]), int(about["seed"]), tuple(about["features"]), tuple(about["classes"]), features, truth
        )
    except (OSError, ValueError, KeyError, TypeError, EOFError) as error:
        raise TrainingError(f"{path.name} holds no classical classifier: {error}.") from error
    if features.shape != (len(truth), len(lesson.feature_names)) or truth.dtype != np.int64:
        raise TrainingError(f"{path.name} is damaged: its features do not fit its classes.")
    return lesson
