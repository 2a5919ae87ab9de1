"""Make sure that the system libraries of Qt are there: install them with apt where that is allowed, else name them.

    python packaging/system_libraries.py [--tests]

Needs nothing but the standard library. Always ends with 0: what is missing is told, and the program may still run.
"""

import ctypes
import os
import shutil
import subprocess
import sys
from pathlib import Path

LIBRARIES = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libfontconfig.so.1": "libfontconfig1",
    "libfreetype.so.6": "libfreetype6",
    "libdbus-1.so.3": "libdbus-1-3",
    "libX11.so.6": "libx11-6",
    "libX11-xcb.so.1": "libx11-xcb1",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-sync.so.1": "libxcb-sync1",
    "libxcb-util.so.1": "libxcb-util1",
    "libxcb-xfixes.so.0": "libxcb-xfixes0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
}
TEST_PROGRAMS = {"Xvfb": "xvfb", "xdotool": "xdotool", "openbox": "openbox"}
FONT_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", "~/.fonts", "~/.local/share/fonts")
FONT_PACKAGE = "fonts-dejavu-core"


def missing_packages(for_tests: bool) -> list[str]:
    """Debian packages of what cannot be found here."""
    missing = [package for library, package in LIBRARIES.items() if not _loads(library)]
    if not any(True for folder in FONT_FOLDERS for _ in Path(folder).expanduser().rglob("*.[to]tf")):
        missing.append(FONT_PACKAGE)
    if for_tests:
        missing += [package for program, package in TEST_PROGRAMS.items() if shutil.which(program) is None]
    return missing


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def _apt() -> list[str] | None:
    """The apt command that may be used without asking for a password, or None."""
    if shutil.which("apt-get") is None:
        return None
    if os.geteuid() == 0:
        return ["apt-get"]
    if shutil.which("sudo") and _succeeds(["sudo", "-n", "true"]):
        return ["sudo", "-n", "apt-get"]
    return None


def _succeeds(command: list[str]) -> bool:
    """Run it with its errors shown; what came of it is looked at afterwards."""
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    return subprocess.run(command, check=False, env=environment, stdout=subprocess.DEVNULL).returncode == 0


def main() -> int:
    if not sys.platform.startswith("linux"):
        return 0
    for_tests = "--tests" in sys.argv[1:]
    missing = missing_packages(for_tests)
    apt = _apt()
    if missing and apt is not None:
        print(f"Installing system packages: {' '.join(missing)}", flush=True)
        _succeeds([*apt, "update", "-qq"])
        _succeeds([*apt, "install", "-y", "-qq", "--no-install-recommends", *missing])
        missing = missing_packages(for_tests)
    if missing:
        print("These system packages (Debian names) are missing and could not be installed here; please install them:")
        print(f"  {' '.join(missing)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
