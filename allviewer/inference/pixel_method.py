"""Segmentation without a network, as it is handed in: masks of pixels become the same maps that networks give.

The thresholds of a smear are settled once: on all of a photograph, on a sample of a slide. So all patches are cut by
the same rule, and a patch without a white cell is not searched for its own three clusters.
"""

from collections.abc import Callable
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from allviewer.domain.geometry import Region
from allviewer.domain.slide import PixelSource, RgbArray
from allviewer.exchange.model_card import SegmentationSpec
from allviewer.inference.background import may_hold_cells
from allviewer.inference.clock import Clock
from allviewer.inference.instances import MapFrame, Maps
from allviewer.inference.resample import read_scaled
from allviewer.progress import CancelToken

PartMask = NDArray[np.uint8]
Fitted = Callable[[RgbArray, float | None, CancelToken], PartMask]
"""(pixels, micrometres per pixel, cancel) to 0 background, 128 cytoplasm, 255 nucleus."""

UM_PER_PX = 0.2
"""What methods are run at: fine enough for a border, coarse enough to be quick."""
WHOLE_PX = 1536
"""A picture with no side above this (pixels of `UM_PER_PX`) is fitted as a whole."""
SAMPLE_PX = 256
SAMPLE_WINDOWS = 24
"""Windows of a larger one that are looked at, of those that may hold cells."""
_GRID = 12
_USUAL_CELL_UM = 12.0
_USUAL_NUCLEUS_UM = 8.5
_SMALLEST_UM = 2.0
_HALO_PX = 40


class PixelMethod(Protocol):
    """A method with its settings."""

    @property
    def identity(self) -> str:
        """What cells record as their origin."""
        ...

    @property
    def finds_cytoplasm(self) -> bool: ...

    def fit(self, rgb: RgbArray, cancel: CancelToken) -> Fitted:
        """Settle its thresholds by these pixels."""
        ...


def spec_of(method: PixelMethod) -> SegmentationSpec:
    """How its maps are to be read; what finds nuclei alone finds smaller things."""
    usual_um = _USUAL_CELL_UM if method.finds_cytoplasm else _USUAL_NUCLEUS_UM
    return SegmentationSpec(
        mpp=UM_PER_PX,
        cell_diameter_px=usual_um / UM_PER_PX,
        multiple_of=1,
        halo_px=_HALO_PX,
        channels=("background", "cytoplasm", "nucleus"),
        min_diameter_px=_SMALLEST_UM / UM_PER_PX,
    )


class MethodSegmenter:
    """A method in the place of a network: one image, one fit."""

    def __init__(self, method: PixelMethod, cancel: CancelToken, clock: Clock) -> None:
        self.spec = spec_of(method)
        self._method, self._cancel, self._clock = method, cancel, clock
        self._fitted: Fitted | None = None

    def maps_of(self, rgb: RgbArray) -> Maps:
        """Maps of a picture of its own: (channels, height, width)."""
        with self._clock.stage("segmentation"):
            return _as_maps(self._method.fit(rgb, self._cancel)(rgb, UM_PER_PX, self._cancel))

    def maps_in(self, source: PixelSource, region: Region, step: float) -> tuple[Maps, MapFrame]:
        """Maps of a level-0 region at `step` level-0 pixels per map pixel, and where they lie."""
        if self._fitted is None:
            with self._clock.stage("fitting"):
                self._fitted = self._method.fit(sample_of(source, step, self._cancel), self._cancel)
        with self._clock.stage("reading"):
            rgb, frame = read_scaled(source, region, step)
        with self._clock.stage("segmentation"):
            return _as_maps(self._fitted(rgb, UM_PER_PX, self._cancel)), frame


def sample_of(source: PixelSource, step: float, cancel: CancelToken) -> RgbArray:
    """Pixels that stand for an image, at `step` level-0 pixels per pixel: all of it, or windows of it side by side.

    The windows lie on an even grid; those without anything as dark as chromatin are left out, unless none has it.
    """
    info = source.info
    if max(info.width, info.height) <= WHOLE_PX * step:
        return read_scaled(source, info.bounds, step)[0]
    side = round(SAMPLE_PX * step)
    windows = [
        Region((info.width - side) * column // (_GRID - 1), (info.height - side) * row // (_GRID - 1), side, side)
        for row in range(_GRID)
        for column in range(_GRID)
    ]
    windows = [window.intersection(info.bounds) for window in windows]
    likely = []
    for window in windows:
        cancel.check()
        if may_hold_cells(source, window, UM_PER_PX, step):
            likely.append(window)
    chosen = likely or windows
    picked = [chosen[index] for index in np.linspace(0, len(chosen) - 1, SAMPLE_WINDOWS).round().astype(int)]
    pieces = []
    for window in dict.fromkeys(picked):
        cancel.check()
        pieces.append(read_scaled(source, window, step)[0].reshape(-1, 3))
    return np.concatenate(pieces)[None]


def _as_maps(parts: PartMask) -> Maps:
    nucleus, cytoplasm = parts == 255, parts == 128
    return np.stack([~(nucleus | cytoplasm), cytoplasm, nucleus]).astype(np.float32)
