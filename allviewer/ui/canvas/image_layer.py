"""The image's own tiles, with brightness, contrast and gamma as the view wants them."""

import numpy as np
from PySide6.QtGui import QImage

from allviewer.memory.byte_budget import ByteBudget
from allviewer.memory.tile_cache import TileCache
from allviewer.session.looks import ImageLook
from allviewer.session.tile_grid import ScreenTile
from allviewer.ui.canvas.scene import TileProvider


class ImageLayer:
    """Tiles of one provider; adjusted ones are made when they are first asked for."""

    def __init__(self, tiles: TileProvider, look: ImageLook, memory: ByteBudget) -> None:
        self._tiles = tiles
        self._adjusted: TileCache[tuple[QImage, QImage]] = TileCache(memory)
        self.set_look(look)

    def set_look(self, look: ImageLook) -> None:
        self._curve = None if look.is_plain else tone_curve(look)
        self._adjusted.drop(())

    def picture(self, tile: ScreenTile) -> QImage | None:
        """The tile as it is to be shown (RGB32), or None while it is not here."""
        picture = self._tiles.tile(tile)
        if picture is None or self._curve is None:
            return picture
        known = self._adjusted.get(tile)
        if known is not None and known[0] is picture:
            return known[1]
        made = adjusted(picture, self._curve)
        self._adjusted.put(tile, (picture, made), made.sizeInBytes())
        return made


def tone_curve(look: ImageLook) -> np.ndarray:
    """What each of the 256 values becomes: contrast around the middle, then brightness, then gamma. Shape (256,)."""
    value = np.arange(256) / 255
    stretched = np.clip((value - 0.5) * look.contrast + 0.5 + look.brightness, 0, 1)
    return np.rint(255 * stretched ** (1 / look.gamma)).astype(np.uint8)


def adjusted(picture: QImage, curve: np.ndarray) -> QImage:
    """The picture (RGB32) with each value as a tone curve says."""
    height, width = picture.height(), picture.width()
    pixels = curve[np.frombuffer(picture.constBits(), dtype=np.uint8)]
    pixels[3::4] = 255
    return QImage(pixels.data, width, height, picture.bytesPerLine(), QImage.Format.Format_RGB32).copy()
