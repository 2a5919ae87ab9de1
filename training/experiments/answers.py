"""What a trained network says of pictures: probabilities, or masks compared with the drawn ones."""

import time
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from allviewer.progress import CancelToken
from training.errors import TrainingError
from training.evaluation.mask_scores import compare_masks
from training.experiments.batches import Material, in_order
from training.experiments.learner import fitted
from training.preprocessing.targets import IGNORED
from training.splits import Indices

BATCH = 32

COMPARED = {"cell": ("cell",), "nucleus": ("nucleus",), "parts": ("nucleus", "cytoplasm", "cell")}
"""What of a target is compared: parts of a cell, and the whole of it."""


def probabilities_of(
    network: nn.Module, material: Material, indices: Indices, cancel: CancelToken
) -> tuple[NDArray[np.float32], float]:
    """((n, classes), seconds per picture). Raises `TrainingError` for answers that are no numbers."""
    given, seconds = _answers(network, material, indices, cancel, lambda logits, _: logits.softmax(dim=1).numpy())
    probabilities = np.concatenate(given)
    if not np.isfinite(probabilities).all():
        raise TrainingError("The network gives answers that are no numbers.", "Lower the learning rate.")
    return probabilities.astype(np.float32), seconds


def masks_against_truth(
    network: nn.Module, material: Material, indices: Indices, target: str, cancel: CancelToken
) -> tuple[NDArray[np.int64], NDArray[np.float32], float]:
    """((n, parts, 4) counts of pixels, (n, parts) boundary distances in px, seconds per picture)."""
    pixels, boundaries = [], []

    def compare(logits: torch.Tensor, targets: torch.Tensor) -> None:
        if not torch.isfinite(logits).all():
            raise TrainingError("The network gives answers that are no numbers.", "Lower the learning rate.")
        truth, found = fitted(targets, logits).numpy(), logits.argmax(dim=1).numpy()
        for drawn, given in zip(truth, found, strict=True):
            known = drawn != IGNORED
            counts, distances = compare_masks(_parts(drawn, known, target), _parts(given, known, target))
            pixels.append(counts)
            boundaries.append(distances)

    _, seconds = _answers(network, material, indices, cancel, compare)
    return np.stack(pixels), np.stack(boundaries), seconds


def _parts(numbers: NDArray[Any], known: NDArray[np.bool_], target: str) -> list[NDArray[np.bool_]]:
    if target == "parts":
        return [(numbers == 2) & known, (numbers == 1) & known, (numbers > 0) & known]
    return [(numbers == 1) & known]


def _answers(
    network: nn.Module, material: Material, indices: Indices, cancel: CancelToken, use: Any
) -> tuple[list[Any], float]:
    """What `use` makes of the logits and targets of each batch, and the seconds that the network took a picture."""
    network.eval()
    made, spent = [], 0.0
    with torch.inference_mode():
        for pictures, targets in in_order(material, indices, BATCH):
            cancel.check()
            started = time.perf_counter()
            logits = network(pictures).float()
            spent += time.perf_counter() - started
            made.append(use(logits, targets))
    return made, spent / max(len(indices), 1)
