"""Nothing that was committed is ever lost: kill -9, a cut log, a full disk, a vanished file."""

import os
import random
import shutil
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from allviewer.domain import edits
from allviewer.errors import CaseError
from allviewer.storage.case_database import raw_connection
from allviewer.storage.case_file import CaseFile

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="kill -9 and limits as on Unix")

# Edits one cell for ever. Before each commit it writes the number of the edit, after it "+": the parent knows what
# was promised when it kills.
WRITER = """
import sys
from dataclasses import replace
from pathlib import Path
from allviewer.domain import edits
from allviewer.storage.case_file import CaseFile

case = CaseFile.open(Path(sys.argv[1]))
(cell,) = case.load(1).cells
print("ready", flush=True)
for number in range(1, 100000):
    after = replace(cell, uncertainty=number / 100000, edited_by="ann")
    sys.stdout.write(f"{number}\\n")
    sys.stdout.flush()
    case.commit(1, edits.Edit(f"Step {number}", (edits.Change(cell, after),)), "ann")
    sys.stdout.write("+\\n")
    sys.stdout.flush()
    cell = after
"""


@pytest.fixture
def one_cell(case, image_record, make_cell) -> Path:
    """A closed case with one cell."""
    image = case.add_image(image_record)
    case.commit(image.id, edits.add(make_cell(1)), "ann")
    case.close()
    return case.path


def steps_in(path: Path) -> int:
    """How many steps after the first a case holds; fails unless they are a whole beginning of all steps."""
    with CaseFile.open(path) as case:
        stored = case.load(1)
        assert case.check().problems == ()
        count = len(stored.history) - 1
        assert [entry.text for entry in stored.history[1:]] == [f"Step {n}" for n in range(1, count + 1)]
        assert stored.cells[0].uncertainty == (count / 100000 if count else 0.4)
    return count


def kill_writer_after(path: Path, lines: int, delay_steps: int) -> int:
    """Run the writer, kill it after so many lines it wrote and some busy waiting; gives the promised steps."""
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    child = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE, text=True, env=environment
    )
    assert child.stdout is not None
    assert child.stdout.readline() == "ready\n"
    read = [child.stdout.readline() for _ in range(lines)]
    for _ in range(delay_steps):  # lands the kill at another place within the commit
        path.stat()
    os.kill(child.pid, signal.SIGKILL)
    read += child.stdout.readlines()
    child.wait()
    return read.count("+\n")


def test_kill_loses_no_committed_edit(one_cell, tmp_path):
    rng = random.Random(7)
    for round_number in range(5):
        path = tmp_path / f"round{round_number}.allcase"
        shutil.copy(one_cell, path)
        promised = kill_writer_after(path, rng.randrange(1, 60), rng.randrange(0, 4000))
        assert Path(f"{path}-wal").exists()
        with CaseFile.open(path) as case:
            assert "did not end properly" in case.notices[0]
        held = steps_in(path)
        assert promised <= held <= promised + 1


def test_killed_session_that_changed_nothing_is_no_news(one_cell, tmp_path):
    path = tmp_path / "looked_at.allcase"
    with CaseFile.open(one_cell):  # what lies on the disk at this moment is what a kill would leave
        shutil.copy(one_cell, path)
        shutil.copy(f"{one_cell}-wal", f"{path}-wal")
    with CaseFile.open(path) as case:
        assert case.notices == ()


def test_log_cut_anywhere_leaves_a_whole_beginning(one_cell, tmp_path, make_cell):
    """Power loss: the log ends at any byte, or its last bytes are noise."""
    with CaseFile.open(one_cell) as case:
        cell = case.load(1).cells[0]
        for number in range(1, 13):
            after = replace(cell, uncertainty=number / 100000)
            case.commit(1, edits.Edit(f"Step {number}", (edits.Change(cell, after),)), "ann")
            cell = after
        shutil.copy(one_cell, tmp_path / "whole.allcase")
        shutil.copy(f"{one_cell}-wal", tmp_path / "whole.wal")
    log = (tmp_path / "whole.wal").read_bytes()
    rng = random.Random(3)
    seen = set()
    for cut in [0, 1, 31, 32, len(log), *(rng.randrange(len(log)) for _ in range(40))]:
        path = tmp_path / "cut.allcase"
        shutil.copy(tmp_path / "whole.allcase", path)
        noise = rng.randbytes(len(log) - cut) if rng.random() < 0.5 else b""
        Path(f"{path}-wal").write_bytes(log[:cut] + noise)
        seen.add(steps_in(path))
        for leftover in tmp_path.glob("cut.allcase*"):
            leftover.unlink()
    assert {0, 12} <= seen
    assert len(seen) > 5


def test_full_disk_keeps_what_was_committed(one_cell, make_cell):
    with CaseFile.open(one_cell) as case:
        database = raw_connection(case._connection)
        (pages,) = database.execute("PRAGMA page_count").fetchone()
        database.execute(f"PRAGMA max_page_count = {pages}")
        many = [make_cell(i, x=30 * i, radius=14) for i in range(2, 400)]
        with pytest.raises(CaseError, match="The disk is full"):
            case.commit(1, edits.take_model_run([], many, 2, "net"), "ann")
        assert len(case.load(1).cells) == 1
        database.execute("PRAGMA max_page_count = 1000000")
        case.commit(1, edits.take_model_run([], many, 2, "net"), "ann")
        assert len(case.load(1).cells) == 399
        assert case.check().is_sound


LIMITED = """
import resource, sys
from pathlib import Path
import numpy as np
from allviewer.domain import edits
from allviewer.domain.cell import Cell, Origin
from allviewer.domain.mask import Mask
from allviewer.errors import CaseError
from allviewer.storage.case_file import CaseFile
import signal
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
case = CaseFile.open(Path(sys.argv[1]))
resource.setrlimit(resource.RLIMIT_FSIZE, (400_000, 400_000))
rng = np.random.default_rng(0)
done = 0
try:
    for number in range(2, 500):
        noise = Mask(rng.random((100, 100)) < 0.5, 0, 0)
        case.commit(1, edits.add(Cell(number, noise, noise, "blast", Origin.person("ann"))), "ann")
        done += 1
except CaseError as error:
    print(done, error)
"""


def test_file_that_may_not_grow(one_cell):
    """The same with a limit of the system, which stops the log in the middle of a write."""
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    out = subprocess.run(
        [sys.executable, "-c", LIMITED, str(one_cell)], capture_output=True, text=True, env=environment
    )
    assert out.stderr == ""
    done, _, sentence = out.stdout.partition(" ")
    assert "The disk is full" in sentence or "cannot be reached" in sentence
    with CaseFile.open(one_cell) as case:
        assert len(case.load(1).cells) == 1 + int(done)
        assert case.check().is_sound


@pytest.mark.parametrize("how", ["delete", "move", "replace"])
def test_vanished_file_is_noticed_and_can_be_copied(one_cell, make_cell, tmp_path, how):
    with CaseFile.open(one_cell) as case:
        case.commit(1, edits.add(make_cell(2, x=50)), "ann")
        if how == "delete":
            one_cell.unlink()
        else:
            one_cell.rename(tmp_path / "elsewhere.allcase")
            if how == "replace":
                one_cell.write_bytes(b"something else")
        with pytest.raises(CaseError, match=r"moved, replaced or deleted.*Save a copy"):
            case.commit(1, edits.add(make_cell(3, x=90)), "ann")
        case.save_copy(tmp_path / "rescued.allcase")
    with CaseFile.open(tmp_path / "rescued.allcase") as rescued:
        assert [cell.id for cell in rescued.load(1).cells] == [1, 2]
        assert rescued.check().is_sound
