"""Heat maps of a trained network of a run: over pictures it was tested on, or over any others."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec
import numpy as np
import torch
from matplotlib.figure import Figure
from numpy.typing import NDArray

from allviewer.domain.slide import RgbArray
from allviewer.progress import CancelToken
from training.errors import TrainingError
from training.evaluation.heat_maps import heat_map, heat_panels
from training.evaluation.predictions import Predictions
from training.experiments.building import build_network
from training.experiments.engine import RESULT, WEIGHTS
from training.experiments.experiment import Experiment
from training.experiments.record import read_record
from training.networks.network import Network
from training.preprocessing.prepare import prepare_picture


@dataclass(frozen=True)
class Explained:
    """A picture as the network saw it (uint8 RGB), what it said, and what spoke for that (float32, 0 to 1)."""

    seen: NDArray[np.uint8]
    answer: str
    probability: float
    heat: NDArray[np.float32]


class Explainer:
    """The network of the first fold of a run.

    Raises:
        TrainingError: the folder holds no run of a classifier with its weights.
    """

    def __init__(self, run: Path) -> None:
        self.experiment: Experiment = read_record(run).experiment
        if self.experiment.task != "classification":
            raise TrainingError(f"{self.experiment.name} finds masks: a heat map is of a class.")
        self.tested = Predictions.load(run / "fold_0" / RESULT)
        self.classes = self.tested.classes
        self._network = trained_network(run, self.experiment, len(self.classes))

    def explain(self, image: RgbArray, class_name: str = "") -> Explained:
        """What the network says of a picture, and where it looks for a class (the one it says, if none is named).

        Raises:
            TrainingError: no such class.
        """
        if class_name and class_name not in self.classes:
            raise TrainingError(f"There is no class '{class_name}'.", f"There are: {', '.join(self.classes)}.")
        prepared = prepare_picture(image, self.experiment.preparation)
        batch = torch.from_numpy(np.ascontiguousarray(prepared.transpose(2, 0, 1))[None]).float().div(255)
        with torch.inference_mode():
            given = self._network(batch).softmax(dim=1)[0].numpy()
        index = self.classes.index(class_name) if class_name else int(given.argmax())
        seen = np.ascontiguousarray(np.broadcast_to(prepared, (*prepared.shape[:2], 3)))
        return Explained(seen, self.classes[index], float(given[index]), heat_map(self._network, batch, index))


def trained_network(run: Path, experiment: Experiment, classes: int) -> Network:
    """The network of the first fold of a run. Raises `TrainingError` if its weights are missing or damaged."""
    model = msgspec.structs.replace(experiment.model, weights="")
    network = build_network(model, experiment.preparation, classes)
    path = run / "fold_0" / WEIGHTS
    try:
        network.load_state_dict(torch.load(path, map_location="cpu", weights_only=True))
    except (OSError, RuntimeError, KeyError) as error:
        raise TrainingError(f"{path.name} of the run cannot be read: {error}.", "Train it again.") from error
    return network.eval()


def panels_of(
    images: Sequence[RgbArray], titles: Sequence[str], explainer: Explainer, class_name: str, cancel: CancelToken
) -> Figure:
    """The pictures as the network saw them, with heat. Shows photographs: for the user's own folder only."""
    explained = []
    for image in images:
        cancel.check()
        explained.append(explainer.explain(image, class_name))
    told = [f"{title}\n{e.answer} {e.probability:.2f}" for title, e in zip(titles, explained, strict=True)]
    return heat_panels([e.seen for e in explained], [e.heat for e in explained], told)
