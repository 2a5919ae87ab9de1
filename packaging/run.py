"""What `make run` does: open the program, or where there is no display do the same work without one.

    python packaging/run.py [PATH]

Without PATH the bundled demonstration smear is used.
"""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OUT = ROOT / "out"


def has_display() -> bool:
    """Whether a window can really be opened: a named display may be out of reach."""
    if not sys.platform.startswith("linux"):
        return True
    if not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        return False
    if os.environ.get("QT_QPA_PLATFORM") in ("offscreen", "minimal"):
        return False
    probe = "from PySide6.QtGui import QGuiApplication; QGuiApplication([])"
    return subprocess.run([sys.executable, "-c", probe], check=False, capture_output=True).returncode == 0


def allviewer(*arguments: str, headless: bool = False) -> int:
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    if headless:
        environment["QT_QPA_PLATFORM"] = "offscreen"
    return subprocess.run([sys.executable, "-m", "allviewer", *arguments], check=False, env=environment).returncode


def demonstration() -> Path:
    """The bundled smear."""
    sys.path.insert(0, str(ROOT))
    from allviewer.imaging.find_images import find_images
    from allviewer.resources import resources_dir

    return find_images([resources_dir() / "demo"])[0]


def main() -> int:
    path = Path(sys.argv[1]).expanduser().resolve() if sys.argv[1:] and sys.argv[1] else demonstration()
    if has_display():
        return allviewer(str(path))
    print("There is no display here: the smear is analysed without a window.", flush=True)
    code = allviewer("analyze", str(path), "--out", str(OUT))
    picture = OUT / "window.png"
    code = allviewer("--screenshot", str(picture), str(path), headless=True) or code
    print(f"Results: {OUT}")
    print(f"The window as it would look: {picture}")
    return code


if __name__ == "__main__":
    sys.exit(main())
