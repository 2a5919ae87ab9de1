"""Freeze the viewer into one folder, `dist/allviewer`, and let the frozen program test itself.

python packaging/build.py [--check] [--only-check]
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "dist" / "allviewer"
CHECK_TIMEOUT_S = 600


def build() -> None:
    """Run PyInstaller over the spec."""
    started = time.monotonic()
    command = [sys.executable, "-m", "PyInstaller", "--noconfirm", "--clean", "--log-level", "WARN"]
    folders = ["--distpath", str(ROOT / "dist"), "--workpath", str(ROOT / "build")]
    # without the project folder in front: `packaging` is also the name of a package that PyInstaller needs
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    subprocess.run([*command, *folders, str(ROOT / "packaging" / "allviewer.spec")], check=True, env=environment)
    size_bytes = sum(path.stat().st_size for path in FOLDER.rglob("*") if path.is_file() and not path.is_symlink())
    print(f"Built {FOLDER}: {size_bytes / 1e6:.0f} MB in {time.monotonic() - started:.0f} s")


def largest(count: int = 12) -> None:
    """Print what takes the most room."""
    sizes = {entry: _size(entry) for entry in (FOLDER / "_internal").iterdir()}
    for entry, size_bytes in sorted(sizes.items(), key=lambda item: -item[1])[:count]:
        print(f"  {size_bytes / 1e6:7.1f} MB  {entry.name}")


def _size(entry: Path) -> int:
    files = entry.rglob("*") if entry.is_dir() else [entry]
    return sum(path.stat().st_size for path in files if path.is_file() and not path.is_symlink())


def check() -> int:
    """Run the frozen program's self-test, as on a machine that has nothing of ours: no Python path, empty home."""
    program = FOLDER / ("allviewer.exe" if os.name == "nt" else "allviewer")
    command = [str(program), "--self-test"]
    if sys.platform.startswith("linux") and not os.environ.get("DISPLAY"):
        if shutil.which("xvfb-run"):
            command = ["xvfb-run", "-a", "-s", "-screen 0 1600x1000x24", *command]
        else:
            os.environ["QT_QPA_PLATFORM"] = "offscreen"
    with tempfile.TemporaryDirectory() as home:
        environment = os.environ | {"HOME": home, "XDG_CONFIG_HOME": f"{home}/config", "XDG_DATA_HOME": f"{home}/data"}
        for name in ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV"):
            environment.pop(name, None)
        started = time.monotonic()
        code = subprocess.run(command, check=False, cwd=home, env=environment, timeout=CHECK_TIMEOUT_S).returncode
    print(f"Self-test of the frozen program: {'passed' if code == 0 else f'failed with {code}'}"
          f" in {time.monotonic() - started:.1f} s")  # fmt: skip
    return code


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="run the frozen program's self-test afterwards")
    parser.add_argument("--only-check", action="store_true", help="do not build, only run the self-test")
    arguments = parser.parse_args()
    if not arguments.only_check:
        build()
        largest()
    return check() if arguments.check or arguments.only_check else 0


if __name__ == "__main__":
    sys.exit(main())
