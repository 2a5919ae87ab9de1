"""Counting the cells of one image for the image list."""

from collections.abc import Iterable

from allviewer.domain.cell import Cell
from allviewer.session.workspace import Tally


def tally_of(cells: Iterable[Cell]) -> Tally:
    """Number of cells, of those labelled blast, and of those a person vouches for."""
    total = blasts = touched = 0
    for cell in cells:
        total += 1
        blasts += cell.label == "blast"
        touched += cell.is_touched
    return Tally(total, blasts, touched)
