"""The program as a process: a picture of its window, its self-test, and a polite end."""

import contextlib
import os
import signal
import subprocess
import sys

import pytest
from PIL import Image

from allviewer.resources import resources_dir
from allviewer.storage.case_file import CaseFile

pytestmark = pytest.mark.skipif(
    not list((resources_dir() / "models").glob("*/card.json")), reason="no network ships with this checkout"
)


def allviewer(*arguments, home, **options):
    environment = os.environ | {"ALLVIEWER_HOME": str(home), "QT_QPA_PLATFORM": "offscreen"}
    return subprocess.Popen(
        [sys.executable, "-m", "allviewer", *map(str, arguments)],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        **options,
    )


@pytest.mark.slow
def test_a_picture_of_the_whole_window(tmp_path):
    picture = tmp_path / "new folder" / "window.png"
    process = allviewer("--screenshot", picture, home=tmp_path)
    _, errors = process.communicate(timeout=250)
    assert process.returncode == 0, errors
    with Image.open(picture) as image:
        assert image.size == (1440, 900)
        assert len(image.convert("RGB").getcolors(1 << 24)) > 1000


def test_a_picture_of_a_file_that_is_no_image_says_why(tmp_path):
    bad = tmp_path / "bad.png"
    bad.write_bytes(b"nothing")
    process = allviewer("--screenshot", tmp_path / "window.png", bad, home=tmp_path)
    _, errors = process.communicate(timeout=120)
    assert process.returncode == 1
    assert "bad.png is not an image" in errors
    assert "Traceback" not in errors


@pytest.mark.slow
def test_the_self_test(tmp_path):
    process = allviewer("--self-test", home=tmp_path)
    words, errors = process.communicate(timeout=280)
    assert process.returncode == 0, words + errors
    assert "Self-test passed." in words


@pytest.mark.skipif(sys.platform == "win32", reason="signals of this kind are not known there")
def test_ctrl_c_closes_the_window_and_the_case(tmp_path):
    image = tmp_path / "smear.png"
    Image.new("RGB", (80, 60), "pink").save(image)
    process = allviewer(image, home=tmp_path / "home")
    unsaved = tmp_path / "home" / "data" / "unsaved"
    while not (unsaved.is_dir() and list(unsaved.glob("*.allcase"))):
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(0.1)
            pytest.fail(process.stderr.read())
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 0, errors
    with CaseFile.open(next(iter(unsaved.glob("*.allcase")))) as case:
        assert not case.notices  # nothing to recover: it was closed properly


def test_a_picture_that_cannot_be_written_is_refused_in_words(tmp_path):
    (tmp_path / "file").write_bytes(b"")
    process = allviewer("--screenshot", tmp_path / "file" / "window.png", home=tmp_path)
    _, errors = process.communicate(timeout=120)
    assert process.returncode == 1
    assert "is a file, not a folder" in errors
    assert "Traceback" not in errors


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has file names that are no text")
def test_a_file_name_that_is_no_text_is_refused_in_words(tmp_path):
    odd = tmp_path / os.fsdecode(b"bad\xff.png")
    odd.write_bytes(b"")
    process = allviewer("--screenshot", tmp_path / "window.png", odd, home=tmp_path)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "not valid text" in errors
