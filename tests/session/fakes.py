"""Stand-ins for pixels, disk and threads."""

from types import SimpleNamespace

import numpy as np

from allviewer.domain.cell import Cell, Origin
from allviewer.domain.mask import Mask
from allviewer.domain.slide import Level, SlideInfo
from allviewer.errors import CaseError


class PlainSource:
    """A white image."""

    shareable = True
    info = SlideInfo((Level(200, 100, 1.0),), mpp=0.1)

    def read(self, level, x, y, width, height):
        return np.full((height, width, 3), 255, np.uint8)

    def close(self):
        pass


class ListStore:
    """Remembers what it was told; `broken` makes it refuse."""

    def __init__(self):
        self.lines = []
        self.broken = False

    def _put(self, *line):
        if self.broken:
            raise CaseError("The disk is full.")
        self.lines.append(line)

    def commit(self, image_id, edit, author):
        self._put("commit", image_id, edit.text)
        return SimpleNamespace(seq=len(self.lines))

    def undo(self, image_id, author):
        self._put("undo", image_id)

    def redo(self, image_id, author):
        self._put("redo", image_id)


class Later:
    """Work that waits until `run` is called, as on another thread."""

    def __init__(self):
        self.waiting = []

    def __call__(self, name, work, done, failed):
        self.waiting.append((work, done))

    def run(self):
        while self.waiting:
            work, done = self.waiting.pop(0)
            done(work())


def square(cell_id, x, y, side=10, label="blast"):
    mask = Mask(np.ones((side, side), bool), x, y)
    nucleus = Mask(np.ones((side - 4, side - 4), bool), x + 2, y + 2)
    return Cell(cell_id, mask, nucleus, label, Origin.model("net 1.0.0 (00000000)"))
