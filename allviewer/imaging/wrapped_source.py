"""A source that stands before another one and changes a part of it."""

from typing import Self

from allviewer.domain.geometry import Region
from allviewer.domain.slide import PixelSource, RgbArray, SlideInfo
from allviewer.imaging.image_source import ImageSource, Look


class WrappedSource(ImageSource):
    """A `PixelSource` with the pixels of another and an `info` of its own; subclasses change how it reads."""

    def __init__(self, source: PixelSource, info: SlideInfo) -> None:
        super().__init__(info)
        self._source = source

    @property
    def shareable(self) -> bool:
        return self._source.shareable

    def is_exact(self, level: int, x: int, y: int, width: int, height: int) -> bool:
        """See `PixelSource.is_exact`."""
        return self._source.is_exact(level, x, y, width, height)

    def close(self) -> None:
        self._source.close()

    def _read_inside(self, level: int, inside: Region) -> RgbArray:
        return self._source.read(level, inside.x, inside.y, inside.width, inside.height)

    def _looked_at(self, look: Look, **attributes: object) -> Self:
        inner = self._source.look(look.plane, look.managed, look.channel)
        return super()._looked_at(look, _source=inner, **attributes)

    def _read_associated(self, name: str) -> RgbArray:
        return self._source.associated_image(name)
