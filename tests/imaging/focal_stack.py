"""An image with focal planes, channels and a profile, each of which can be told from its pixels."""

import numpy as np

from allviewer.domain.slide import Level, SlideInfo
from allviewer.imaging.image_source import ImageSource

WIDTH, HEIGHT = 700, 500


class FocalStack(ImageSource):
    """Grey by plane: 40, 80, 120, ...; unmanaged 5 lighter; channel 0 is 10, channel 1 is 20 at every plane."""

    def __init__(self, planes=5, profile="Scanner RGB", channels=()):
        super().__init__(
            SlideInfo(
                (Level(WIDTH, HEIGHT, 1.0),),
                0.25,
                plane_count=planes,
                plane=planes // 2,
                plane_spacing_um=0.5,
                profile=profile,
                channels=channels,
                associated=("label", "macro"),
                properties=(("scanner", "none"),),
            )
        )

    def close(self):
        pass

    def _read_inside(self, level, inside):
        look = self._look
        value = 10 * (look.channel + 1) if look.channel is not None else 40 * (look.plane + 1) + 5 * (not look.managed)
        return np.full((inside.height, inside.width, 3), value, np.uint8)

    def _read_associated(self, name):
        return np.full((60, 90, 3), {"label": 100, "macro": 150}[name], np.uint8)
