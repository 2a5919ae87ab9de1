"""The cells of one image as cached tiles, drawn off the UI thread; an edited cell redraws its own rectangle only."""

import math
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QImage

from allviewer.domain.annotations import Annotations
from allviewer.domain.cell import Cell
from allviewer.domain.geometry import Region
from allviewer.jobs.job import Job
from allviewer.jobs.lanes import Lane
from allviewer.jobs.runner import JobRunner
from allviewer.progress import CancelToken, Report
from allviewer.session.tile_grid import TILE_PX, ScreenTile, level_box, tile_box
from allviewer.session.view_state import OverlayLook
from allviewer.ui.canvas.overlay_raster import Codes, InkedCell, draw_cells
from allviewer.ui.canvas.palette import Palette

_EDGE_PX = 3
"""How far a cell's ink may reach beyond its box, in pixels of a level."""
_GATHER_BUDGET_S = 0.003
_GATHER_CELLS = 300
"""About so many cells are collected at a time; how many level-0 pixels that is depends on how dense they lie."""
_LEAST_GATHERED_PX, _MOST_GATHERED_PX = 256, 16_384
_IN_FLIGHT = 2
_MOST_TILES = 1024
_MOST_PICTURES = 384
_AT_ONCE_PX = 1024 * 1024
_AT_ONCE_CELLS = 300
"""An edit that touches no more than this is drawn before the next picture, without a detour through a worker."""


@dataclass(slots=True)
class _Drawn:
    codes: Codes | None
    is_stale: bool = False


class OverlayLayer(QObject):
    """Tiles of cells at the levels of the tile grid, negative ones included.

    Signals:
        changed: with the level-0 `Region` that looks different now.
    """

    changed = Signal(object)

    def __init__(self, runner: JobRunner, palette: Palette, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._runner = runner
        self._palette = palette
        self._table = palette.table(OverlayLook())
        self._annotations = Annotations()
        self._bounds = Region(0, 0, 0, 0)
        self._level = 0
        self._gather_side_px = _MOST_GATHERED_PX
        self._drawn: OrderedDict[ScreenTile, _Drawn] = OrderedDict()
        self._pictures: OrderedDict[ScreenTile, QImage] = OrderedDict()
        self._waiting: list[ScreenTile] = []
        self._in_flight: dict[ScreenTile, Job] = {}
        self._gathering: tuple[ScreenTile, Iterator[list[InkedCell]], list[InkedCell]] | None = None
        self._timer = QTimer(self, singleShot=True, interval=0)
        self._timer.timeout.connect(self._gather)
        self._nothing = QImage()
        self.destroyed.connect(partial(_cancel_all, self._in_flight))  # results must not reach what is gone

    def show_cells(self, annotations: Annotations, bounds: Region) -> None:
        """Draw another image's cells."""
        self.want(0, ())
        self._drawn.clear()
        self._pictures.clear()
        self._annotations = annotations
        self._bounds = bounds
        self._gather_side_px = _gather_side(len(annotations), bounds)

    def set_look(self, look: OverlayLook) -> None:
        """Use other colours and opacities; nothing is drawn again for that."""
        self._table = self._palette.table(look)
        self._pictures.clear()

    def set_palette(self, palette: Palette, look: OverlayLook) -> None:
        """Use another class set: codes differ, everything is drawn again."""
        self._palette = palette
        self.set_look(look)
        self.refresh(self._bounds)

    def picture(self, tile: ScreenTile) -> QImage | None:
        """The tile (ARGB32 premultiplied), a null image where there is no cell, None while nobody has drawn it."""
        drawn = self._drawn.get(tile)
        if drawn is None:
            return None if len(self._annotations) else self._nothing
        self._drawn.move_to_end(tile)
        if drawn.codes is None:
            return self._nothing
        picture = self._pictures.pop(tile, None) or _coloured(drawn.codes, self._table)
        self._keep_picture(tile, picture)
        return picture

    def is_final(self, tile: ScreenTile) -> bool:
        """Whether nothing better will come for this tile."""
        drawn = self._drawn.get(tile)
        return not len(self._annotations) or (drawn is not None and not drawn.is_stale)

    def want(self, level: int, tiles: Sequence[ScreenTile]) -> None:
        """Draw these and only these, in this order. `level` is the one on the screen now."""
        self._level = level
        kept = set(tiles)
        self._cancel(lambda tile: tile not in kept)
        self._waiting = list(tiles)[::-1]
        self._gather()

    def refresh(self, region: Region) -> None:
        """The cells in a level-0 rectangle have changed. What is small is drawn at once."""
        if region.is_empty:
            return
        meets = _meets(region)
        outdated = [tile for tile in self._drawn if meets(tile)]
        fresh = {tile for tile in outdated if not self._drawn[tile].is_stale and tile.level == self._level}
        for tile in outdated:
            self._drawn[tile].is_stale = True
        self._cancel(meets, wants_again=True)
        if not self._redraw_at_once(region, fresh):
            self._waiting = [tile for tile in outdated if tile.level != self._level] + [
                *(tile for tile in outdated if tile.level == self._level),
                *self._waiting,
            ]
            self._gather()
        self.changed.emit(region)

    def _redraw_at_once(self, region: Region, fresh: set[ScreenTile]) -> bool:
        """Draw a rectangle of the tiles on the screen anew; False if that would take too long."""
        box = level_box(region, self._level).expanded(_EDGE_PX)
        if box.area_px > _AT_ONCE_PX:
            return False
        cells = self._annotations.in_region(_level0_region(box, self._level).expanded(1))
        if len(cells) > _AT_ONCE_CELLS:
            return False
        patch = draw_cells([self._inked(cell) for cell in cells], self._palette.dash_px, self._level, box)
        for tile in fresh:
            self._paste(tile, box, patch)
        return True

    def _paste(self, tile: ScreenTile, box: Region, patch: Codes | None) -> None:
        own = tile_box(self._bounds, tile)
        shared = own.intersection(box)
        drawn = self._drawn[tile]
        drawn.is_stale = False
        if shared.is_empty or (patch is None and drawn.codes is None):
            return
        codes = drawn.codes.copy() if drawn.codes is not None else np.zeros((own.height, own.width), dtype=np.uint8)
        target = codes[shared.y - own.y : shared.bottom - own.y, shared.x - own.x : shared.right - own.x]
        if patch is None:
            target[:] = 0
        else:
            target[:] = patch[shared.y - box.y : shared.bottom - box.y, shared.x - box.x : shared.right - box.x]
        drawn.codes = codes
        self._pictures.pop(tile, None)

    def _gather(self) -> None:
        """Collect the cells of waiting tiles, a little at a time, and hand each full set to a worker."""
        until = time.perf_counter() + _GATHER_BUDGET_S
        while len(self._in_flight) < _IN_FLIGHT:
            if self._gathering is None:
                tile = self._next_tile()
                if tile is None:
                    return
                self._gathering = (tile, self._cells_by_parts(tile), [])
            tile, parts, cells = self._gathering
            for part in parts:
                cells += part
                if time.perf_counter() > until:
                    self._timer.start()
                    return
            self._gathering = None
            self._draw(tile, cells)

    def _next_tile(self) -> ScreenTile | None:
        while self._waiting:
            tile = self._waiting.pop()
            drawn = self._drawn.get(tile)
            if tile not in self._in_flight and (drawn is None or drawn.is_stale):
                return tile
        return None

    def _cells_by_parts(self, tile: ScreenTile) -> Iterator[list[InkedCell]]:
        region = _ink_region(self._bounds, tile)
        seen: set[int] = set()
        side_px = self._gather_side_px
        for y in range(region.y, region.bottom, side_px):
            for x in range(region.x, region.right, side_px):
                part = Region(x, y, side_px, side_px).intersection(region)
                cells = [cell for cell in self._annotations.in_region(part) if cell.id not in seen]
                seen.update(cell.id for cell in cells)
                yield [self._inked(cell) for cell in cells]

    def _draw(self, tile: ScreenTile, cells: list[InkedCell]) -> None:
        if not cells:
            self._keep(tile, None)
            return
        box = tile_box(self._bounds, tile)

        dash_px, table = self._palette.dash_px, self._table

        def work(cancel: CancelToken, report: Report) -> tuple[Codes, QImage] | None:
            codes = draw_cells(cells, dash_px, tile.level, box)
            return None if codes is None else (codes, _coloured(codes, table))

        job = self._runner.submit(
            Lane.TILES, "cells", work, lambda drawn: self._take(tile, drawn, table), lambda error: self._drop(tile)
        )
        if not job.state.is_over:
            self._in_flight[tile] = job

    def _take(self, tile: ScreenTile, drawn: tuple[Codes, QImage] | None, table: list[int]) -> None:
        self._in_flight.pop(tile, None)
        self._keep(tile, drawn[0] if drawn is not None else None)
        if drawn is not None and table is self._table:
            self._keep_picture(tile, drawn[1])
        self._timer.start()

    def _drop(self, tile: ScreenTile) -> None:
        self._in_flight.pop(tile, None)
        self._keep(tile, None)
        self._timer.start()

    def _keep(self, tile: ScreenTile, codes: Codes | None) -> None:
        before = self._drawn.pop(tile, None)
        self._drawn[tile] = _Drawn(codes)
        self._pictures.pop(tile, None)
        while len(self._drawn) > _MOST_TILES:
            forgotten, _ = self._drawn.popitem(last=False)
            self._pictures.pop(forgotten, None)
        is_news = codes is not None or (before is not None and before.codes is not None)
        if is_news and self._is_seen(tile):
            self.changed.emit(_level0_region(tile_box(self._bounds, tile), tile.level))

    def _is_seen(self, tile: ScreenTile) -> bool:
        """Tiles of other levels are on the screen only while some of the right level are missing."""
        return tile.level == self._level or any(t.level == self._level for t in (*self._waiting, *self._in_flight))

    def _keep_picture(self, tile: ScreenTile, picture: QImage) -> None:
        self._pictures[tile] = picture
        while len(self._pictures) > max(_MOST_PICTURES, len(self._waiting)):
            self._pictures.popitem(last=False)

    def _cancel(self, unwanted: Callable[[ScreenTile], bool], wants_again: bool = False) -> None:
        dropped = [tile for tile in self._in_flight if unwanted(tile)]
        for tile in dropped:
            self._in_flight.pop(tile).cancel()
        if self._gathering is not None and unwanted(self._gathering[0]):
            dropped.append(self._gathering[0])
            self._gathering = None
        if wants_again:
            self._waiting += dropped

    def _inked(self, cell: Cell) -> InkedCell:
        return InkedCell(cell.mask, cell.nucleus, self._palette.code(cell))


def _level0_region(box: Region, level: int) -> Region:
    """The level-0 rectangle that a rectangle of a level covers, rounded outwards."""
    if level >= 0:
        return Region(box.x << level, box.y << level, box.width << level, box.height << level)
    shift = -level
    return Region.from_edges(box.x >> shift, box.y >> shift, -(-box.right >> shift), -(-box.bottom >> shift))


def _ink_region(bounds: Region, tile: ScreenTile) -> Region:
    """Level-0 rectangle of everything that can put ink into a tile."""
    return _level0_region(tile_box(bounds, tile).expanded(_EDGE_PX), tile.level)


def _cancel_all(jobs: dict[ScreenTile, Job]) -> None:
    for job in jobs.values():
        job.cancel()


def _meets(region: Region) -> Callable[[ScreenTile], bool]:
    """Whether a tile may show something of a level-0 rectangle; asked of every tile at every edit, so kept cheap."""
    ranges: dict[int, tuple[int, int, int, int]] = {}

    def meets(tile: ScreenTile) -> bool:
        edges = ranges.get(tile.level)
        if edges is None:
            box = level_box(region, tile.level).expanded(_EDGE_PX)
            edges = (box.x // TILE_PX, (box.right - 1) // TILE_PX, box.y // TILE_PX, (box.bottom - 1) // TILE_PX)
            ranges[tile.level] = edges
        return edges[0] <= tile.column <= edges[1] and edges[2] <= tile.row <= edges[3]

    return meets


def _gather_side(cells: int, bounds: Region) -> int:
    if not cells:
        return _MOST_GATHERED_PX
    side_px = math.isqrt(bounds.area_px * _GATHER_CELLS // cells)
    return min(_MOST_GATHERED_PX, max(_LEAST_GATHERED_PX, side_px))


def _coloured(codes: Codes, table: list[int]) -> QImage:
    height, width = codes.shape
    borrowed = QImage(codes.data, width, height, width, QImage.Format.Format_Indexed8)
    borrowed.setColorTable(table)
    return borrowed.convertToFormat(QImage.Format.Format_ARGB32_Premultiplied)
