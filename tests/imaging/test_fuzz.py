"""Damaged files of every kind: each opens and reads, or is refused in one sentence that names it. None crashes, hangs
or takes more memory than a program may.

`-m exhaustive` makes 500 mutants of every kind; otherwise there are as many as a minute allows.
"""

import json
import os
import queue
import shutil
import subprocess
import sys
import threading
import time
from collections import Counter

import numpy as np
import psutil
import pytest

from tests.imaging.fuzz_mutations import mutated
from tests.imaging.fuzz_seeds import HEIGHT, SEEDS, WIDTH

FEWEST, QUICK, MANY = 11, 33, 500
TRIED_FIRST = (".svs", ".tiff", ".bif", ".scn", ".mrxs", ".ndpi", ".vms", ".dcm", ".czi")
"""Each of these begins a process of its own when it is opened, which takes its time."""
LONGEST_S = 10.0
"""Of processor time: a machine with much to do is no hang."""
LONGEST_WAIT_S = 60.0
MOST_BYTES = 2 << 30


class Prober:
    """A process that opens files, and eyes on it; after a death there is a new one."""

    def __init__(self):
        self._begin()

    def _begin(self):
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.imaging.fuzz_probe"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        )  # fmt: skip
        self._eyes = psutil.Process(self._process.pid)
        self._answers = queue.Queue()
        threading.Thread(target=self._listen, args=(self._process, self._answers), daemon=True).start()

    @staticmethod
    def _listen(process, answers):
        for line in process.stdout:
            answers.put(line)
        answers.put("")

    def probe(self, path):
        """What became of it: a dict of (outcome, text)."""
        began, began_cpu_s = time.monotonic(), self._cpu_s()
        self._process.stdin.write(json.dumps(str(path)) + "\n")
        self._process.stdin.flush()
        while True:
            try:
                line = self._answers.get(timeout=0.02)
            except queue.Empty:
                if self._eyes.memory_info().rss > MOST_BYTES:
                    return self._end("memory", f"{self._eyes.memory_info().rss >> 20} MB")
                if self._cpu_s() - began_cpu_s > LONGEST_S or time.monotonic() - began > LONGEST_WAIT_S:
                    return self._end("hang", f"{time.monotonic() - began:.0f} s")
                continue
            return json.loads(line) if line else self._end("crash", f"code {self._process.wait()}")

    def _cpu_s(self):
        try:
            times = self._eyes.cpu_times()
        except psutil.NoSuchProcess:
            return 0.0
        return times.user + times.system

    def _end(self, outcome, text):
        self.close()
        self._begin()
        return {"open": (outcome, text)}

    def close(self):
        self._process.kill()
        self._process.wait()


@pytest.fixture(scope="module")
def prober():
    made = Prober()
    yield made
    made.close()


def files_of(path):
    """What belongs to an image: itself, or all of its folder."""
    return sorted(one for one in path.parent.rglob("*") if one.is_file())


def mutants(sound, folder, count):
    """Copies of a sound image's folder with one file of it damaged."""
    files = files_of(sound)
    for number in range(count):
        shutil.copytree(sound.parent, folder)
        # the first file of many is often the one that says what the others are
        victim = files[number // 11 % len(files)] if len(files) > 1 else sound
        target = folder / victim.relative_to(sound.parent)
        target.write_bytes(mutated(victim.read_bytes(), number, (WIDTH, HEIGHT)))
        yield number, folder / sound.relative_to(sound.parent)
        shutil.rmtree(folder)


def survey(sound, tmp_path, prober, count):
    """Probe so many mutants and fail with all that went wrong."""
    tally, wrong = Counter(), []
    kept = os.environ.get("ALLVIEWER_KEEP_MUTANTS")
    for number, path in mutants(sound, tmp_path / "mutant", count):
        for how, (outcome, text) in prober.probe(path).items():
            tally[how, outcome] += 1
            if outcome not in ("opened", "refused"):
                wrong.append(f"mutant {number} of {sound.name}, {how}: {outcome}: {text}")
                if kept:
                    shutil.copytree(path.parent, f"{kept}/{sound.name}-{number}", dirs_exist_ok=True)
    print(sound.name, dict(tally))
    assert not wrong, "\n".join(wrong)


@pytest.fixture(scope="session")
def pixels(picture):
    return picture(WIDTH, HEIGHT)


@pytest.fixture
def sound(request, tmp_path, pixels):
    folder = tmp_path / "sound"
    folder.mkdir()
    return SEEDS[request.param](folder, pixels)


@pytest.mark.parametrize("sound", SEEDS, indirect=True)
def test_sound_files_open(sound, prober):
    assert {outcome for outcome, _ in prober.probe(sound).values()} == {"opened"}


@pytest.mark.parametrize("sound", SEEDS, indirect=True)
def test_some_mutants(sound, tmp_path, prober):
    survey(sound, tmp_path, prober, FEWEST if sound.suffix in TRIED_FIRST else QUICK)


@pytest.mark.exhaustive
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("sound", SEEDS, indirect=True)
def test_five_hundred_mutants(sound, tmp_path, prober):
    survey(sound, tmp_path, prober, MANY)


REAL = [
    "slides/CMU-1-Small-Region.svs",
    "slides/small.svs",
    "tiff/boxes.tiff",
    "tiff/cells-2c.ome.tif",
    "tiff/multi-channel-z-series.ome.tif",
    "jpeg2000/cells-1.jp2",
]


@pytest.mark.real_data
@pytest.mark.parametrize("name", REAL)
@pytest.mark.parametrize(
    "count", [FEWEST, pytest.param(MANY, marks=[pytest.mark.exhaustive, pytest.mark.timeout(3600)])]
)
def test_mutants_of_real_samples(data_dir, tmp_path, prober, name, count):
    folder = tmp_path / "sound"
    folder.mkdir()
    sound = shutil.copyfile(data_dir / "viewer_samples" / name, folder / name.rpartition("/")[2])
    survey(sound, tmp_path, prober, count)


def test_the_mutants_are_the_same_every_time():
    data = np.random.default_rng(0).bytes(5000)
    assert [mutated(data, n, (9, 9)) for n in range(30)] == [mutated(data, n, (9, 9)) for n in range(30)]
