"""Small cells and cases for the tests of storage."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from allviewer.domain.cell import Cell, Origin
from allviewer.domain.mask import Mask
from allviewer.storage.case_file import CaseFile
from allviewer.storage.case_records import ImageRecord


@pytest.fixture
def make_cell() -> Callable[..., Cell]:
    """A round cell of a model with a round nucleus: `make_cell(7, x=100, y=50, radius=12)`."""

    def make(
        cell_id: int = 1, x: int = 0, y: int = 0, radius: int = 10, label: str = "blast", **changes: object
    ) -> Cell:
        yy, xx = np.mgrid[-radius : radius + 1, -radius : radius + 1]
        disc = xx**2 + yy**2 <= radius**2
        core = xx**2 + yy**2 <= (radius * 0.6) ** 2
        values = {
            "label": label,
            "origin": Origin.model("smear-net 1.0.0 (0a1b2c3d)"),
            "probabilities": (("blast", 0.75), ("lymphocyte", 0.25)),
            "uncertainty": 0.4,
        } | changes
        return Cell(cell_id, Mask(disc, x, y), Mask(core, x, y), **values)

    return make


@pytest.fixture
def image_record(tmp_path: Path) -> ImageRecord:
    return ImageRecord(tmp_path / "smear.png", "ab" * 32, 1234, 640, 480)


@pytest.fixture
def case(tmp_path: Path):
    with CaseFile.create(tmp_path / "ward.allcase") as opened:
        yield opened
