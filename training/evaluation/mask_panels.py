"""Pictures with drawn and found outlines side by side. They show photographs: for the user's own folder only."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

OUTLINES = {"drawn": "#00d05a", "found": "#ff2bd6"}


@dataclass(frozen=True)
class Panel:
    """One picture (uint8 RGB) with a bool mask of what was drawn and of what was found, and what to say of it."""

    image: NDArray[np.uint8]
    drawn: NDArray[np.bool_]
    found: NDArray[np.bool_]
    title: str


def mask_panels(panels: Sequence[Panel], columns: int = 4) -> Figure:
    """Drawn outlines in green, found ones in pink."""
    columns = min(columns, len(panels))
    rows = -(-len(panels) // columns)
    figure = Figure(figsize=(2.3 * columns, 2.5 * rows), layout="constrained")
    grid = figure.subplots(rows, columns, squeeze=False)
    for axes in grid.flat:
        axes.set_axis_off()
    for axes, panel in zip(grid.flat, panels, strict=False):
        axes.imshow(panel.image)
        axes.set_title(panel.title, fontsize=8)
        for kind, colour in OUTLINES.items():
            mask = getattr(panel, kind)
            if mask.any():
                axes.contour(mask, levels=[0.5], colors=colour, linewidths=1)
    return figure
