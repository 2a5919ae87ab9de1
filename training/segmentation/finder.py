"""Runs a pack on arrays through the viewer's own code, so that a figure is of what the user will see."""

import dataclasses
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from allviewer.domain.cell import Cell
from allviewer.domain.mask import Mask
from allviewer.domain.slide import Level, SlideInfo
from allviewer.inference.detect import Detection, DetectRequest, detect_cells
from allviewer.inference.installed_pack import InstalledPack
from allviewer.inference.onnx_session import SessionCache
from allviewer.progress import CancelToken, no_report
from training.packs import read_card


@dataclasses.dataclass(frozen=True)
class ArraySource:
    """A picture in memory as the viewer sees images; white beyond its edge."""

    image: NDArray[np.uint8]

    @property
    def info(self) -> SlideInfo:
        height, width = self.image.shape[:2]
        return SlideInfo((Level(width, height, 1.0),), reader="memory")

    @property
    def shareable(self) -> bool:
        return True

    def read(self, level: int, x: int, y: int, width: int, height: int) -> NDArray[np.uint8]:
        result = np.full((height, width, 3), 255, np.uint8)
        top, left = max(0, y), max(0, x)
        part = self.image[top : max(0, y + height), left : max(0, x + width)]
        result[top - y : top - y + part.shape[0], left - x : left - x + part.shape[1]] = part
        return result

    def close(self) -> None:
        """Nothing is open."""


class Finder:
    """A pack, loaded once, on one processor thread."""

    def __init__(self, pack: Path, cancel: CancelToken) -> None:
        self._pack = InstalledPack(read_card(pack), pack, shipped=False)
        self._sessions = SessionCache()
        self._cancel = cancel

    def find(self, image: NDArray[np.uint8], mpp: float | None) -> Detection:
        """The cells of a picture; without `mpp` the viewer finds out the scale itself."""
        request = DetectRequest(self._pack, mpp=mpp, device="cpu", threads=1)
        return detect_cells(ArraySource(image), request, self._cancel, no_report, sessions=self._sessions)


def masks_of(cells: tuple[Cell, ...]) -> list[tuple[Mask, Mask]]:
    return [(cell.mask, cell.nucleus) for cell in cells]
