"""A large image is there at once, gets finer, is analysed as it is, and is there at once the next time."""

import numpy as np
import pytest
from PIL import Image
from PySide6.QtWidgets import QPushButton

from allviewer.jobs.lanes import Lane
from tests.inference.pictures import draw_cells
from tests.walks.conftest import CELLS


@pytest.fixture
def large(tmp_path, monkeypatch):
    """A smear for which the program, here, needs a pyramid."""
    monkeypatch.setattr("allviewer.imaging.plain_image.LARGE_PX", 1000)
    monkeypatch.setattr("allviewer.imaging.pyramids.opening.LARGE_PX", 1000)
    path = tmp_path / "large.png"
    pixels = np.full((900, 800, 3), 255, np.uint8)
    smear = draw_cells(330, 440, CELLS)
    pixels[100 : 100 + smear.shape[0], 100 : 100 + smear.shape[1]] = smear
    Image.fromarray(pixels).save(path)
    return path


def builds(hands):
    return [job for job in hands.program.session.runner.jobs if job.lane is Lane.PYRAMIDS]


def test_it_is_shown_analysed_and_kept(start, large, toy_packs):
    hands = start()
    hands.open_and_wait(large)
    assert hands.document.source.is_whole
    assert hands.problems == []
    hands.do("run")
    hands.wait_for_rest()
    assert len(hands.cells) == len(CELLS)
    hands.close()
    again = start()
    submitted = []
    again.program.session.runner.started.connect(submitted.append)
    again.open_and_wait(large)
    assert again.document.source.is_whole
    assert len(again.cells) == len(CELLS)
    assert Lane.PYRAMIDS not in {job.lane for job in submitted}


def test_one_that_is_cut_off_says_so_and_stays_to_be_looked_at(start, large):
    large.write_bytes(large.read_bytes()[:-3000])
    hands = start()
    hands.open(large)
    hands.wait_for_problem("large.png is cut off")
    hands.wait(lambda: not builds(hands))
    assert hands.document is not None


def test_without_room_on_the_disk_it_is_coarse_and_says_why(start, large, monkeypatch):
    monkeypatch.setattr("allviewer.imaging.pyramids.store._KEPT_FREE_BYTES", 1 << 60)
    hands = start()
    hands.open(large)
    hands.wait_for_problem("large.png is shown coarsely only")
    assert hands.document is not None


def test_cancelled_it_can_go_on(start, large):
    hands = start()
    job_seen = []
    hands.program.session.runner.started.connect(
        lambda job: job.lane is Lane.PYRAMIDS and not job_seen and (job_seen.append(job), job.cancel())
    )
    hands.open(large)
    hands.wait(lambda: any("was not read to its end" in text for text in hands.notices))
    assert not hands.document.source.is_whole
    next(b for b in hands.program.notices.findChildren(QPushButton) if b.text() == "Go on").click()
    hands.wait_for_rest()
    assert hands.document.source.is_whole
