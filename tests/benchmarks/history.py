"""Undo and the history: what a step costs with a hundred thousand cells, what ten thousand strokes cost in memory.

`python -m tests.benchmarks.history` prints it; `make bench` has the times.
"""

import gc
import sys
import tempfile
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QCoreApplication

from allviewer.domain.annotations import Annotations
from allviewer.domain.brush import stroke_mask
from allviewer.domain.edits import Edit, accept, delete, erase, paint, relabel, take_model_run
from allviewer.domain.mask import Mask
from allviewer.jobs.inline import InlineRunner
from allviewer.jobs.lanes import Lane
from allviewer.jobs.one_lane import OneLane
from allviewer.session.document import Document
from allviewer.session.history import Step
from allviewer.session.journal import Journal
from allviewer.storage.case_file import CaseFile
from allviewer.storage.case_records import ImageRecord
from tests.benchmarks.crowded import SIDE_PX, small_cells
from tests.benchmarks.drawing import Repeating
from tests.benchmarks.measure import Figure, median_ms, show

CELLS = 100_000
STROKES = 10_000
BRUSH_PX = 100.0
"""Radius."""


def figures(folder: Path) -> list[Figure]:
    """Undo of each kind of large step, in memory; the floor exchanges one reference a cell."""
    annotations = Annotations()
    run = take_model_run((), small_cells(CELLS), 1, "bench")
    found: list[Figure] = []
    made: tuple[tuple[str, Callable[[], Edit]], ...] = (
        ("model run", lambda: run),
        ("relabel all", lambda: relabel(list(annotations), "monocyte", "ada")),
        ("accept all", lambda: accept(list(annotations), "ada")),
        ("delete half", lambda: delete(list(annotations)[::2])),
        ("one stroke", lambda: _stroke(annotations)),
    )
    for name, make in made:
        edit = make()
        annotations.apply(edit)

        def there_and_back(edit: Edit = edit) -> None:
            annotations.apply(edit.inverse())
            annotations.apply(edit)

        table, cells = dict.fromkeys(range(CELLS)), dict(edit.after or edit.before)
        ours_ms = median_ms(there_and_back) / 2
        found.append(
            Figure(
                f"undo: {name}, {CELLS:,} cells", ours_ms, median_ms(lambda t=table, c=cells: t.update(c)), "a table"
            )
        )
    found.append(_earlier_session(folder))
    return found


def _earlier_session(folder: Path) -> Figure:
    """Undo of a step that another session made, as the person at the keyboard waits for it: it was read ahead."""
    case, document = _opened(folder)
    document.apply(take_model_run((), small_cells(CELLS // 10), 1, "bench"))
    document.apply(relabel(list(document.annotations), "monocyte", "ada"))
    case.close()
    case, again = _opened(folder)
    again.fetch_ahead()
    started = time.perf_counter()
    again.annotations.apply(again.history[-1].edit.inverse())  # type: ignore[union-attr]
    ours_ms = 1000 * (time.perf_counter() - started)
    started = time.perf_counter()
    case.edits_at([again.history[-1].seq], True, again.annotations.by_id())
    read_ms = 1000 * (time.perf_counter() - started)
    case.close()
    return Figure(f"undo: relabel {CELLS // 10:,} of an earlier session", ours_ms, read_ms, "reading it, on a worker")


def _opened(folder: Path) -> tuple[CaseFile, Document]:
    path = folder / "bench.allcase"
    case = CaseFile.open(path) if path.exists() else CaseFile.create(path)
    if not case.images():
        case.add_image(ImageRecord(folder / "bench.png", "ab" * 32, 1, SIDE_PX, SIDE_PX))
    stored = case.load(1)
    steps = [Step(entry.text, entry.author, entry.utc, seq=entry.seq) for entry in stored.history]
    journal = Journal(lambda: case, "ada", OneLane(InlineRunner(), Lane.CASE))

    def fetch(wanted, got, failed) -> None:  # type: ignore[no-untyped-def]
        got(case.edits_at(wanted.seqs, wanted.backwards, wanted.present))

    source = Repeating(SIDE_PX, SIDE_PX)
    return case, Document(1, "bench", source, Annotations(stored.cells), journal, steps, stored.position, fetch)


def _stroke(annotations: Annotations) -> Edit:
    cell = next(iter(annotations))
    x, y = cell.mask.region.center
    return paint(cell, stroke_mask([(x, y), (x + 5, y + 5)], 4.0), "cytoplasm", "ada")


def strokes_megabytes(folder: Path, strokes: int = STROKES) -> tuple[float, float]:
    """What so many strokes of a 200 px brush cost in memory, and on the disk, in megabytes."""
    case, document = _opened(folder)
    document.apply(take_model_run((), small_cells(400), 1, "bench"))
    gc.collect()
    tracemalloc.start()
    for number in range(strokes):
        cell = document.annotations.get(1 + number % 400)
        if cell is None:
            continue
        x, y = cell.mask.region.center
        mask = stroke_mask([(x, y), (x + number % 37, y + number % 41)], BRUSH_PX)
        document.apply(
            erase(cell, _half(mask), "cytoplasm", "ada") if number % 3 == 2 else paint(cell, mask, "cytoplasm", "ada")
        )
    gc.collect()
    in_memory = tracemalloc.get_traced_memory()[0] / 1e6
    tracemalloc.stop()
    case.close()
    return in_memory, (folder / "bench.allcase").stat().st_size / 1e6


def _half(mask: Mask) -> Mask:
    box = mask.region
    return Mask(mask.bitmap[:, : box.width // 2], box.x, box.y)


def main() -> int:
    application = QCoreApplication.instance() or QCoreApplication([])
    assert application is not None, "timers of the session need one"
    with tempfile.TemporaryDirectory() as folder:
        show(figures(Path(folder)))
    with tempfile.TemporaryDirectory() as folder:
        in_memory, on_disk = strokes_megabytes(Path(folder))
        print(
            f"{STROKES:,} strokes of a {2 * BRUSH_PX:.0f} px brush: {in_memory:.0f} MB of memory, {on_disk:.0f} MB on the disk"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
