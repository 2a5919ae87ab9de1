"""The tiles of one image in the look that is chosen; while it changes, the look before stays on the screen."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from allviewer.domain.geometry import Region
from allviewer.session.pixel_look import PixelLook
from allviewer.session.tile_grid import ScreenTile
from allviewer.ui.canvas.scene import TileProvider

TilesOfLook = Callable[[PixelLook], TileProvider]
"""The tiles of one image in one look. Raises `ImageError` if the file has no such plane or channel."""


class LookedTiles(QObject):
    """A `TileProvider` that changes from one look to another without a flash.

    Signals:
        arrived: with the `ScreenTile` that looks different now.
    """

    arrived = Signal(object)

    def __init__(self, make: TilesOfLook, look: PixelLook) -> None:
        super().__init__()
        self._make = make
        self._look = look
        self._known = {look: make(look)}
        self._now = self._known[look]
        self._before: TileProvider | None = None
        self._wanted: Sequence[ScreenTile] = ()
        self._now.arrived.connect(self._forward)

    @property
    def bounds(self) -> Region:
        return self._now.bounds

    @property
    def look(self) -> PixelLook:
        return self._look

    def tile(self, tile: ScreenTile) -> QImage | None:
        if self._before is None or self._now.is_final(tile):
            return self._now.tile(tile)
        return self._now.tile(tile) or self._before.tile(tile)

    def is_final(self, tile: ScreenTile) -> bool:
        return self._now.is_final(tile)

    def want(self, tiles: Sequence[ScreenTile]) -> None:
        self._wanted = tiles
        self._before = None  # people have moved on: strips that come into view have the look of today
        self._now.want(tiles)

    def set_look(self, look: PixelLook) -> None:
        """See the image this way from now on. Raises `ImageError`, and changes nothing, if that cannot be."""
        if look == self._look:
            return
        tiles = self._known.get(look) or self._make(look)
        self._known[look] = tiles
        self._now.want(())
        self._now.arrived.disconnect(self._forward)
        self._before, self._now, self._look = self._now, tiles, look
        tiles.arrived.connect(self._forward)
        tiles.want(self._wanted)
        for tile in self._wanted:
            if tiles.is_final(tile):
                self.arrived.emit(tile)

    def _forward(self, tile: ScreenTile) -> None:
        self.arrived.emit(tile)
