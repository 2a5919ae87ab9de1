"""A small table of drawn cells."""

import pytest

from tests.training.classification.drawn import synthetic_cells
from training.classification.cells import CellTable, cut_all
from training.classification.classes import crop_spec


@pytest.fixture(scope="session")
def table() -> CellTable:
    return cut_all(synthetic_cells(120), crop_spec())
