"""A source that stands before another one and changes a part of it."""

from allviewer.domain.slide import PixelSource, RgbArray, SlideInfo


class WrappedSource:
    """A `PixelSource` with the pixels of another and an `info` of its own; subclasses change how it reads."""

    def __init__(self, source: PixelSource, info: SlideInfo) -> None:
        self._source = source
        self._info = info

    @property
    def info(self) -> SlideInfo:
        return self._info

    @property
    def shareable(self) -> bool:
        return self._source.shareable

    def read(self, level: int, x: int, y: int, width: int, height: int) -> RgbArray:
        """See `PixelSource.read`."""
        return self._source.read(level, x, y, width, height)

    def close(self) -> None:
        self._source.close()
