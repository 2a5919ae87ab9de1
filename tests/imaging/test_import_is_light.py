"""Importing the openers loads none of the libraries they use."""

import subprocess
import sys


def test_no_library_is_loaded_before_a_file_is_opened():
    code = (
        "import sys, allviewer.imaging.openers, allviewer.imaging.outlines, allviewer.memory.tile_cache;"
        "print([name for name in ('openslide', 'tifffile', 'zarr', 'PIL', 'cv2', 'imagecodecs') if name in sys.modules])"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"
