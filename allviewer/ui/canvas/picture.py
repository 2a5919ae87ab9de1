"""Image and cells on the screen: which tiles are wanted, what has to be drawn again, when the next image takes over."""

import math
from collections.abc import Mapping

from PySide6.QtCore import QObject, QRect, QTimer, Signal
from PySide6.QtGui import QColor, QPainter

from allviewer.domain.geometry import Region
from allviewer.jobs.runner import JobRunner
from allviewer.session.looks import ColourBy
from allviewer.session.placement import Placement, Point
from allviewer.session.tile_grid import TILE_PX, ScreenTile, coarsest_level, tile_region
from allviewer.session.view_state import ViewState
from allviewer.ui.canvas.chosen_ink import ChosenInk
from allviewer.ui.canvas.frame import Frame
from allviewer.ui.canvas.image_layer import ImageLayer
from allviewer.ui.canvas.lens import Lens
from allviewer.ui.canvas.mosaic import Lookup, screen_level
from allviewer.ui.canvas.overlay_layer import OverlayLayer
from allviewer.ui.canvas.palette import Palette
from allviewer.ui.canvas.ramps import Rgb
from allviewer.ui.canvas.scene import Scene
from allviewer.ui.canvas.wanted import heading_of, tiles_in_view, wanted_tiles

_HOLD_MS = 60
"""How long the previous image stays on the screen while the next one's sharp tiles are on their way."""


class Picture(QObject):
    """Keeps a `Frame` up to date with a scene and a view.

    Signals:
        changed: with the `QRect` of the view, in device pixels, that has to be painted again; an empty one: all.
        whole_arrived: the whole image, reduced, can be had from the scene's tiles.
    """

    changed = Signal(QRect)
    whole_arrived = Signal()

    def __init__(
        self, runner: JobRunner, view: ViewState, palette: Palette, lens: Lens, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._view, self._lens = view, lens
        self._scene: Scene | None = None
        self._image: ImageLayer | None = None
        self._cells = OverlayLayer(runner, palette, self)
        self._cells.set_look(view.overlay)
        self._cells.changed.connect(self._redraw)
        self._cells.origins_changed.connect(self._show_origins)
        self._runner = runner
        self._chosen: OverlayLayer | None = None
        self._frame = Frame()
        self._wanted_for: tuple[object, ...] = ()
        self._wanted_from = Placement()
        self._is_holding = False
        self._hold_timer = QTimer(self, singleShot=True, interval=_HOLD_MS)
        self._hold_timer.timeout.connect(self._stop_holding)
        lens.changed.connect(lambda _area: self._want_tiles())
        view.changed.connect(self._follow_view)
        view.look_changed.connect(self._follow_look)

    @property
    def origins(self) -> Mapping[str, Rgb]:
        """Who found or corrected the cells drawn so far, with their colours."""
        return self._cells.origins

    @property
    def is_previous(self) -> bool:
        """Whether the image on the screen is still the one before."""
        return self._is_holding

    @property
    def is_settled(self) -> bool:
        """Whether everything in view is here at its best; nothing more will come."""
        if self._scene is None:
            return True
        return all(self._is_here(placement) for placement in (self._view.placement, self._lens.placement) if placement)

    def show_scene(self, scene: Scene | None) -> None:
        """Show all of another image, or none; the one before stays until there is something of the next to see."""
        if self._scene is not None:
            self._scene.tiles.want(())
            self._scene.tiles.arrived.disconnect(self._take_tile)
        self._is_holding = self._scene is not None and scene is not None
        self._hold_timer.stop()
        self._scene = scene
        self._wanted_for = ()
        if scene is None:
            self._image = None
            self._view.show_image(Region(0, 0, 0, 0))
            return
        self._image = ImageLayer(scene.tiles, self._view.image_look, scene.memory)
        self._cells.show_cells(scene.annotations, scene.info.bounds, scene.memory)
        self.choose(frozenset())
        scene.tiles.arrived.connect(self._take_tile)
        self._frame.invalidate()
        self._view.show_image(scene.info.bounds)
        self._take_tile(ScreenTile(coarsest_level(scene.info.bounds), 0, 0))

    def set_palette(self, palette: Palette) -> None:
        self._cells.set_palette(palette, self._view.overlay)
        self.redraw_all()

    def refresh_cells(self, region: Region) -> None:
        """Cells have changed inside a level-0 rectangle."""
        for layer in self._overlays:
            layer.refresh(region)

    def choose(self, ids: frozenset[int]) -> None:
        """Emphasise so many cells that this takes tiles of its own; none: without these tiles."""
        if not ids and self._chosen is None:
            return
        if self._chosen is not None:
            self._chosen.want(0, ())
            self._chosen.deleteLater()
            self._chosen = None
        if ids and self._scene is not None:
            self._chosen = OverlayLayer(self._runner, ChosenInk(ids), self)
            self._chosen.show_cells(self._scene.annotations, self._scene.info.bounds, self._scene.memory)
            self._chosen.changed.connect(self._redraw)
        self._wanted_for = ()
        self._want_tiles()
        self.redraw_all()

    @property
    def _overlays(self) -> list[OverlayLayer]:
        return [self._cells] if self._chosen is None else [self._cells, self._chosen]

    def redraw_all(self) -> None:
        self._frame.invalidate()
        self.changed.emit(QRect())

    def colour_at(self, point: Point) -> Rgb | None:
        """Colour of the image's own pixel; where only coarser tiles are here, the mean of those around it."""
        if self._scene is None or not self._view.bounds.contains_point(*point):
            return None
        for level in range(max(0, screen_level(self._view.device_scale, self._view.bounds)) + 1):
            x, y = math.floor(point[0]) >> level, math.floor(point[1]) >> level
            picture = self._scene.tiles.tile(ScreenTile(level, x // TILE_PX, y // TILE_PX))
            if picture is not None:
                colour = picture.pixelColor(x % TILE_PX, y % TILE_PX)
                return colour.red(), colour.green(), colour.blue()
        return None

    def paint(self, painter: QPainter, background: QColor) -> None:
        """Paint it; the painter's unit is the screen pixel."""
        if self._image is None:
            return
        if not self._is_holding:
            self._frame.update(self._view.placement, self._layers(self._image), background)
        ratio = self._view.device_pixel_ratio
        painter.save()
        painter.scale(1 / ratio, 1 / ratio)
        painter.drawPixmap(0, 0, self._frame.pixmap)
        painter.restore()

    def paint_lens(self, painter: QPainter, background: QColor) -> None:
        if self._image is not None:
            self._lens.paint(painter, self._layers(self._image), background)

    def _layers(self, image: ImageLayer) -> list[Lookup]:
        cells = [layer.picture for layer in self._overlays] if self._view.overlay.visible else []
        return [image.picture, *cells]

    def _follow_view(self) -> None:
        self._want_tiles()
        self.changed.emit(QRect())

    def _follow_look(self) -> None:
        self._cells.set_look(self._view.overlay)
        if self._image is not None:
            self._image.set_look(self._view.image_look)
        self._wanted_for = ()
        self._want_tiles()
        self.redraw_all()

    def _show_origins(self) -> None:
        if self._view.overlay.colour_by is ColourBy.ORIGIN:
            self.changed.emit(QRect())

    def _is_here(self, placement: Placement) -> bool:
        """Whether all tiles of a view are here, the sharpest there are."""
        assert self._scene is not None
        level = screen_level(placement.device_scale, placement.bounds)
        image = tiles_in_view(placement, max(0, level))
        cells = tiles_in_view(placement, level) if self._view.overlay.visible else []
        are_drawn = all(layer.is_final(tile) for layer in self._overlays for tile in cells)
        return are_drawn and all(map(self._scene.tiles.is_final, image))

    def _want_tiles(self) -> None:
        """Ask for tiles, if other ones are in view than before."""
        if self._scene is None:
            return
        placement, lens = self._view.placement, self._lens.placement
        level = screen_level(placement.device_scale, placement.bounds)
        lens_level = screen_level(lens.device_scale, lens.bounds) if lens is not None else level
        in_lens = tiles_in_view(lens, lens_level) if lens is not None else []
        state = (level, frozenset(tiles_in_view(placement, level)), frozenset(in_lens))
        if state == self._wanted_for:
            return
        self._wanted_for = state
        heading = heading_of(self._wanted_from, placement)
        self._wanted_from = placement
        wanted = wanted_tiles(placement, lens, heading)
        self._scene.tiles.want(wanted.image)
        for layer in self._overlays:
            layer.want(wanted.level, wanted.cells if self._view.overlay.visible else [], lens_level)

    def _take_tile(self, tile: ScreenTile) -> None:
        scene = self._scene
        if scene is None or scene.tiles.tile(tile) is None:
            return
        bounds = scene.info.bounds
        if tile.level == coarsest_level(bounds):
            self.whole_arrived.emit()
            if self._is_holding:
                self._hold_timer.start()
        is_settled = self.is_settled
        if self._is_holding and is_settled:
            self._stop_holding()
        level = max(0, screen_level(self._view.device_scale, bounds))
        if tile.level == level or not is_settled or self._lens.is_shown:  # else it is for later, and not on the screen
            self._redraw(tile_region(bounds, tile))

    def _stop_holding(self) -> None:
        self._hold_timer.stop()
        self._is_holding = False
        self.changed.emit(QRect())

    def _redraw(self, region: Region) -> None:
        place = self._frame.invalidate_region(region)
        if not place.isEmpty():
            self.changed.emit(place)
