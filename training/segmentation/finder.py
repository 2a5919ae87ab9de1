"""Runs a pack on arrays through the viewer's own code, so that a figure is of what the user will see."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from allviewer.domain.cell import Cell
from allviewer.domain.mask import Mask
from allviewer.domain.slide import Level, SlideInfo
from allviewer.imaging.array_source import ArraySource
from allviewer.inference.detect import Detection, DetectRequest, detect_cells
from allviewer.inference.installed_pack import InstalledPack
from allviewer.inference.onnx_session import SessionCache
from allviewer.progress import CancelToken, no_report
from training.packs import read_card


class Finder:
    """A pack, loaded once, on one processor thread."""

    def __init__(self, pack: Path, cancel: CancelToken) -> None:
        self._pack = InstalledPack(read_card(pack), pack, shipped=False)
        self._sessions = SessionCache()
        self._cancel = cancel

    def find(self, image: NDArray[np.uint8], mpp: float | None) -> Detection:
        """The cells of a picture; without `mpp` the viewer finds out the scale itself."""
        request = DetectRequest(self._pack, mpp=mpp, device="cpu", threads=1)
        height, width = image.shape[:2]
        source = ArraySource(image, SlideInfo((Level(width, height, 1.0),), reader="memory"))
        return detect_cells(source, request, self._cancel, no_report, sessions=self._sessions)


def masks_of(cells: tuple[Cell, ...]) -> list[tuple[Mask, Mask]]:
    return [(cell.mask, cell.nucleus) for cell in cells]
