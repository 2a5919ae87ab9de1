"""A session of ten minutes on an image with very many cells: pan, zoom, edit, run the networks, save, over and over.

    python -m tests.benchmarks.session [MINUTES] [CELLS]

prints the longest time for which the UI thread was deaf, by what was going on.
"""

import random
import sys
import tempfile
import time
from pathlib import Path

import cv2
import numpy as np
from PySide6.QtWidgets import QApplication

from allviewer.app import Program
from allviewer.domain.geometry import Region
from allviewer.ui.style import apply_style
from tests.benchmarks.crowded import SIDE_PX, rest, small_cells, start, take_run, wait_for
from tests.benchmarks.drawing import NOTCH, handle_events
from tests.benchmarks.stalls import StallProbe

_REGION_PX = 600


def walk(minutes: float, number: int) -> StallProbe:
    """Work for so long; the probe knows what happened."""
    application = QApplication.instance() or QApplication([])
    assert isinstance(application, QApplication)
    apply_style(application)
    cells = small_cells(number)
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        image = home / "crowded.png"
        cv2.imwrite(str(image), np.random.default_rng(1).integers(150, 255, (SIDE_PX, SIDE_PX, 3), dtype=np.uint8))
        cv2.imwrite(str(home / "other.png"), np.full((1200, 1600, 3), 220, np.uint8))
        program = start(home)
        probe = StallProbe()
        with probe.during("open"):
            program.work.open_images.open([image, home / "other.png"])
            wait_for(lambda: program.is_at_rest)
        with probe.during("take a model run"):
            document = program.session.workspace.document
            assert document is not None
            take_run(program, document, cells)
            wait_for(lambda: len(document.annotations) == number)
            rest(program)
        del cells
        until, round_number = time.perf_counter() + 60 * minutes, 0
        while time.perf_counter() < until:
            _round(program, probe, random.Random(round_number))
            round_number += 1
        with probe.during("close"):
            program.window.close()
            wait_for(lambda: not program.window.isVisible())
        probe.stop()
        program.shutdown()
        return probe


def _round(program: Program, probe: StallProbe, chance: random.Random) -> None:
    view, correct, workspace = program.session.view, program.work.correct, program.session.workspace
    with probe.during("go to a place"):
        view.zoom_by(chance.choice((0.25, 0.5, 1.0, 3.0)) / view.scale)
        view.center_on((chance.randrange(SIDE_PX), chance.randrange(SIDE_PX)))
        rest(program, 0.5)
    with probe.during("pan"):
        dx, dy = chance.choice(((-9, 0), (9, 0), (-6, -6), (0, 9)))
        for step in range(200):
            view.pan_by(dx if step < 100 else -dx, dy if step < 100 else -dy)
            handle_events()
    with probe.during("zoom"):
        for step in range(12):
            view.zoom_at((500, 400), NOTCH if step < 6 else 1 / NOTCH)
            handle_events()
            rest(program, 0.05)
    near = workspace.document.annotations.in_region(view.visible_region)[:40]
    with probe.during("edit cells one by one"):
        for cell in near[:10]:
            program.session.selection.select({cell.id}, cell.id)
            x, y = cell.mask.region.center
            correct.stroke([(x, y), (x + 6, y + 3)], 3, False, "cytoplasm")
            correct.relabel(chance.choice(("blast", "monocyte")))
            handle_events()
        for _ in range(6):
            correct.undo()
            handle_events()
        rest(program, 0.3)
    with probe.during("select and relabel some"):
        program.session.selection.select({cell.id for cell in near})
        correct.relabel("lymphocyte")
        rest(program, 0.3)
    with probe.during("run the networks on a region"):
        x, y = chance.randrange(SIDE_PX - _REGION_PX), chance.randrange(SIDE_PX - _REGION_PX)
        program.work.detect.run_on_region(Region(x, y, _REGION_PX, _REGION_PX))
        while program.work.detect.is_running:
            view.pan_by(chance.choice((-5, 5)), 3)
            handle_events()
        rest(program, 0.3)
    name = chance.choice(("relabel all", "accept all", "select all", "next image and back", "turn"))
    with probe.during(name):
        _rarely(program, name)
    with probe.during("undo it"):
        correct.undo()
        rest(program, 0.5)


def _rarely(program: Program, name: str) -> None:
    correct, show = program.work.correct, program.work.show_image
    if name == "relabel all":
        program.work.select.select_all()
        correct.relabel("monocyte")
    elif name == "accept all":
        correct.accept_all()
    elif name == "select all":
        program.work.select.select_all()
    elif name == "turn":
        for angle in range(0, 90, 5):
            program.session.view.rotate_to(angle)
            handle_events()
        program.session.view.set_upright()
    else:
        show.step(1)
        rest(program, 0.3)
        show.step(-1)
    rest(program, 0.5)
    program.session.selection.clear()


def main() -> int:
    minutes = float(sys.argv[1]) if len(sys.argv) > 1 else 10.0
    probe = walk(minutes, int(sys.argv[2]) if len(sys.argv) > 2 else 100_000)
    print(probe.table())
    print(f"longest {probe.longest_ms:.0f} ms, of it computing at most {probe.longest_cpu_ms:.0f} ms")
    return 0


if __name__ == "__main__":
    sys.exit(main())
