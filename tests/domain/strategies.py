"""Random masks, cells and regions for the tests of the domain."""

import numpy as np
from hypothesis import strategies as st

from allviewer.domain.cell import Cell, CellState, Origin
from allviewer.domain.geometry import Region
from allviewer.domain.mask import Mask

regions = st.builds(Region, *[st.integers(-30, 30)] * 2, *[st.integers(0, 20)] * 2)

bitmaps = st.builds(
    lambda rows, columns, seed, share: np.random.default_rng(seed).random((rows, columns)) < share,
    st.integers(0, 12),
    st.integers(0, 12),
    st.integers(0, 10_000),
    st.sampled_from([0.05, 0.5, 0.95]),
)
masks = st.builds(Mask, bitmaps, st.integers(-20, 20), st.integers(-20, 20))
full_masks = masks.filter(lambda mask: not mask.is_empty)


@st.composite
def cells(draw, cell_id: int = 1) -> Cell:
    mask = draw(full_masks)
    return Cell(
        id=cell_id,
        mask=mask,
        nucleus=draw(masks) & mask,
        label=draw(st.sampled_from(["blast", "lymphocyte", "red_cell"])),
        origin=Origin.model("net 1.0.0 (00000000)"),
        state=draw(st.sampled_from(CellState)),
        uncertainty=draw(st.floats(0, 1)),
    )


@st.composite
def cell_lists(draw, max_size: int = 5) -> list[Cell]:
    count = draw(st.integers(0, max_size))
    return [draw(cells(cell_id)) for cell_id in range(1, count + 1)]


def pixels(mask: Mask) -> set[tuple[int, int]]:
    """A mask as a plain set of (x, y): the reference that everything is compared with."""
    ys, xs = np.nonzero(mask.bitmap)
    return {(int(x) + mask.region.x, int(y) + mask.region.y) for x, y in zip(xs, ys, strict=True)}
