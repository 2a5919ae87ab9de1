"""A scripted editing session: the same seed makes the same gestures on any document."""

import random
from datetime import UTC, datetime

import numpy as np

from allviewer.domain import edits, reshape, split_merge
from allviewer.domain.brush import stroke_mask
from allviewer.domain.cell import Cell, CellState, Origin, OriginKind
from allviewer.domain.mask import Mask
from allviewer.domain.model_run import compare_run, take
from allviewer.session.document import Document

SIDE_PX = 400
_LABELS = ("blast", "lymphocyte", "monocyte", "neutrophil")
_THEN = datetime(2026, 1, 1, tzinfo=UTC)


def disc(cell_id: int, x: int, y: int, radius: int, label: str = "blast", by: str = "net 1.0.0 (00000000)") -> Cell:
    yy, xx = np.mgrid[-radius : radius + 1, -radius : radius + 1]
    whole, core = xx**2 + yy**2 <= radius**2, xx**2 + yy**2 <= (0.6 * radius) ** 2
    kind = OriginKind.MODEL if by.startswith("net") else OriginKind.PERSON
    state = CellState.PROPOSED if kind is OriginKind.MODEL else CellState.CORRECTED
    return Cell(cell_id, Mask(whole, x, y), Mask(core, x, y), label, Origin(kind, by, _THEN), state)


class Script:
    """Makes one gesture at a time; each leaves at most one line in the journal."""

    def __init__(self, document: Document, seed: int) -> None:
        self._document = document
        self._rng = random.Random(seed)

    def gesture(self) -> None:
        rng, document = self._rng, self._document
        kinds = (self._run, self._stroke, self._stroke, self._stroke, self._say, self._remove, self._join, self._cut,
                 self._reshape, self._draw, document.undo, document.undo, document.redo)  # fmt: skip
        if not document.history:
            self._run()
        else:
            rng.choice(kinds)()

    def _cell(self) -> Cell:
        cells = sorted(self._document.annotations, key=lambda cell: cell.id)
        return self._rng.choice(cells) if cells else disc(self._document.annotations.next_id, 5, 5, 9)

    def _run(self) -> None:
        rng, document = self._rng, self._document
        found = [
            disc(n, rng.randrange(SIDE_PX - 50), rng.randrange(SIDE_PX - 50), rng.randrange(5, 20), rng.choice(_LABELS))
            for n in range(1, rng.randrange(2, 60))
        ]
        run = compare_run("net", list(document.annotations), found, lambda cell: True)
        some = run.proposals if rng.random() < 0.5 else run.proposals[::2]
        document.apply(take(some, document.annotations.by_id(), document.annotations.next_id, "Run net"))

    def _stroke(self) -> None:
        rng, cell = self._rng, self._cell()
        x, y = cell.mask.region.center
        path = [(x + rng.uniform(-25, 25), y + rng.uniform(-25, 25)) for _ in range(rng.randrange(1, 5))]
        mask, part = stroke_mask(path, rng.uniform(2, 9)), rng.choice(edits.PARTS)
        mask = mask.clipped(self._document.info.bounds)
        if mask.is_empty or cell.id not in self._document.annotations:
            return
        if rng.random() < 0.5:
            self._document.apply(edits.erase(cell, mask, part, "ada"))
        else:
            around = self._document.annotations.in_region(mask.region)
            self._document.apply(edits.paint(cell, mask, part, "ada", around))

    def _some(self) -> list[Cell]:
        share = self._rng.choice((0.05, 0.3, 1.0))
        return [c for c in sorted(self._document.annotations, key=lambda c: c.id) if self._rng.random() < share]

    def _say(self) -> None:
        cells, label = self._some(), self._rng.choice(_LABELS)
        made = (edits.relabel(cells, label, "ada"), edits.accept(cells, "ada"), edits.tag(cells, "L2", True, "ada"))
        self._document.apply(self._rng.choice(made))

    def _remove(self) -> None:
        self._document.apply(edits.delete([self._cell()] if self._cell().id in self._document.annotations else []))

    def _join(self) -> None:
        self._document.apply(split_merge.merge(self._some()[:3], "ada"))

    def _cut(self) -> None:
        cell = self._cell()
        if cell.id in self._document.annotations:
            box = cell.mask.region
            path = [(box.x - 2.0, box.center[1]), (box.right + 2.0, box.center[1])]
            self._document.apply(split_merge.split_by_line(cell, path, self._document.annotations.next_id, "ada"))

    def _reshape(self) -> None:
        cell = self._cell()
        if cell.id in self._document.annotations:
            how = self._rng.choice((reshape.fill_holes, reshape.smooth, reshape.shrink))
            self._document.apply(how(cell, self._rng.choice(edits.PARTS), "ada"))

    def _draw(self) -> None:
        rng, next_id = self._rng, self._document.annotations.next_id
        made = disc(next_id, rng.randrange(SIDE_PX - 40), rng.randrange(SIDE_PX - 40), rng.randrange(4, 18), by="ada")
        self._document.apply(edits.add(made))
