"""What is left behind when something unexpected happens."""

import subprocess
import sys
import threading

from allviewer.diagnostics import FAULT_FILE, Diagnostics


def test_an_unexpected_error_is_logged_and_shown_once(tmp_path):
    shown = []
    diagnostics = Diagnostics(tmp_path / "log")
    diagnostics.start(shown.append)
    try:
        for _ in range(3):
            try:
                raise RuntimeError("boom")
            except RuntimeError:
                sys.excepthook(*sys.exc_info())
    finally:
        diagnostics.stop()
    assert len(shown) == 1
    assert "RuntimeError: boom" in shown[0]
    assert "allviewer" in shown[0]
    assert diagnostics.log_file.read_text().count("RuntimeError: boom") == 3


def test_errors_of_threads_are_shown_too(tmp_path):
    shown = []
    diagnostics = Diagnostics(tmp_path / "log")
    diagnostics.start(shown.append)
    try:
        thread = threading.Thread(target=lambda: 1 / 0)
        thread.start()
        thread.join()
    finally:
        diagnostics.stop()
    assert "ZeroDivisionError" in shown[0]


def test_a_hard_crash_is_told_at_the_next_start(tmp_path):
    code = (
        "import os, sys; from pathlib import Path; from allviewer.diagnostics import Diagnostics;"
        "d = Diagnostics(Path(sys.argv[1])); d.start(print); os.abort()"
    )
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=False, capture_output=True)
    diagnostics = Diagnostics(tmp_path)
    diagnostics.start(lambda report: None)
    diagnostics.stop()
    assert "Aborted" in diagnostics.last_crash
    assert not (tmp_path / FAULT_FILE).exists()


def test_a_proper_end_leaves_nothing_to_tell(tmp_path):
    for _ in range(2):
        diagnostics = Diagnostics(tmp_path)
        diagnostics.start(lambda report: None)
        diagnostics.stop()
    assert diagnostics.last_crash == ""
