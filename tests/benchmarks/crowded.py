"""A session on an image with very many cells: each thing that touches all of them, one after the other."""

import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
from PySide6.QtWidgets import QApplication

from allviewer.app import Program, build
from allviewer.domain.cell import Cell, Origin
from allviewer.domain.labels import ALL_CLASSES
from allviewer.domain.mask import Mask
from allviewer.jobs.lanes import Lane
from allviewer.session.document import Document
from allviewer.session.looks import ColourBy
from allviewer.session.run_edit import edit_of_run
from allviewer.session.workspace import Workspace
from allviewer.storage.locations import Locations
from allviewer.ui.style import apply_style
from tests.benchmarks.drawing import NOTCH, handle_events
from tests.benchmarks.stalls import StallProbe

SIDE_PX = 6000
_REST_S = 1.0


def walk(number: int) -> str:
    """Go through it; returns the probe's table."""
    application = QApplication.instance() or QApplication([])
    assert isinstance(application, QApplication)
    apply_style(application)
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        image = home / "crowded.png"
        cv2.imwrite(str(image), np.random.default_rng(1).integers(150, 255, (SIDE_PX, SIDE_PX, 3), dtype=np.uint8))
        probe = StallProbe()
        program = start(home)
        program.work.open_images.open([image])
        wait_for(lambda: program.is_at_rest)
        _change_all(program, probe, number)
        _look_about(program, probe)
        program.window.close()
        wait_for(lambda: program.session.workspace.case is None or not program.session.runner.jobs)
        program.shutdown()
        program = start(home)
        with probe.during("open the case again"):
            case = next((home / "data").rglob("*.allcase"), None)
            program.work.open_images.open([case if case is not None else image])
            wait_for(lambda: program.is_at_rest and _count(program.session.workspace) >= number // 2)
        with probe.during("undo a step of an earlier session"):
            program.work.correct.undo()
            rest(program)
        program.shutdown()
        probe.stop()
        return probe.table()


def start(home: Path) -> Program:
    program = build(Locations(home / "config", home / "data", home / "cache", home / "log"))
    program.window.resize(1600, 1000)
    program.window.show()
    handle_events()
    return program


def _change_all(program: Program, probe: StallProbe, number: int) -> None:
    document = program.session.workspace.document
    assert document is not None
    correct, selection = program.work.correct, program.session.selection
    found = small_cells(number)
    steps: tuple[tuple[str, Callable[[], object]], ...] = (
        ("take a model run", lambda: take_run(program, document, found)),
        ("undo it", correct.undo),
        ("redo it", correct.redo),
        ("select all", program.work.select.select_all),
        ("relabel all", lambda: correct.relabel("monocyte")),
        ("undo that", correct.undo),
        ("select none", selection.clear),
        ("select one", lambda: selection.select({number // 2}, number // 2)),
        ("relabel one", lambda: correct.relabel("blast")),
        ("accept all", correct.accept_all),
        ("nothing", lambda: None),
    )
    rest(program)
    for name, step in steps:
        with probe.during(name):
            step()
            rest(program)


def take_run(program: Program, document: Document, found: list[Cell]) -> None:
    """As the program does it: the edit is made where the run is, and comes to the document afterwards."""
    program.session.runner.submit(
        Lane.INFERENCE,
        "bench",
        lambda cancel, report: edit_of_run(document.annotations, None, found, "bench"),
        lambda made: document.apply(made.edit),
    )


def _look_about(program: Program, probe: StallProbe) -> None:
    view = program.session.view
    for name, scale in (("whole image", None), ("half size", 0.5), ("full size", 1.0)):
        with probe.during(f"look: {name}"):
            view.fit() if scale is None else view.zoom_by(scale / view.scale)
            rest(program)
        with probe.during(f"pan: {name}"):
            for step in range(150):
                view.pan_by(-9 if step < 75 else 9, -5)
                handle_events()
        with probe.during(f"zoom: {name}"):
            for step in range(12):
                view.zoom_at((500, 400), NOTCH if step < 6 else 1 / NOTCH)
                handle_events()
        for colour_by in (*ColourBy, ColourBy.CLASS):
            with probe.during(f"colour by {colour_by}: {name}"):
                view.set_overlay(colour_by=colour_by)
                rest(program, 0.2)


def small_cells(number: int) -> list[Cell]:
    """Cells of 13 px side by side, as a model gives them."""
    ys, xs = np.mgrid[-6:7, -6:7]
    whole, nucleus = xs**2 + ys**2 <= 40, xs**2 + ys**2 <= 12
    keys = [c.key for c in ALL_CLASSES.classes]
    origin = Origin.model("bench 1.0.0")
    a_row = int(np.ceil(np.sqrt(number)))
    step = SIDE_PX / a_row
    cells = []
    for index in range(number):
        x, y = int(index % a_row * step), int(index // a_row * step)
        likely = (("blast", 0.1 + 0.8 * (index % 97) / 97), (keys[index % 6], 0.1))
        cells.append(
            Cell(
                index + 1,
                Mask(whole, x, y),
                Mask(nucleus, x, y),
                keys[index % len(keys)],
                origin,
                probabilities=likely,
                uncertainty=(index % 89) / 89,
            )
        )
    return cells


def _count(workspace: Workspace) -> int:
    return len(workspace.document.annotations) if workspace.document is not None else 0


def rest(program: Program, for_s: float = _REST_S) -> None:
    """Handle events until everything is done and shown, and for a while after."""
    wait_for(lambda: program.is_at_rest)
    until = time.perf_counter() + for_s
    while time.perf_counter() < until:
        handle_events()


def wait_for(holds: Callable[[], bool], patience_s: float = 600.0) -> None:
    until = time.perf_counter() + patience_s
    while not holds():
        if time.perf_counter() > until:
            raise RuntimeError("the program did not come to rest")
        handle_events()
