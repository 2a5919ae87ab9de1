"""Pictures that hold one cell already cut out on exact black, as C-NMC publishes them."""

import numpy as np

from allviewer.domain.mask import Mask
from allviewer.domain.slide import RgbArray
from allviewer.inference.instances import largest_piece, without_holes

CUT_OUT_UM_PER_PX = 0.05
"""Of C-NMC 2019 pictures (450 px a side): what their cells' sizes in the literature suggest; no file says it."""
CUT_OUT_MAX_PX = 2048
"""A larger picture is a field or a slide."""
_MIN_BLACK_SHARE = 0.25
_MIN_BLACK_BORDER = 0.9
_CELL_UM = (5.0, 30.0)


def cut_out_cell(rgb: RgbArray) -> Mask | None:
    """The whole cell of a cut-out picture (all that is not black, small holes filled), or None if it is none.

    A picture is a cut-out if a quarter of it and nearly all its border are exactly (0, 0, 0).
    """
    black = rgb.max(axis=2) == 0
    border = np.concatenate([black[0], black[-1], black[:, 0], black[:, -1]])
    if black.mean() < _MIN_BLACK_SHARE or border.mean() < _MIN_BLACK_BORDER or black.all():
        return None
    cell = without_holes(largest_piece(~black))
    return Mask(cell)


def cut_out_um_per_px(cell: Mask, usual_diameter_um: float) -> float:
    """The scale of a cut-out: that of C-NMC where it makes a cell of sane size, else that of a usual cell."""
    diameter_px = 2 * float(np.sqrt(cell.area_px / np.pi))
    if _CELL_UM[0] <= diameter_px * CUT_OUT_UM_PER_PX <= _CELL_UM[1]:
        return CUT_OUT_UM_PER_PX
    return usual_diameter_um / diameter_px
