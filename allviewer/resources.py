"""Where the files that ship with the program lie, in a checkout, an installation and a frozen build."""

import sys
from pathlib import Path


def resources_dir() -> Path:
    """The folder `resources` (models, demonstration smear, icons, class sets)."""
    frozen_root = getattr(sys, "_MEIPASS", None)
    root = Path(frozen_root) if frozen_root else Path(__file__).resolve().parent.parent
    return root / "resources"
