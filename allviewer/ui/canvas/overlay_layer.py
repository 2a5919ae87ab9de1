"""The cells of one image as cached tiles, drawn off the UI thread; an edited cell redraws its own rectangle only."""

import math
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QImage

from allviewer.domain.annotations import Annotations
from allviewer.domain.cell import Cell
from allviewer.domain.geometry import Region
from allviewer.jobs.job import Job
from allviewer.jobs.lanes import Lane
from allviewer.jobs.runner import JobRunner
from allviewer.memory.byte_budget import ByteBudget
from allviewer.progress import CancelToken, Report
from allviewer.session.looks import OverlayLook
from allviewer.session.tile_grid import ScreenTile, level0_region, level_box, tile_box
from allviewer.ui.canvas.inks import Inks
from allviewer.ui.canvas.overlay_raster import Codes, InkedCell, draw_cells
from allviewer.ui.canvas.overlay_tiles import EDGE_PX, OverlayTiles, coloured, tiles_meeting
from allviewer.ui.canvas.ramps import Rgb

_GATHER_BUDGET_S = 0.001
_GATHER_CELLS = 120
"""About so many cells are collected at a time; how many level-0 pixels that is depends on how dense they lie."""
_LEAST_GATHERED_PX, _MOST_GATHERED_PX = 256, 16_384
_IN_FLIGHT = 2
_AT_ONCE_PX = 1024 * 1024
_AT_ONCE_CELLS = 300
"""An edit that touches no more than this is drawn before the next picture, without a detour through a worker."""
_LOOKED_AT_CELLS = 4000
"""Among no more than these it is worth while to look which they are."""


@dataclass(slots=True)
class _Gathering:
    """A tile whose cells are being collected on the UI thread, where nobody changes them meanwhile."""

    tile: ScreenTile
    parts: Iterator[list[InkedCell]]
    cells: list[InkedCell]


class OverlayLayer(QObject):
    """Tiles of cells at the levels of the tile grid, negative ones included.

    Signals:
        changed: with the level-0 `Region` that looks different now.
        origins_changed: cells of someone else have turned up.
    """

    changed = Signal(object)
    origins_changed = Signal()

    def __init__(self, runner: JobRunner, palette: Inks, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._memory = ByteBudget(0)
        self._runner = runner
        self._palette = palette
        self._annotations = Annotations()
        self._bounds = Region(0, 0, 0, 0)
        self._tiles = OverlayTiles(self._bounds, palette.table, self._memory)
        self._level = self._lens_level = 0
        self._wanted: Sequence[ScreenTile] = ()
        self._waiting: list[ScreenTile] = []
        self._in_flight: dict[ScreenTile, Job] = {}
        self._gathering: _Gathering | None = None
        self._timer = QTimer(self, singleShot=True, interval=0)
        self._timer.timeout.connect(self._gather)
        self.destroyed.connect(partial(_cancel_all, self._in_flight))  # results must not reach what is gone

    def show_cells(self, annotations: Annotations, bounds: Region, memory: ByteBudget) -> None:
        """Draw another image's cells; what is drawn is kept as far as there is memory."""
        self.want(0, ())
        self._palette.forget()
        self._annotations = annotations
        self._bounds = bounds
        self._memory = memory
        self._tiles = OverlayTiles(bounds, self._palette.table, memory)

    def set_look(self, look: OverlayLook) -> None:
        """Use other colours and opacities; nothing is drawn again for that."""
        if replace(look, visible=True) != replace(self._palette.look, visible=True):
            self._palette.set_look(look)
            self._tiles.set_table(self._palette.table)

    def set_palette(self, palette: Inks, look: OverlayLook) -> None:
        """Give cells other codes; everything is drawn again."""
        self._palette = palette
        palette.set_look(look)
        self._cancel(lambda tile: True)
        self._tiles = OverlayTiles(self._bounds, palette.table, self._memory)
        self.want(self._level, self._wanted, self._lens_level)

    @property
    def origins(self) -> Mapping[str, Rgb]:
        """Who found or corrected the cells drawn so far, with their colours."""
        return self._palette.origins

    def picture(self, tile: ScreenTile) -> QImage | None:
        """The tile (ARGB32 premultiplied), a null image where there is no cell, None while nobody has drawn it."""
        return self._tiles.picture(tile)

    def is_final(self, tile: ScreenTile) -> bool:
        """Whether nothing better will come for this tile."""
        return self._tiles.is_fresh(tile)

    def want(self, level: int, tiles: Sequence[ScreenTile], lens_level: int | None = None) -> None:
        """Draw these and only these, in this order. `level` is on the screen now, `lens_level` in the magnifier."""
        self._level = level
        self._lens_level = level if lens_level is None else lens_level
        self._wanted = tiles
        kept = set(tiles)
        self._cancel(lambda tile: tile not in kept)
        self._wait_for_wanted()

    def refresh(self, region: Region) -> None:
        """The cells in a level-0 rectangle have changed. What is small is drawn at once."""
        if region.is_empty:
            return
        meets = tiles_meeting(region)
        self._cancel(meets)
        outdated = self._tiles.outdate(meets)
        self._redraw_at_once(region, [tile for tile in outdated if tile.level == self._level])
        self._wait_for_wanted()
        self.changed.emit(region)

    def _redraw_at_once(self, region: Region, tiles: Sequence[ScreenTile]) -> None:
        """Draw a rectangle of the tiles on the screen anew, unless that would take too long."""
        box = level_box(region, self._level).expanded(EDGE_PX)
        if not tiles or box.area_px > _AT_ONCE_PX:
            return
        seen = level0_region(box.expanded(EDGE_PX), self._level)
        if self._annotations.at_most_in(seen) > _LOOKED_AT_CELLS:
            return
        cells = self._annotations.in_region(seen)
        if len(cells) > _AT_ONCE_CELLS:
            return
        patch = draw_cells(self._inked(cells), self._palette.dash_px, self._level, box)
        for tile in tiles:
            self._tiles.patch(tile, box, patch)

    def _wait_for_wanted(self) -> None:
        self._waiting = [tile for tile in reversed(self._wanted) if not self._tiles.is_fresh(tile)]
        self._gather()

    def _gather(self) -> None:
        """Collect the cells of waiting tiles, a little at a time, and hand each full set to a worker."""
        until = time.perf_counter() + _GATHER_BUDGET_S
        while len(self._in_flight) < _IN_FLIGHT:
            if self._gathering is None:
                tile = self._next_tile()
                if tile is None:
                    return
                self._gathering = _Gathering(tile, self._cells_by_parts(tile), [])
            gathering = self._gathering
            for part in gathering.parts:
                gathering.cells += part
                if time.perf_counter() > until:
                    self._timer.start()
                    return
            self._gathering = None
            self._draw(gathering.tile, gathering.cells)

    def _next_tile(self) -> ScreenTile | None:
        while self._waiting:
            tile = self._waiting.pop()
            if tile not in self._in_flight and not self._tiles.is_fresh(tile):
                return tile
        return None

    def _cells_by_parts(self, tile: ScreenTile) -> Iterator[list[InkedCell]]:
        region = level0_region(tile_box(self._bounds, tile).expanded(EDGE_PX), tile.level)
        side_px = _gather_side(len(self._annotations), self._bounds)
        seen: set[int] = set()
        for y in range(region.y, region.bottom, side_px):
            for x in range(region.x, region.right, side_px):
                part = Region(x, y, side_px, side_px).intersection(region)
                cells = [cell for cell in self._annotations.in_region(part) if cell.id not in seen]
                seen.update(cell.id for cell in cells)
                yield self._inked(cells)

    def _draw(self, tile: ScreenTile, cells: list[InkedCell]) -> None:
        if not cells:
            self._keep(tile, None, None)
            return
        box, dash_px, table = tile_box(self._bounds, tile), self._palette.dash_px, self._palette.table

        def work(cancel: CancelToken, report: Report) -> tuple[Codes, QImage] | None:
            codes = draw_cells(cells, dash_px, tile.level, box)
            return None if codes is None else (codes, coloured(codes, table))

        def take(drawn: tuple[Codes, QImage] | None) -> None:
            codes, picture = drawn if drawn is not None else (None, None)
            self._in_flight.pop(tile, None)
            self._keep(tile, codes, picture if table is self._palette.table else None)
            self._timer.start()

        job = self._runner.submit(Lane.TILES, "cells", work, take, lambda error: take(None))
        if not job.state.is_over:
            self._in_flight[tile] = job

    def _keep(self, tile: ScreenTile, codes: Codes | None, picture: QImage | None) -> None:
        if self._tiles.put(tile, codes, picture) and self._is_seen(tile):
            self.changed.emit(level0_region(tile_box(self._bounds, tile), tile.level))

    def _is_seen(self, tile: ScreenTile) -> bool:
        """Tiles of other levels are on the screen only while some of the right level are missing."""
        if tile.level in (self._level, self._lens_level):
            return True
        return any(other.level == self._level for other in (*self._waiting, *self._in_flight))

    def _cancel(self, unwanted: Callable[[ScreenTile], bool]) -> None:
        for tile in [tile for tile in self._in_flight if unwanted(tile)]:
            self._in_flight.pop(tile).cancel()
        if self._gathering is not None and unwanted(self._gathering.tile):
            self._gathering = None

    def _inked(self, cells: Sequence[Cell]) -> list[InkedCell]:
        known = len(self._palette.origins)
        code_of = self._palette.code
        inked = [InkedCell(cell.mask, cell.nucleus, code) for cell in cells if (code := code_of(cell))]
        if len(self._palette.origins) != known:
            self.origins_changed.emit()
        return inked


def _cancel_all(jobs: dict[ScreenTile, Job]) -> None:
    for job in jobs.values():
        job.cancel()


def _gather_side(cells: int, bounds: Region) -> int:
    """Side of a square, in level-0 pixels, that holds `_GATHER_CELLS` if cells lie evenly."""
    side_px = math.isqrt(bounds.area_px * _GATHER_CELLS // max(1, cells))
    return min(_MOST_GATHERED_PX, max(_LEAST_GATHERED_PX, side_px))
