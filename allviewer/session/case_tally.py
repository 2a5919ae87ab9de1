"""Counting the cells of one image for the image list."""

from collections.abc import Iterable

from allviewer.domain.cell import Cell
from allviewer.storage.case_records import CellTally


def tally_of(cells: Iterable[Cell]) -> CellTally:
    """Number of cells, of those labelled blast, and of those a person vouches for."""
    total = blasts = touched = 0
    for cell in cells:
        total += 1
        blasts += cell.label == "blast"
        touched += cell.is_touched
    return CellTally(total, blasts, touched)
