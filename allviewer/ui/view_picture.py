"""The view as a picture: drawn anew at any resolution by what draws the screen, from plain values, on any thread."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from PySide6.QtCore import QRect, QSize
from PySide6.QtGui import QColor, QImage, QPainter

from allviewer.domain.annotations import Annotations
from allviewer.domain.cell import Cell
from allviewer.domain.labels import ClassSet
from allviewer.domain.slide import PixelSource
from allviewer.progress import CancelToken
from allviewer.session.looks import ImageLook, OverlayLook
from allviewer.session.placement import Placement
from allviewer.session.tile_grid import ScreenTile, level0_region, tile_box
from allviewer.ui.canvas.image_layer import adjusted, tone_curve
from allviewer.ui.canvas.mosaic import Lookup, Mosaic
from allviewer.ui.canvas.overlay_raster import InkedCell, draw_cells
from allviewer.ui.canvas.overlay_tiles import EDGE_PX, coloured
from allviewer.ui.canvas.palette import Palette
from allviewer.ui.canvas.scale_bar import paint_scale_bar
from allviewer.workflows.show_tiles import read_tile


@dataclass(frozen=True, slots=True)
class ViewPicture:
    """What is to be seen.

    Attributes:
        source: the image in its look.
        cells: those to draw, or none.
        um_per_px: for the scale bar; None: image pixels; without `has_scale_bar` there is none.
    """

    source: PixelSource
    placement: Placement
    tone: ImageLook
    overlay: OverlayLook
    cells: tuple[Cell, ...]
    class_set: ClassSet
    background: QColor
    has_scale_bar: bool
    um_per_px: float | None

    def enlarged(self, times: int) -> "ViewPicture":
        """The same at so many times the resolution of the screen."""
        ratio = self.placement.device_pixel_ratio * times
        return replace(self, placement=replace(self.placement, device_pixel_ratio=ratio))

    def draw(self, cancel: CancelToken) -> QImage:
        """The picture, RGB32. Raises `ImageError` if pixels cannot be read, `Cancelled`."""
        size = QSize(*self.placement.device_viewport)
        image = QImage(size, QImage.Format.Format_RGB32)
        image.fill(self.background)
        layers = [_kept(self._image_tile(cancel))]
        if self.cells and self.overlay.visible:
            layers.append(_kept(self._cells_tile()))
        Mosaic().draw(image, QRect(0, 0, size.width(), size.height()), self.placement, layers, self.background)
        if self.has_scale_bar:
            painter = QPainter(image)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            ratio = self.placement.device_pixel_ratio
            painter.scale(ratio, ratio)
            paint_scale_bar(painter, self.placement.viewport[1], self.placement.scale, self.um_per_px)
            painter.end()
        return image

    def _image_tile(self, cancel: CancelToken) -> Lookup:
        curve = None if self.tone.is_plain else tone_curve(self.tone)

        def lookup(tile: ScreenTile) -> QImage:
            cancel.check()
            picture = read_tile(self.source, tile)
            return picture if curve is None else adjusted(picture, curve)

        return lookup

    def _cells_tile(self) -> Lookup:
        palette, bounds, cells = Palette(self.class_set), self.placement.bounds, Annotations(self.cells)
        palette.set_look(self.overlay)
        codes_of = {cell.id: palette.code(cell) for cell in self.cells}

        def lookup(tile: ScreenTile) -> QImage:
            box = tile_box(bounds, tile)
            near = cells.in_region(level0_region(box.expanded(EDGE_PX), tile.level))
            inked = [InkedCell(cell.mask, cell.nucleus, codes_of[cell.id]) for cell in near]
            codes = draw_cells(inked, palette.dash_px, tile.level, box)
            return QImage() if codes is None else coloured(codes, palette.table)

        return lookup


def _kept(lookup: Callable[[ScreenTile], QImage | None]) -> Lookup:
    """Each tile is made once."""
    known: dict[ScreenTile, QImage | None] = {}

    def kept(tile: ScreenTile) -> QImage | None:
        if tile not in known:
            known[tile] = lookup(tile)
        return known[tile]

    return kept
