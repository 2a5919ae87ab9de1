"""An image that is held decoded in memory."""

from allviewer.domain.geometry import Region
from allviewer.domain.slide import RgbArray, SlideInfo
from allviewer.imaging.image_source import ImageSource


class ArraySource(ImageSource):
    """A `PixelSource` of one level over an RGB array of shape (height, width, 3), uint8, which it keeps."""

    def __init__(self, pixels: RgbArray, info: SlideInfo) -> None:
        super().__init__(info)
        self._pixels = pixels

    def close(self) -> None:
        """Nothing is open: the array lives as long as its readers."""

    def _read_inside(self, level: int, inside: Region) -> RgbArray:
        return self._pixels[inside.y : inside.bottom, inside.x : inside.right].copy()
