"""From the command to a painted window, against a bare Qt window."""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.benchmarks.measure import Figure

REPEATS = 5
BARE = """
import sys
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QWidget
class Window(QWidget):
    def paintEvent(self, event):
        QTimer.singleShot(0, lambda: (print("painted", flush=True), QApplication.exit(0)))
app = QApplication([])
window = Window()
window.resize(1200, 800)
window.show()
app.exec()
"""


def figures(folder: Path) -> list[Figure]:
    import cv2
    import numpy as np

    image = folder / "small.png"
    cv2.imwrite(str(image), np.full((480, 640, 3), 220, dtype=np.uint8))
    floor_ms = _painted_ms([sys.executable, "-c", BARE])
    probe = [sys.executable, "-m", "tests.benchmarks.startup_probe"]
    return [
        Figure("start to a painted window", _painted_ms(probe), floor_ms, "a bare Qt window"),
        Figure("the same with an image", _painted_ms([*probe, str(image)]), floor_ms, "a bare Qt window"),
    ]


def _painted_ms(command: list[str]) -> float:
    _once_ms(command)  # fills the disk cache and writes the compiled modules
    return statistics.median(_once_ms(command) for _ in range(REPEATS))


def _once_ms(command: list[str]) -> float:
    with tempfile.TemporaryDirectory() as home:
        environment = os.environ | {"HOME": home, "XDG_CONFIG_HOME": home, "XDG_DATA_HOME": home}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        started = time.perf_counter()
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)
        assert process.stdout is not None
        painted = any(line.strip() == "painted" for line in process.stdout)
        elapsed_ms = (time.perf_counter() - started) * 1000
        process.communicate(timeout=60)
    if not painted:
        raise RuntimeError(f"no window was painted by: {' '.join(command[:3])}")
    return elapsed_ms
