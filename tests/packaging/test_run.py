"""`make run` finds what it opens."""

import importlib.util
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_without_a_path_the_demonstration_smear_is_opened(monkeypatch):
    spec = importlib.util.spec_from_file_location("run", ROOT / "packaging" / "run.py")
    run = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(run)
    monkeypatch.setattr(sys, "path", list(sys.path))
    assert run.demonstration().name == "demonstration.png"
