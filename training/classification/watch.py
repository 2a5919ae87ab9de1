"""What people see while the classifier learns: how many watched cells it knows, and what it says of some of them."""

from pathlib import Path
from typing import cast

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from training.classification.cells import CellTable
from training.classification.classes import CLASSES, LYMPHOID, TYPES, UNKNOWN
from training.classification.network import CellNet, combine
from training.loop import Watched

MOST, SHOWN, SIDE_PX = 200, 4, 192
AUC, BALANCED = "AUC of blast", "Balanced accuracy"


class WatchedCells:
    """The same cells at every step; pictures go into `folder`."""

    def __init__(self, table: CellTable, folder: Path) -> None:
        truth = np.array([_class_of(t, b) for t, b in zip(table.type_index, table.blast, strict=True)])
        known = np.flatnonzero(truth >= 0)
        chosen = known[np.linspace(0, len(known) - 1, min(MOST, len(known))).astype(int)] if len(known) else known
        self._crops, self._truth, self._folder = table.take(chosen).crops(), truth[chosen], folder

    def __bool__(self) -> bool:
        return len(self._truth) > 0

    def __call__(self, network: nn.Module, step: int) -> Watched:
        """Run the network on every cell."""
        images = torch.from_numpy(self._crops).permute(0, 3, 1, 2).float() / 255
        types, blasts = cast("CellNet", network)(images)
        rows = combine(types, blasts).numpy()
        given = rows.argmax(axis=1)
        recalls = [float((given[self._truth == c] == c).mean()) for c in np.unique(self._truth)]
        figures = {BALANCED: round(float(np.mean(recalls)), 4)}
        blast = self._truth == CLASSES.index("blast")
        if blast.any() and not blast.all():
            from sklearn.metrics import roc_auc_score

            figures[AUC] = round(float(roc_auc_score(blast, rows[:, CLASSES.index("blast")])), 4)
        count = min(SHOWN, len(self._truth))
        indices = np.unique(np.linspace(0, len(self._truth) - 1, count).astype(int))
        return Watched(figures, tuple(self._picture(int(i), rows[i], step) for i in indices))

    def _picture(self, index: int, row: NDArray[np.float32], step: int) -> str:
        """The cell, what a person calls it, and what the network says now."""
        canvas = cv2.resize(self._crops[index], (SIDE_PX, SIDE_PX), interpolation=cv2.INTER_CUBIC)
        canvas = np.ascontiguousarray(np.pad(canvas, ((0, 44), (0, 0), (0, 0))))
        best = int(row.argmax())
        right = best == self._truth[index]
        lines = (f"is {CLASSES[self._truth[index]]}", f"says {CLASSES[best]} {row[best]:.2f}")
        for line, text in enumerate(lines):
            colour = (120, 220, 120) if right and line else (255, 255, 255) if not line else (255, 170, 60)
            place = (6, SIDE_PX + 17 + 20 * line)
            cv2.putText(canvas, text, place, cv2.FONT_HERSHEY_SIMPLEX, 0.5, colour, 1, cv2.LINE_AA)
        self._folder.mkdir(parents=True, exist_ok=True)
        path = self._folder / f"cell-{index}-step-{step:06d}.png"
        cv2.imwrite(str(path), cv2.cvtColor(canvas, cv2.COLOR_RGB2BGR))
        return str(path)


def _class_of(type_index: int, blast: int) -> int:
    """The index in `CLASSES`, or -1 where a cell's class is not known well enough."""
    if blast == 1:
        return CLASSES.index("blast")
    if blast == 0 or (type_index != UNKNOWN and type_index != LYMPHOID):
        return CLASSES.index(TYPES[LYMPHOID] if blast == 0 else TYPES[type_index])
    return -1
