"""Importing the program loads nothing heavy: that waits until it is needed."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
HEAVY = ("torch", "onnxruntime", "openslide", "tifffile", "imagecodecs", "skimage", "lightning", "monai", "sklearn")


@pytest.mark.parametrize("module", ["allviewer.cli", "allviewer.app"])
def test_importing_loads_nothing_heavy(module):
    code = f"import sys, {module}; print(sorted(set({HEAVY!r}) & set(sys.modules)))"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert result.stdout.strip() == "[]"
