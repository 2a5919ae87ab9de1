"""`make bench`: print all figures."""

import os
import sys
import tempfile
from pathlib import Path

from tests.benchmarks import drawing, history, networks, painting, reading, startup
from tests.benchmarks.measure import show

if not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")) and sys.platform.startswith("linux"):
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

with tempfile.TemporaryDirectory() as folder:
    for part in (startup, reading, drawing, history, painting, networks):
        show(part.figures(Path(folder)))
        print()
