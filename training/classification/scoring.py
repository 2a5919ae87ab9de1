"""Logits and probabilities of many crops."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from allviewer.progress import CancelToken
from training.classification.network import CellNet, Classifier, combine
from training.packs import run_onnx

CHUNK = 128


@dataclass(frozen=True)
class Logits:
    """Type logits (n, types) and blast logits (n,), mean over the eight views, before the temperatures."""

    types: NDArray[np.float32]
    blast: NDArray[np.float32]

    def probabilities(self, blast_temperature: float, type_temperature: float) -> NDArray[np.float32]:
        """(n, classes) in the order of `CLASSES`."""
        types, blasts = torch.from_numpy(self.types), torch.from_numpy(self.blast)
        return combine(types / type_temperature, blasts / blast_temperature).numpy()


def logits_of(net: CellNet, crops: NDArray[np.uint8], cancel: CancelToken) -> Logits:
    """What a network says of (n, side, side, 3) uint8 crops."""
    classifier = Classifier(net).eval()
    types, blasts = [], []
    with torch.inference_mode():
        for start in range(0, len(crops), CHUNK):
            cancel.check()
            by_type, by_blast = classifier.logits(torch.from_numpy(crops[start : start + CHUNK]))
            types.append(by_type.numpy())
            blasts.append(by_blast.numpy())
    return Logits(np.concatenate(types), np.concatenate(blasts))


def probabilities_of(network: Path, crops: NDArray[np.uint8], cancel: CancelToken) -> NDArray[np.float32]:
    """What an exported network says: (n, classes)."""
    rows = []
    for start in range(0, len(crops), CHUNK):
        cancel.check()
        rows.append(run_onnx(network, crops[start : start + CHUNK]))
    return np.concatenate(rows)
