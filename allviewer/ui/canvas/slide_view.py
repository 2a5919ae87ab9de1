"""The view of one image: pixels, cells, selection, the tool's draft; pan and zoom. It never changes a cell itself."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QEnterEvent,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QNativeGestureEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QResizeEvent,
    QTabletEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from allviewer.domain.cell import Cell
from allviewer.domain.geometry import Region
from allviewer.domain.labels import ClassSet
from allviewer.jobs.runner import JobRunner
from allviewer.session.placement import Point
from allviewer.session.tile_grid import ScreenTile, coarsest_level
from allviewer.session.tool_state import ToolState
from allviewer.session.view_state import ViewState
from allviewer.ui.canvas.boxed_cells import BoxedCells
from allviewer.ui.canvas.hand import Hand
from allviewer.ui.canvas.legend import Legend
from allviewer.ui.canvas.lens import Lens
from allviewer.ui.canvas.overview_map import OverviewMap
from allviewer.ui.canvas.palette import Palette
from allviewer.ui.canvas.picture import Picture
from allviewer.ui.canvas.proposed_cells import ProposedCells
from allviewer.ui.canvas.ramps import Rgb
from allviewer.ui.canvas.rulers import Rulers
from allviewer.ui.canvas.scale_bar import paint_scale_bar
from allviewer.ui.canvas.scene import Scene
from allviewer.ui.canvas.selected_cells import MOST_EMPHASISED, SELECTION_REACH_PX, SelectedCells
from allviewer.ui.canvas.tools.toolbox import Toolbox
from allviewer.ui.canvas.visits import Visits

_EMPTY_TEXT = "Drop images here or press Ctrl+O"


class SlideView(QWidget):
    """Shows a `Scene` as `ViewState` says and turns what the hand does into signals.

    Signals:
        stroke_finished: path (list of level-0 points), radius in level-0 pixels or one a point, whether it erases.
        polygon_finished: corners (list of level-0 points).
        new_cell_drawn: corners of a cell that is to be added.
        cell_clicked: id of the cell under the cursor or 0, modifiers.
        region_drawn: level-0 `Region`.
        length_drawn: length of a ruler in level-0 pixels.
        cursor_moved: level-0 x, y.
        cursor_left.
    """

    stroke_finished = Signal(object, object, bool)
    polygon_finished = Signal(object)
    new_cell_drawn = Signal(object)
    cell_clicked = Signal(int, Qt.KeyboardModifier)
    region_drawn = Signal(object)
    length_drawn = Signal(float)
    cursor_moved = Signal(float, float)
    cursor_left = Signal()

    def __init__(
        self,
        runner: JobRunner,
        view: ViewState,
        tool_state: ToolState,
        class_set: ClassSet,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.view = view
        self.tool_state = tool_state
        self._scene: Scene | None = None
        self._lens = Lens(view, self)
        self._picture = Picture(runner, view, Palette(class_set), self._lens, self)
        self._selected = SelectedCells()
        self._proposed = ProposedCells(Palette(class_set))
        self.boxed = BoxedCells()
        self._map = OverviewMap(view)
        self._visits = Visits(view, self)
        self._legend = Legend()
        self.rulers = Rulers()
        self._um_per_px: float | None = None
        self._toolbox = Toolbox(self, tool_state)
        self._hand = Hand(self, view, self._toolbox, self._map)
        self._connect()
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(200, 150)
        self.setAccessibleName("Image")
        self._hand.show_cursor()

    def _connect(self) -> None:
        self._picture.changed.connect(self._repaint)
        self._lens.changed.connect(self.touch)
        self._visits.changed.connect(self._show_visits)
        self._picture.whole_arrived.connect(self._show_map)
        self.tool_state.changed.connect(self._follow_tool)

    # what is shown

    @property
    def scene(self) -> Scene | None:
        return self._scene

    def set_scene(self, scene: Scene | None) -> None:
        """Show all of another image, or none. The one before stays until there is something of the next to see."""
        self._toolbox.tool.cancel()
        self._hand.let_go()
        self._scene = scene
        self._um_per_px = scene.info.mpp if scene is not None else None
        self._selected.set_ids(())
        self.rulers.clear()
        self._map.set_picture(None)
        self._map.set_visited(scene.visited if scene is not None else None)
        self._visits.set_scale(self._um_per_px)
        self._visits.follow(scene.visited if scene is not None else None)
        self._picture.show_scene(scene)

    @property
    def um_per_px(self) -> float | None:
        """Micrometres a level-0 pixel."""
        return self._um_per_px

    def set_scale(self, um_per_px: float | None) -> None:
        """Micrometres a level-0 pixel, for the scale bar and rulers."""
        self._um_per_px = um_per_px
        self._visits.set_scale(um_per_px)
        self.update()

    def set_selection(self, ids: frozenset[int]) -> None:
        """Emphasise these cells."""
        are_many = len(ids) > MOST_EMPHASISED
        self._selected.set_ids(() if are_many else ids)
        self._picture.choose(ids if are_many else frozenset())
        self.update()

    def point_lens(self, at: Point | None) -> None:
        """The magnifier is to show what lies around a level-0 point, wherever the cursor is; None: nothing."""
        self._lens.move(QPointF(*self.view.placement.to_screen(at)) if at is not None else None)

    def hold_lens(self, is_held: bool) -> None:
        """Show the magnifier at the cursor, or put it away; while it is shown the wheel makes it stronger or weaker."""
        self._lens.hold(is_held)

    def set_class_set(self, class_set: ClassSet) -> None:
        self._picture.set_palette(Palette(class_set))
        self._proposed.set_palette(Palette(class_set))

    def set_proposals(self, cells: Sequence[Cell]) -> None:
        """Show cells that a run has found so far, beside those that are there."""
        self._proposed.set_cells(cells)
        self.update()

    def refresh_cells(self, ids: frozenset[int], region: Region) -> None:
        """Cells have changed inside a level-0 rectangle."""
        self._picture.refresh_cells(region)
        if ids & self._selected.ids:
            left, top, right, bottom = self.view.placement.screen_box(region)
            reach = SELECTION_REACH_PX
            self.touch(QRectF(left, top, right - left, bottom - top).adjusted(-reach, -reach, reach, reach))

    @property
    def is_settled(self) -> bool:
        """Whether everything in view is on the screen at its best; nothing more will come."""
        return self._picture.is_settled

    # what tools ask

    def cell_id_at(self, point: Point) -> int:
        cell = self._scene.annotations.at(*point) if self._scene is not None else None
        return cell.id if cell is not None else 0

    def colour_at(self, point: Point) -> Rgb | None:
        """Red, green and blue of the image at a level-0 point, before brightness and contrast; None if unknown yet."""
        return self._picture.colour_at(point)

    def touch(self, area: QRectF) -> None:
        if not area.isEmpty():
            self.update(area.toAlignedRect().adjusted(-1, -1, 1, 1))

    def hold(self, cursor: Qt.CursorShape) -> None:
        if self.cursor().shape() != cursor:
            self.setCursor(cursor)

    def offer_key(self, key: int) -> bool:
        """Give the tool a key that is also the shortcut of an action; True if it used it for its draft."""
        return self._toolbox.key(key)

    # following the states

    def _repaint(self, place: QRect) -> None:
        """Paint a part again, given in device pixels; all of it if that is empty."""
        if place.isEmpty():
            self.update()
            return
        ratio = self.view.device_pixel_ratio
        self.touch(self._lens.area)
        self.touch(QRectF(place.x() / ratio, place.y() / ratio, place.width() / ratio, place.height() / ratio))

    def _show_map(self) -> None:
        if self._scene is not None:
            self._map.set_picture(self._scene.tiles.tile(ScreenTile(coarsest_level(self._scene.info.bounds), 0, 0)))

    def _show_visits(self) -> None:
        self._map.refresh_visited()
        self.touch(self._map.area)

    def _follow_tool(self) -> None:
        if self._toolbox.follow():
            self._hand.let_go()
        self.update()

    # painting

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:  # it ends here even if something raises: the error would keep it alive
            if self._scene is None:
                self._paint_empty(painter)
            else:
                self._paint_scene(painter, self._scene)

    def _paint_scene(self, painter: QPainter, scene: Scene) -> None:
        self._picture.paint(painter, self.background)
        if self._picture.is_previous:
            return
        overlay = self.view.overlay
        if overlay.visible:
            self._selected.paint(painter, self.view, scene.annotations)
            self._proposed.paint(painter, self.view)
            self.boxed.paint(painter, self.view)
        self.rulers.paint(painter, self.view, self._um_per_px)
        painter.save()
        self._toolbox.tool.paint(painter)
        painter.restore()
        if overlay.visible:
            self._legend.paint(painter, self.height(), overlay.colour_by, self._picture.origins)
        paint_scale_bar(painter, self.height(), self.view.scale, self._um_per_px)
        self._map.paint(painter)
        self._picture.paint_lens(painter, self.background)

    def _paint_empty(self, painter: QPainter) -> None:
        painter.fillRect(self.rect(), self.background)
        font = self.font()
        font.setPointSizeF(font.pointSizeF() * 1.4)
        painter.setFont(font)
        painter.setPen(self.palette().color(QPalette.ColorRole.WindowText))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, _EMPTY_TEXT)

    @property
    def background(self) -> QColor:
        """What lies around the image."""
        return self.palette().color(QPalette.ColorRole.Window).darker(112)

    # events: what they mean is up to the hand

    def resizeEvent(self, event: QResizeEvent) -> None:
        self.view.set_viewport(self.width(), self.height(), self.devicePixelRatioF())

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.DevicePixelRatioChange:
            self.view.set_viewport(self.width(), self.height(), self.devicePixelRatioF())
        elif isinstance(event, QNativeGestureEvent) and self._hand.touch_pad(event):
            return True
        elif isinstance(event, QTabletEvent):
            self._hand.pen(event)
        return super().event(event)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.PaletteChange:
            self._picture.redraw_all()
        super().changeEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self._lens.is_shown:
            self._lens.strengthen(event.angleDelta().y() / 120)
        elif self._scene is not None:
            self._hand.wheel(event)
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if self._scene is not None:
            self._hand.press(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._scene is not None:
            self._lens.move(event.position())
            self.cursor_moved.emit(*self._hand.move(event).image)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._hand.release(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if self._scene is not None:
            self._hand.double_click(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self._hand.key_down(event):
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        if not self._hand.key_up(event):
            super().keyReleaseEvent(event)

    def enterEvent(self, event: QEnterEvent) -> None:
        self._lens.move(event.position())
        if self._scene is not None:
            self._toolbox.tool.hover(self._hand.pointer(event.position(), Qt.KeyboardModifier.NoModifier))

    def leaveEvent(self, event: QEvent) -> None:
        self._toolbox.tool.leave()
        self._lens.move(None)
        self.cursor_left.emit()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self._hand.forget_keys()
        super().focusOutEvent(event)
