"""`allviewer --self-test`: the whole way on a synthetic smear, in a real window; each step is printed."""

import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from allviewer.cli.waiting import wait_until
from allviewer.domain.cell import Cell

if TYPE_CHECKING:
    from allviewer.app import Program
    from allviewer.session.document import Document

_STEP_MS = 120_000


class SelfTestError(Exception):
    """A step did not do what it must."""


def self_test() -> int:
    """Open, analyse, correct, save, close, reopen, compare. 0 if all of it works, else 1."""
    from allviewer.app import make_application

    make_application()
    with tempfile.TemporaryDirectory(prefix="allviewer-self-test-") as home:
        try:
            before = _first_session(Path(home))
            _second_session(Path(home), before)
        except SelfTestError as error:
            print(f"FAILED: {error}", file=sys.stderr)
            return 1
    print("Self-test passed.")
    return 0


def _first_session(home: Path) -> list[Cell]:
    """Open the smear, run the networks, correct two cells, save under a name; gives the cells."""
    program = _start(home)
    program.work.open_images.open_demo()
    _expect("open the synthetic smear", program, lambda: program.session.workspace.document is not None)
    document = _document(program)
    _expect("find cells", program, lambda: len(document.annotations) > 0 and program.is_at_rest)
    print(f"    {len(document.annotations)} cells on {program.work.detect.device}")
    _relabel(program, document)
    _erase(program, document)
    _undo_and_redo(program, document)
    case = home / "self-test.allcase"
    program.work.save_case.copy_to(case)
    workspace = program.session.workspace
    _expect("save the case", program, lambda: workspace.case is not None and workspace.case.path == case)
    cells = sorted(document.annotations, key=lambda cell: cell.id)
    _close(program)
    return cells


def _second_session(home: Path, before: list[Cell]) -> None:
    """Open the case in a new window and compare."""
    program = _start(home)
    program.work.open_images.open([home / "self-test.allcase"])
    _expect("open the case again", program, lambda: program.session.workspace.document is not None)
    document = _document(program)
    after = sorted(document.annotations, key=lambda cell: cell.id)
    _check("every cell is as it was", after == before)
    document.undo()
    _expect("undo a step of the last session", program, lambda: document.position == len(document.history) - 1)
    document.redo()
    _expect("and redo it", program, lambda: sorted(document.annotations, key=lambda cell: cell.id) == before)
    _close(program)


def _relabel(program: "Program", document: "Document") -> None:
    cell = next(iter(document.annotations))
    label = "lymphocyte" if cell.label != "lymphocyte" else "blast"
    program.session.selection.select({cell.id}, cell.id)
    program.work.correct.relabel(label)
    changed = document.annotations.get(cell.id)
    _check("relabel a cell", changed is not None and changed.label == label)


def _erase(program: "Program", document: "Document") -> None:
    cell = max(document.annotations, key=lambda cell: cell.cytoplasm_area_px)
    program.session.selection.select({cell.id}, cell.id)
    box = cell.mask.region
    path = [(float(box.x), float(box.y)), (float(box.right), float(box.y))]
    program.work.correct.stroke(path, box.height / 3, True, "cytoplasm")
    changed = document.annotations.get(cell.id)
    smaller = changed is not None and changed.area_px < cell.area_px and changed.nucleus == cell.nucleus
    _check("erase part of a cell", smaller)


def _undo_and_redo(program: "Program", document: "Document") -> None:
    cells = sorted(document.annotations, key=lambda cell: cell.id)
    program.work.correct.undo()
    _check("undo", sorted(document.annotations, key=lambda cell: cell.id) != cells)
    program.work.correct.redo()
    _check("redo", sorted(document.annotations, key=lambda cell: cell.id) == cells)


def _start(home: Path) -> "Program":
    from allviewer.app import build
    from allviewer.storage.locations import Locations

    program = build(Locations(home / "config", home / "data", home / "cache", home / "log"))
    program.window.show()
    return program


def _close(program: "Program") -> None:
    program.window.close()
    _expect("close the window", program, lambda: not program.window.isVisible())
    program.shutdown()


def _document(program: "Program") -> "Document":
    document = program.session.workspace.document
    assert document is not None
    return document


def _expect(step: str, program: "Program", holds: Callable[[], bool]) -> None:
    """Wait until a step has come true."""
    done = wait_until(lambda: holds() or bool(program.notices.problems), _STEP_MS)
    _check(step, done and holds(), "; ".join(program.notices.problems))


def _check(step: str, holds: bool, why: str = "") -> None:
    if not holds:
        raise SelfTestError(f"{step}. {why}".strip())
    print(f"ok  {step}", flush=True)
