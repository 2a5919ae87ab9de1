"""The frozen program tests itself. Build it first: `make build`."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.mark.frozen
def test_the_frozen_program_passes_its_self_test():
    if not (ROOT / "dist" / "allviewer").is_dir():
        pytest.skip("there is no frozen build in dist: run `make build`")
    subprocess.run([sys.executable, "packaging/build.py", "--only-check"], check=True, cwd=ROOT)
