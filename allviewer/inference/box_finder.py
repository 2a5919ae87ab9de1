"""The detection network on images of any size."""

import numpy as np
from numpy.typing import NDArray

from allviewer.domain.boxes import Boxes, joined
from allviewer.domain.geometry import Region
from allviewer.domain.slide import PixelSource, RgbArray
from allviewer.errors import PackError
from allviewer.exchange.model_card import DetectionSpec
from allviewer.inference.boxes import boxes_of, without_doubles
from allviewer.inference.clock import Clock
from allviewer.inference.installed_pack import InstalledPack
from allviewer.inference.instances import MapFrame
from allviewer.inference.onnx_session import OnnxSession
from allviewer.inference.patches import Patch, plan_patches
from allviewer.inference.resample import read_scaled
from allviewer.progress import CancelToken

NOTHING = 128
BLANK_SPREAD = 6
"""Grey levels of 255; the palest red cell differs from glass by more."""


class BoxFinder:
    """A session with its card, the token that stops it, and the clock that counts it."""

    def __init__(self, session: OnnxSession, cancel: CancelToken, clock: Clock) -> None:
        self.spec = detection_spec(session.pack)
        self.identity = session.pack.card.identity
        self._session, self._cancel, self._clock = session, cancel, clock

    def maps_of(self, rgb: RgbArray) -> NDArray[np.float32]:
        """Maps of a picture: (kinds + 4, h, w), one place for `stride` pixels."""
        height, width = rgb.shape[:2]
        step = self.spec.multiple_of
        # beyond the edge the grey that the network itself takes for nothing: a mirrored half would look like a cell
        batch = np.pad(rgb, ((0, -height % step), (0, -width % step), (0, 0)), constant_values=NOTHING)[None]
        with self._clock.stage("detection"):
            maps: NDArray[np.float32] = self._session.run(batch, self._cancel)[0]
        stride = self.spec.stride
        return maps[:, : -(-height // stride), : -(-width // stride)]

    def boxes_in(self, rgb: RgbArray, frame: MapFrame, thresholds: tuple[float, ...] | None = None) -> Boxes:
        """The boxes of a picture that lies there, in level-0 pixels, none beyond its edge."""
        found = boxes_of(self.maps_of(rgb), self.spec, frame, thresholds)
        height, width = rgb.shape[:2]
        first = np.array([frame.x, frame.y] * 2, np.float32)
        last = first + np.array([width * frame.step_x, height * frame.step_y] * 2, np.float32)
        inside = Boxes(np.clip(found.edges, first, last), found.kinds, found.scores)
        return inside.where(inside.sides.min(axis=1, initial=np.inf) > 0)

    def find(
        self,
        source: PixelSource,
        area: Region,
        step: float,
        thresholds: tuple[float, ...] | None = None,
    ) -> Boxes:
        """All boxes whose middle lies in a level-0 area, at `step` level-0 pixels per pixel of the network."""
        patch_px, margin_px = round(self.spec.patch_px * step), round(self.spec.halo_px * step)
        patches = plan_patches(area, source.info.bounds, patch_px, margin_px, patch_px)
        parts = [self.find_in(source, patch, area, step, thresholds) for patch in patches]
        return without_doubles(joined(parts), self.spec.overlap) if len(parts) > 1 else joined(parts)

    def find_in(
        self,
        source: PixelSource,
        patch: Patch,
        area: Region,
        step: float,
        thresholds: tuple[float, ...] | None = None,
    ) -> Boxes:
        """The boxes of one patch. Two patches may put a middle on different sides of their seam: both may claim it."""
        self._cancel.check()
        with self._clock.stage("reading"):
            rgb, frame = read_scaled(source, patch.box, step)
        if is_blank(rgb):
            return Boxes.none()
        found = self.boxes_in(rgb, frame, thresholds)
        x, y = found.centres.T
        own = patch.core.expanded(round(2 * self.spec.stride * step)).intersection(area)
        return found.where((x >= own.x) & (x < own.right) & (y >= own.y) & (y < own.bottom))


def is_blank(rgb: RgbArray) -> bool:
    """Whether there is nothing but glass: no channel differs by more than `BLANK_SPREAD`."""
    return bool((rgb.reshape(-1, 3).max(axis=0).astype(int) - rgb.reshape(-1, 3).min(axis=0) <= BLANK_SPREAD).all())


def detection_spec(pack: InstalledPack) -> DetectionSpec:
    """How to use a detection pack. Raises `PackError` for a pack of another task."""
    if not isinstance(pack.card.spec, DetectionSpec):
        raise PackError(
            f"The pack '{pack.card.name}' is for {pack.card.task}; it cannot count cells.", "Choose another."
        )
    return pack.card.spec
