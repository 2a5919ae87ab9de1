"""What a classifier said of pictures it had not learnt from, with the truth: figures are computed from this alone."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from training.errors import TrainingError
from training.evaluation.metrics import classification_figures
from training.evaluation.run import Run


@dataclass(frozen=True, kw_only=True)
class Predictions(Run):
    """Truth and probabilities of n tested pictures.

    Attributes:
        classes: names of the classes.
        truth: int64 (n,), indices in `classes`.
        probabilities: float32 (n, classes), rows sum to 1.

    Raises:
        TrainingError: arrays that do not fit each other, a truth that is no class, probabilities that are no numbers.
    """

    classes: tuple[str, ...]
    truth: NDArray[np.int64]
    probabilities: NDArray[np.float32]

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.probabilities.shape != (len(self.names), len(self.classes)):
            raise TrainingError(f"{len(self.classes)} classes do not fit probabilities {self.probabilities.shape}.")
        if not np.isfinite(self.probabilities).all():
            raise TrainingError("The network gave probabilities that are no numbers.", "Lower the learning rate.")
        if np.abs(self.probabilities.sum(axis=1) - 1).max() > 1e-3:
            raise TrainingError("The network gave probabilities that do not sum to 1.")
        if self.truth.min() < 0 or self.truth.max() >= len(self.classes):
            raise TrainingError("A picture's true class is none of the classes of the run.")

    @classmethod
    def arrays(cls) -> tuple[str, ...]:
        return ("truth", "probabilities")

    def measure(self, rows: NDArray[np.intp]) -> dict[str, float]:
        return classification_figures(self.truth[rows], self.probabilities[rows], self.classes, self.folds[rows])

    @property
    def given(self) -> NDArray[np.int64]:
        """int64 (n,): the most probable class of each picture."""
        return np.argmax(self.probabilities, axis=1).astype(np.int64)
