"""What people see while the network learns: Dice on watched cells, and some of them with their outlines."""

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from training.datasets.sample import BACKGROUND, NUCLEUS, UNKNOWN, Sample
from training.loop import Watched

WINDOWS, SHOWN, SIDE_PX = 24, 4, 128
CELL, NUCLEI = "Dice of whole cells", "Dice of nuclei"
_DRAWN, _FOUND = (255, 255, 255), (0, 158, 255)


class WatchedCells:
    """Windows around cells, the same ones at every step.

    Args:
        samples: at the working scale.
        folder: pictures go here.
    """

    def __init__(self, samples: Sequence[Sample], folder: Path) -> None:
        self._windows = _windows(samples)
        self._folder = folder

    def __bool__(self) -> bool:
        return bool(self._windows)

    def __call__(self, network: nn.Module, step: int) -> Watched:
        """Run the network on every window: figures over all of them, pictures of the first few."""
        sums = np.zeros((2, 2))
        pictures = []
        for number, (image, parts) in enumerate(self._windows):
            maps = network(torch.from_numpy(image[None]))[0].numpy()
            found, known = maps[:3].argmax(axis=0), parts != UNKNOWN
            for row, (a, b) in enumerate(((found > 0, parts > BACKGROUND), (found == NUCLEUS, parts == NUCLEUS))):
                sums[row] += (
                    2 * np.count_nonzero(a & b & known),
                    np.count_nonzero(a & known) + np.count_nonzero(b & known),
                )
            if number < SHOWN:
                pictures.append(self._picture(image, parts, found, number, step))
        dice = sums[:, 0] / np.maximum(1, sums[:, 1])
        return Watched({CELL: round(float(dice[0]), 4), NUCLEI: round(float(dice[1]), 4)}, tuple(pictures))

    def _picture(
        self, image: NDArray[np.uint8], parts: NDArray[np.uint8], found: NDArray[np.intp], number: int, step: int
    ) -> str:
        """White: as it was drawn. Blue: as it is found at this step."""
        canvas = np.ascontiguousarray(cv2.resize(image, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC))
        drawn = [(parts > BACKGROUND) & (parts != UNKNOWN), parts == NUCLEUS]
        for inside, colour in (*((d, _DRAWN) for d in drawn), (found > 0, _FOUND), (found == NUCLEUS, _FOUND)):
            large = cv2.resize(inside.astype(np.uint8), None, fx=2, fy=2, interpolation=cv2.INTER_NEAREST)
            outlines, _ = cv2.findContours(large, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
            cv2.drawContours(canvas, outlines, -1, colour, 1)
        self._folder.mkdir(parents=True, exist_ok=True)
        path = self._folder / f"cell-{number}-step-{step:06d}.png"
        cv2.imwrite(str(path), cv2.cvtColor(canvas, cv2.COLOR_RGB2BGR))
        return str(path)


def _windows(samples: Sequence[Sample]) -> list[tuple[NDArray[np.uint8], NDArray[np.uint8]]]:
    """One window a cell, from all over the samples; beyond a picture's edge nothing is known."""
    cells = [(sample, number) for sample in samples for number in sample.cell_numbers()]
    count = min(WINDOWS, len(cells))
    chosen: list[int] = np.linspace(0, len(cells) - 1, count).astype(int).tolist() if cells else []
    windows = []
    for sample, number in (cells[index] for index in chosen):
        rows, columns = np.nonzero(sample.cells == number)
        top, left = (int(v.min() + v.max()) // 2 - SIDE_PX // 2 for v in (rows, columns))
        image = np.full((SIDE_PX, SIDE_PX, 3), 255, np.uint8)
        parts = np.full((SIDE_PX, SIDE_PX), UNKNOWN, np.uint8)
        height, width = sample.parts.shape
        y0, y1, x0, x1 = max(0, top), min(height, top + SIDE_PX), max(0, left), min(width, left + SIDE_PX)
        image[y0 - top : y1 - top, x0 - left : x1 - left] = sample.image[y0:y1, x0:x1]
        parts[y0 - top : y1 - top, x0 - left : x1 - left] = sample.parts[y0:y1, x0:x1]
        windows.append((image, parts))
    return windows
