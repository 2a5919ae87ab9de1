"""Which page of a TIFF holds which level, focal plane and channel of the picture."""

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from allviewer.errors import ImageError
from allviewer.imaging.pyramid_levels import coarser_levels

if TYPE_CHECKING:
    from tifffile import TiffFile

_DEPTH, _PAGES_IN_A_ROW = "Z", "IQ"
"""tifffile's names for focal planes, and for pages of one size of which the file says nothing more."""


class TiffSeries:
    """The largest image of a file.

    Attributes:
        plane_count: focal planes.
        opening_plane: the middle one of a focal stack, the first of pages in a row.
        channel_count: pages that make up one picture.

    Raises:
        ImageError: there is no image in the file.
    """

    def __init__(self, tif: "TiffFile", name: str) -> None:
        if not tif.series:
            raise ImageError(f"{name} holds no image.")
        series = max(tif.series, key=lambda one: math.prod(_extent(one)))
        self.kind: str = series.kind
        self.keyframe: Any = series.keyframe
        self._name = name
        self._levels = _consistent_levels(series)
        self._sizes = _leading_sizes(series)
        if math.prod(self._sizes.values()) != len(series.pages):
            self._sizes = {}
        self._plane_axis = next((axis for axis in _DEPTH + _PAGES_IN_A_ROW if self._sizes.get(axis, 1) > 1), "")
        self.plane_count = self._sizes.get(self._plane_axis, 1)
        self.opening_plane = self.plane_count // 2 if self._plane_axis == _DEPTH else 0
        self.channel_count = self._sizes.get("C", 1)

    @property
    def level_count(self) -> int:
        return len(self._levels)

    def page(self, level: int, plane: int, channel: int) -> Any:
        """The `TiffPage` or `TiffFrame`; of time points and other dimensions the first. It may be read from the file.

        Raises:
            ImageError: the page lies in another file.
        """
        wanted = {"C": channel, self._plane_axis: plane}
        position = tuple(wanted.get(axis, 0) for axis in self._sizes)
        index = int(np.ravel_multi_index(position, tuple(self._sizes.values()))) if position else 0
        page = self._levels[level].pages[index]
        if page is None:
            raise ImageError(f"{self._name} cannot be shown: some of its pixels lie in other files.")
        return page


def _extent(level: Any) -> tuple[int, int]:
    """(width, height) of a tifffile series or level."""
    return level.shape[level.axes.index("X")], level.shape[level.axes.index("Y")]


def _leading_sizes(level: Any) -> dict[str, int]:
    return {axis: size for axis, size in zip(level.axes, level.shape, strict=True) if axis not in "YXS"}


def _layout(level: Any) -> tuple[list[int], list[str]]:
    """Sizes of the leading axes, whose letters differ between levels at times, and the axes within a page."""
    return list(_leading_sizes(level).values()), [axis for axis in level.axes if axis in "YXS"]


def _consistent_levels(series: Any) -> list[Any]:
    """The levels that are smaller pictures of the first, with the same kind of values, planes and channels."""
    alike = [
        level
        for level in series.levels
        if _layout(level) == _layout(series) and level.dtype == series.dtype and len(level.pages) == len(series.pages)
    ]
    return [alike[index] for index in coarser_levels([_extent(level) for level in alike])]
