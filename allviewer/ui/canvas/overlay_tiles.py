"""Drawn tiles of cells: their codes, their pictures in the present colours, and whether they are out of date."""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QImage

from allviewer.domain.geometry import Region
from allviewer.session.tile_grid import TILE_PX, ScreenTile, level_box, tile_box
from allviewer.ui.canvas.overlay_raster import Codes

EDGE_PX = 3
"""How far a cell's ink may reach beyond its box, in pixels of a level."""
_MOST_TILES = 640
_MOST_PICTURES = 320
"""Pictures take twice the memory of codes and are quickly made again. A screen of 3840 x 2160 shows up to 270 tiles."""
_NOTHING = QImage()

ColourTable = NDArray[np.uint32]
"""Colours by code, ARGB premultiplied."""


@dataclass(slots=True)
class _Drawn:
    codes: Codes | None
    is_stale: bool = False


class OverlayTiles:
    """A bounded store of one image's tiles, least recently shown out first."""

    def __init__(self, bounds: Region, table: ColourTable) -> None:
        self._bounds = bounds
        self._table = table
        self._drawn: OrderedDict[ScreenTile, _Drawn] = OrderedDict()
        self._pictures: OrderedDict[ScreenTile, QImage] = OrderedDict()

    def set_table(self, table: ColourTable) -> None:
        """Use other colours."""
        self._table = table
        self._pictures.clear()

    def is_fresh(self, tile: ScreenTile) -> bool:
        drawn = self._drawn.get(tile)
        return drawn is not None and not drawn.is_stale

    def picture(self, tile: ScreenTile) -> QImage | None:
        """The tile (ARGB32 premultiplied), a null image where there is no cell, None while nobody has drawn it."""
        drawn = self._drawn.get(tile)
        if drawn is None:
            return None
        self._drawn.move_to_end(tile)
        if drawn.codes is None:
            return _NOTHING
        picture = self._pictures.pop(tile, None) or coloured(drawn.codes, self._table)
        self._keep_picture(tile, picture)
        return picture

    def put(self, tile: ScreenTile, codes: Codes | None, picture: QImage | None) -> bool:
        """Take a drawn tile; `picture` only if it has the present colours. False if nothing looks different now.

        In place of a tile that was not here, blurred ink of another level may have been on the screen.
        """
        before = self._drawn.pop(tile, None)
        self._drawn[tile] = _Drawn(codes)
        self._pictures.pop(tile, None)
        if picture is not None:
            self._keep_picture(tile, picture)
        while len(self._drawn) > _MOST_TILES:
            forgotten, _ = self._drawn.popitem(last=False)
            self._pictures.pop(forgotten, None)
        return codes is not None or before is None or before.codes is not None

    def patch(self, tile: ScreenTile, box: Region, patch: Codes | None) -> None:
        """Replace a rectangle (in pixels of the tile's level) of a tile that was fresh until then."""
        drawn, own = self._drawn[tile], tile_box(self._bounds, tile)
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
        drawn.codes = codes
        self._pictures.pop(tile, None)

    def outdate(self, meets: Callable[[ScreenTile], bool]) -> list[ScreenTile]:
        """Mark tiles as out of date. Returns those that were up to date."""
        newly = [tile for tile, drawn in self._drawn.items() if not drawn.is_stale and meets(tile)]
        for tile in newly:
            self._drawn[tile].is_stale = True
        return newly

    def _keep_picture(self, tile: ScreenTile, picture: QImage) -> None:
        self._pictures[tile] = picture
        while len(self._pictures) > _MOST_PICTURES:
            self._pictures.popitem(last=False)


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
