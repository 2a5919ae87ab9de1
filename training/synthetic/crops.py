"""Random training crops, drawn quickly: cells are reused, stain, optics and place are new for every crop."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from allviewer.domain.geometry import Region
from training.synthetic.blocks import BLOCK_UM
from training.synthetic.layout import Layout
from training.synthetic.smear import Smear, SmearRenderer
from training.synthetic.spec import WHITE_CLASSES, SmearSpec
from training.synthetic.stains import random_optics, random_stain

_PLANE_BLOCKS = 12


def random_crops(
    count: int,
    size_px: int,
    mpp: float = 0.1,
    seed: int = 0,
    spec: SmearSpec | None = None,
    white_share: float = 0.9,
) -> Iterator[Smear]:
    """Yield `count` square crops with truth of white cells only.

    Args:
        size_px: side of a crop.
        mpp: micrometres per pixel of all crops.
        seed: the same seed gives the same crops.
        spec: densities and shares of the cells; its size, scale and seed are not used.
        white_share: part of the crops that show a white cell for certain.
    """
    base = replace(spec or SmearSpec(variants=96, white_cells_per_mm2=2000, cluster_fraction=0.3), mpp=mpp, seed=seed)
    base = replace(base, width=size_px, height=size_px)
    shared = SmearRenderer(base)
    rng = np.random.default_rng((seed, 80))
    for _ in range(count):
        region = _place(rng, shared.layout, base, white_share)
        own = replace(base, stain=random_stain(rng), optics=random_optics(rng))
        yield SmearRenderer(own, shared, _field_about(rng, region)).render(region, quick=True).only_white()


def _place(rng: np.random.Generator, layout: Layout, spec: SmearSpec, white_share: float) -> Region:
    """A crop somewhere on the plane, mostly about a white cell, which then lies anywhere in it."""
    side = spec.width
    column, row = (int(i) for i in rng.integers(_PLANE_BLOCKS, size=2))
    middle = (np.array((column, row)) + rng.random(2)) * BLOCK_UM / spec.mpp
    if rng.random() < white_share:
        cells = layout.cells_of_block(column, row)
        whites = cells[cells["kind"] < len(WHITE_CLASSES)]
        if len(whites):
            chosen = whites[int(rng.integers(len(whites)))]
            middle = np.array((chosen["x"], chosen["y"])) / spec.mpp + rng.uniform(-0.35, 0.35, 2) * side
    return Region(int(middle[0]) - side // 2, int(middle[1]) - side // 2, side, side)


def _field_about(rng: np.random.Generator, crop: Region) -> Region:
    """A camera field of five crops a side that holds the crop anywhere."""
    left, top = (int(part) for part in rng.integers(4 * crop.width + 1, size=2))
    return Region(crop.x - left, crop.y - top, 5 * crop.width, 5 * crop.height)
