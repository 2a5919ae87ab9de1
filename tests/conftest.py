"""Fixtures that every test may use."""

import os
from pathlib import Path

import pytest
from hypothesis import settings

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

# a busy machine is no failure: how long a test takes is told by pytest-timeout alone
settings.register_profile("house", deadline=None)
settings.load_profile("house")

_ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def data_dir() -> Path:
    """The folder of real smears; the test is skipped, saying so, where it is absent."""
    named = os.environ.get("ALLVIEWER_DATA")
    folder = Path(named) if named else _ROOT.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("no real smears here: set ALLVIEWER_DATA to the data folder")
    return folder
