"""The two tools that outline from clicks, as the viewer runs them, on a picture in memory."""

from collections.abc import Callable
from typing import Literal

import numpy as np

from allviewer.classical.region_growing import grown, seed_at, steady_threshold
from allviewer.domain.geometry import Region
from allviewer.domain.slide import Level, SlideInfo
from allviewer.imaging.array_source import ArraySource
from allviewer.inference.click_looker import ClickLooker
from allviewer.inference.clicks import Click, ClickGround
from allviewer.inference.installed_pack import InstalledPack
from allviewer.progress import CancelToken
from training.clicks.simulate import Bitmap, Outline, PlacedClick
from training.datasets.sample import Sample

Part = Literal["cytoplasm", "nucleus"]
Tool = Callable[[Sample, Part], Outline]
_GROW_UM = 36.0
"""Side of what click-to-grow reads around a click, as in the window."""


def one_click(pack: InstalledPack, threads: int) -> Tool:
    """The segmentation network looks around the first click; the others bend its map."""
    looker = ClickLooker(threads)

    def tool(sample: Sample, part: Part) -> Outline:
        height, width = sample.parts.shape
        source = ArraySource(sample.image, SlideInfo((Level(width, height, 1.0),)))
        grounds: list[ClickGround] = []

        def outline(placed: list[PlacedClick]) -> Bitmap:
            clicks = [Click(c.column + 0.5, c.row + 0.5, c.is_inside, part) for c in placed]
            if not grounds:
                grounds.append(looker.ground(pack, source, sample.name, clicks[0], sample.mpp, CancelToken()))
            found = grounds[0].outline(clicks)
            return (found.nucleus if part == "nucleus" else found.mask).within(Region(0, 0, width, height))

        return outline

    return tool


def click_to_grow() -> Tool:
    """A region of like colour grows from every click, at its steadiest threshold, and is added or taken away.

    Nobody turns the wheel: what the tool does by itself is measured.
    """

    def tool(sample: Sample, part: Part) -> Outline:
        found = np.zeros(sample.parts.shape, bool)

        def outline(placed: list[PlacedClick]) -> Bitmap:
            click, side = placed[-1], round(_GROW_UM / sample.mpp)
            left, top = max(0, click.column - side // 2), max(0, click.row - side // 2)
            at = np.s_[top : top + side, left : left + side]
            seed = seed_at(sample.image[at], click.column - left, click.row - top)
            region = grown(seed, steady_threshold(seed))
            found[at] = found[at] | region if click.is_inside else found[at] & ~region
            return found.copy()

        return outline

    return tool
