"""Drawn tiles of cells: their codes, their pictures in the present colours, and whether they are out of date."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QImage

from allviewer.domain.geometry import Region
from allviewer.memory.byte_budget import ByteBudget
from allviewer.memory.tile_cache import TileCache
from allviewer.session.tile_grid import TILE_PX, ScreenTile, level_box, tile_box
from allviewer.ui.canvas.overlay_raster import Codes

EDGE_PX = 3
"""How far a cell's ink may reach beyond its box, in pixels of a level."""
_EMPTY_BYTES = 200
"""What is kept of a tile without cells."""
_NOTHING = QImage()

ColourTable = NDArray[np.uint32]
"""Colours by code, ARGB premultiplied."""


@dataclass(slots=True)
class _Drawn:
    tile: ScreenTile
    codes: Codes | None
    is_stale: bool = False


class OverlayTiles:
    """One image's tiles, as many as the budget has room for. Pictures take twice the memory of codes."""

    def __init__(self, bounds: Region, table: ColourTable, memory: ByteBudget) -> None:
        self._bounds = bounds
        self._table = table
        self._drawn: TileCache[_Drawn] = TileCache(memory)
        self._pictures: TileCache[QImage] = TileCache(memory)

    def set_table(self, table: ColourTable) -> None:
        """Use other colours."""
        self._table = table
        self._pictures.drop(())

    def is_fresh(self, tile: ScreenTile) -> bool:
        drawn = self._drawn.peek(tile)
        return drawn is not None and not drawn.is_stale

    def picture(self, tile: ScreenTile) -> QImage | None:
        """The tile (ARGB32 premultiplied), a null image where there is no cell, None while nobody has drawn it."""
        drawn = self._drawn.get(tile)
        if drawn is None:
            return None
        if drawn.codes is None:
            return _NOTHING
        picture = self._pictures.get(tile)
        if picture is None:
            picture = coloured(drawn.codes, self._table)
            self._pictures.put(tile, picture, picture.sizeInBytes())
        return picture

    def put(self, tile: ScreenTile, codes: Codes | None, picture: QImage | None) -> bool:
        """Take a drawn tile; `picture` only if it has the present colours. False if nothing looks different now.

        In place of a tile that was not here, blurred ink of another level may have been on the screen.
        """
        before = self._drawn.peek(tile)
        self._keep(tile, codes)
        if picture is not None:
            self._pictures.put(tile, picture, picture.sizeInBytes())
        return codes is not None or before is None or before.codes is not None

    def patch(self, tile: ScreenTile, box: Region, patch: Codes | None) -> None:
        """Replace a rectangle (in pixels of the tile's level) of a tile that was fresh until then."""
        drawn, own = self._drawn.peek(tile), tile_box(self._bounds, tile)
        if drawn is None:  # its memory was wanted elsewhere
            return
        drawn.is_stale = False
        shared = own.intersection(box)
        if shared.is_empty or (patch is None and drawn.codes is None):
            return
        codes = np.zeros((own.height, own.width), dtype=np.uint16) if drawn.codes is None else drawn.codes.copy()
        target = codes[shared.y - own.y : shared.bottom - own.y, shared.x - own.x : shared.right - own.x]
        if patch is None:
            target[:] = 0
        else:
            target[:] = patch[shared.y - box.y : shared.bottom - box.y, shared.x - box.x : shared.right - box.x]
        self._keep(tile, codes)

    def outdate(self, meets: Callable[[ScreenTile], bool]) -> list[ScreenTile]:
        """Mark tiles as out of date. Returns those that were up to date."""
        newly = [drawn for drawn in self._drawn.values() if not drawn.is_stale and meets(drawn.tile)]
        for drawn in newly:
            drawn.is_stale = True
        return [drawn.tile for drawn in newly]

    def _keep(self, tile: ScreenTile, codes: Codes | None) -> None:
        self._pictures.forget(tile)
        self._drawn.put(tile, _Drawn(tile, codes), _EMPTY_BYTES + (0 if codes is None else codes.nbytes))


def tiles_meeting(region: Region) -> Callable[[ScreenTile], bool]:
    """Whether a tile may show something of a level-0 rectangle; asked of every tile at every edit, so kept cheap."""
    ranges: dict[int, tuple[int, int, int, int]] = {}

    def meets(tile: ScreenTile) -> bool:
        edges = ranges.get(tile.level)
        if edges is None:
            box = level_box(region, tile.level).expanded(EDGE_PX)
            edges = (box.x // TILE_PX, (box.right - 1) // TILE_PX, box.y // TILE_PX, (box.bottom - 1) // TILE_PX)
            ranges[tile.level] = edges
        return edges[0] <= tile.column <= edges[1] and edges[2] <= tile.row <= edges[3]

    return meets


def coloured(codes: Codes, table: ColourTable) -> QImage:
    """Codes in colour, ARGB32 premultiplied."""
    height, width = codes.shape
    picture = QImage(width, height, QImage.Format.Format_ARGB32_Premultiplied)
    pixels = np.frombuffer(picture.bits(), dtype=np.uint32).reshape(height, width)  # rows of 32 bit need no padding
    np.take(table, codes, out=pixels, mode="clip")
    return picture
