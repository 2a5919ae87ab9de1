"""The segmentation network on pictures of any size at its own scale."""

import numpy as np

from allviewer.domain.geometry import Region
from allviewer.domain.slide import PixelSource, RgbArray
from allviewer.errors import PackError
from allviewer.exchange.model_card import SegmentationSpec
from allviewer.inference.clock import Clock
from allviewer.inference.installed_pack import InstalledPack
from allviewer.inference.instances import MapFrame, Maps
from allviewer.inference.onnx_session import OnnxSession
from allviewer.inference.resample import padded, read_scaled
from allviewer.progress import CancelToken


class Segmenter:
    """A session with its card, the token that stops it, and the clock that counts it."""

    def __init__(self, session: OnnxSession, cancel: CancelToken, clock: Clock) -> None:
        self.spec = segmentation_spec(session.pack)
        self._session, self._cancel, self._clock = session, cancel, clock

    def maps_of(self, rgb: RgbArray) -> Maps:
        """Maps of a picture at the network's scale: (channels, height, width) of its own size."""
        height, width = rgb.shape[:2]
        batch = np.ascontiguousarray(padded(rgb, self.spec.multiple_of)[None])
        with self._clock.stage("segmentation"):
            maps: Maps = self._session.run(batch, self._cancel)[0]
        return maps[:, :height, :width]

    def maps_in(self, source: PixelSource, region: Region, step: float) -> tuple[Maps, MapFrame]:
        """Maps of a level-0 region at `step` level-0 pixels per map pixel, and where they lie."""
        with self._clock.stage("reading"):
            rgb, frame = read_scaled(source, region, step)
        return self.maps_of(rgb), frame


def segmentation_spec(pack: InstalledPack) -> SegmentationSpec:
    """How to use a segmentation pack. Raises `PackError` for a pack of another task."""
    if not isinstance(pack.card.spec, SegmentationSpec):
        raise PackError(f"The pack '{pack.card.name}' classifies cells; it cannot segment.", "Choose another pack.")
    return pack.card.spec
