"""Counting the cells of one image for the image list."""

from allviewer.domain.annotations import Tally
from allviewer.domain.cell import CellState
from allviewer.storage.case_records import CellTally


def tally_of(tally: Tally) -> CellTally:
    """Number of cells, of those labelled blast, and of those a person vouches for."""
    blasts = sum(number for (label, _), number in tally.items() if label == "blast")
    touched = sum(number for (_, state), number in tally.items() if state is not CellState.PROPOSED)
    return CellTally(sum(tally.values()), blasts, touched)
