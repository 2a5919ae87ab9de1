"""The program is killed at random moments of an editing session: no committed edit is lost, every case opens.

`-m exhaustive` kills 200 times, 40 of them inside a write; otherwise as often as a minute allows.
"""

import multiprocessing
import random
import sys
from pathlib import Path

import pytest

from allviewer.errors import CaseError
from allviewer.storage.case_file import CaseFile
from tests.kill.session import be_killed, new_case, states_of

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="kill -9 as on Unix")

SEEDS = 4
"""So many different sessions, each killed many times."""


@pytest.fixture(scope="module")
def processes():
    """Processes that start in no time: they come from one that has loaded everything."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.kill.session"])
    return context


@pytest.fixture(scope="module")
def states():
    return {seed: states_of(seed) for seed in range(SEEDS)}


def killed_once(processes, path: Path, seed: int, rng: random.Random, inside_a_write: bool) -> int:
    """Run a session and kill it; gives the number of lines that were said to be saved."""
    inside = (rng.choice(("statement", "instruction")), rng.randrange(600)) if inside_a_write else None
    told, telling = processes.Pipe(duplex=False)
    child = processes.Process(target=be_killed, args=(path, seed, inside, telling))
    child.start()
    telling.close()
    promised = told.recv()
    try:
        if not inside_a_write:
            until = rng.randrange(0, 60)
            while promised < until:
                promised = told.recv()
            told.poll(rng.uniform(0, 0.03))  # somewhere in what comes next
            child.kill()
        while True:
            promised = told.recv()
    except EOFError:
        child.join()
    assert child.exitcode == -9
    return promised


@pytest.mark.parametrize(
    ("kills", "inside_writes"),
    [(10, 3), pytest.param(200, 40, marks=[pytest.mark.exhaustive, pytest.mark.timeout(7200)])],
)
def test_no_committed_edit_is_lost(processes, states, tmp_path, kills, inside_writes):
    rng = random.Random(11)
    lost, unopened, news = [], [], 0
    for number in range(kills):
        seed = number % SEEDS
        path = tmp_path / f"{number}.allcase"
        new_case(path)
        promised = killed_once(processes, path, seed, rng, number < inside_writes)
        try:
            with CaseFile.open(path) as case:
                news += bool(case.notices)
                report, stored = case.check(), case.load(1)
        except CaseError as error:
            unopened.append((number, error))
            continue
        assert report.problems == ()
        assert {cell.id: cell for cell in stored.cells} == states[seed][report.entries], (
            "a whole beginning of the session"
        )
        if report.entries < promised:
            lost.append((number, promised, report.entries))
        path.unlink()
    print(
        f"{kills} kills, {inside_writes} inside a write: {len(lost)} lost edits, {len(unopened)} cases that do not open"
    )
    assert lost == []
    assert unopened == []
    assert news > kills // 2, "what was recovered is said"
