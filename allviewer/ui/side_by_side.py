"""The picture alone, or beside a second one that moves with it; differences are marked on both."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSplitter, QVBoxLayout, QWidget

from allviewer.domain.labels import ClassSet
from allviewer.errors import ImageError
from allviewer.session.comparison import DifferingCell
from allviewer.session.document import Document
from allviewer.session.linked_views import LinkedViews
from allviewer.session.pixel_look import PixelLook
from allviewer.session.tool_state import ToolState
from allviewer.session.view_state import ViewState
from allviewer.ui.actions import Actions
from allviewer.ui.canvas.looked_tiles import LookedTiles
from allviewer.ui.canvas.scene import Scene
from allviewer.ui.canvas.slide_view import SlideView
from allviewer.ui.difference_marks import DifferenceMarks
from allviewer.ui.panels.tool_bars import action_button
from allviewer.ui.parts_of_window import Session
from allviewer.ui.shown_image import MakeTiles
from allviewer.workflows.compare_views import Beside, CompareViews
from allviewer.workflows.ports import Notices

TITLE_PX = 36


class SideBySide(QSplitter):
    """Holds the canvas; the second one is made when it is first needed."""

    def __init__(
        self,
        canvas: SlideView,
        compare: CompareViews,
        session: Session,
        make_tiles: MakeTiles,
        notices: Notices,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._canvas, self._compare, self._session, self._notices = canvas, compare, session, notices
        self._make_tiles = make_tiles
        self.right_view = ViewState(self)
        self.links = LinkedViews(canvas.view, self.right_view, self)
        self.right: SlideView | None = None
        self._tiles: LookedTiles | None = None
        self._followed: Document | None = None
        self._marks: list[DifferenceMarks] = []
        self._left_title = _Title()
        self._right_title = _Title()
        self._right_side = QWidget()
        self.setHandleWidth(3)
        self.setChildrenCollapsible(False)
        self.addWidget(_under(self._left_title, canvas))
        self._left_title.hide()
        compare.changed.connect(self._show_beside)
        session.looks.changed.connect(self._follow_looks)

    def offer(self, actions: Actions) -> None:
        """Put buttons into the title of the second picture."""
        self._right_title.offer(actions)

    def mark(self, cells: Sequence[DifferingCell], current: DifferingCell | None) -> None:
        """Ring these cells on both sides."""
        for marks in self._marks:
            marks.show_cells(cells, current)

    def visit(self, cell: DifferingCell) -> None:
        """Bring a cell into view on both sides; the pictures move only if they have to."""
        view = self._canvas.view
        if not view.visible_region.contains(cell.region.intersection(view.bounds)):
            view.center_on(cell.region.center)

    def hold_lens(self, is_held: bool) -> None:
        """The magnifier, on both sides at the same place."""
        for canvas in (self._canvas, self.right) if self.right is not None else (self._canvas,):
            canvas.hold_lens(is_held)

    def _show_beside(self) -> None:
        beside = self._compare.beside
        if self._followed is not None and self.right is not None:
            self._followed.cells_changed.disconnect(self.right.refresh_cells)
            self._followed = None
        if beside is None:
            self.links.end()
            self._left_title.hide()
            if self.right is not None:
                self.right.set_scene(None)
                self._right_side.hide()
            self._tiles = None
            return
        right = self.right or self._make_right()
        try:
            self._tiles = LookedTiles(self._make_tiles(beside.document.source), self._look_of(beside))
        except ImageError as error:
            self._notices.warn(error)
            self._compare.end()
            return
        self._left_title.say("The image" if beside.colours else _left_title(beside))
        self._right_title.say(beside.title)
        self._left_title.show()
        self._right_side.show()
        half = self.width() // 2
        self.setSizes([half, half])
        right.set_scene(Scene(beside.document.info, self._tiles, beside.annotations, self._session.memory))
        right.set_scale(beside.document.mpp)
        if beside.annotations is beside.document.annotations:
            self._followed = beside.document
            self._followed.cells_changed.connect(right.refresh_cells)
        self.links.begin(self._ratio_to(beside))

    def _ratio_to(self, beside: Beside) -> float:
        """Right pixels a left pixel: cells are equally large where both scales are known, else images are."""
        scene = self._canvas.scene
        assert scene is not None
        if beside.document.info is scene.info:
            return 1.0
        left, right = self._canvas.um_per_px, beside.document.mpp
        return left / right if left and right else beside.document.info.width / scene.info.width

    def _look_of(self, beside: Beside) -> PixelLook:
        look = self._session.looks.of(beside.document)
        if beside.colours is None:
            return look
        return PixelLook(look.plane, look.managed, look.channel, beside.colours)

    def _follow_looks(self) -> None:
        beside = self._compare.beside
        if beside is not None and self._tiles is not None:
            try:
                self._tiles.set_look(self._look_of(beside))
            except ImageError as error:
                self._notices.warn(error)

    def set_class_set(self, class_set: ClassSet) -> None:
        """Draw the cells at the right by other classes."""
        if self.right is not None:
            self.right.set_class_set(class_set)

    def _make_right(self) -> SlideView:
        right = SlideView(self._session.runner, self.right_view, ToolState(self), self._session.workspace.class_set)
        right.setAccessibleName("Second image")
        self._right_side = _under(self._right_title, right)
        self.addWidget(self._right_side)
        self._marks = [DifferenceMarks(self._canvas.view, self._canvas), DifferenceMarks(self.right_view, right)]
        self._canvas.cursor_moved.connect(lambda x, y: right.point_lens(self.links.right_of((x, y))))
        self._canvas.cursor_left.connect(lambda: right.point_lens(None))
        right.cursor_moved.connect(lambda x, y: self._canvas.point_lens(self.links.left_of((x, y))))
        right.cursor_left.connect(lambda: self._canvas.point_lens(None))
        self.right = right
        return right


def _left_title(beside: Beside) -> str:
    return "The cells of this image" if beside.has_differences else "The shown image"


class _Title(QFrame):
    """What a side shows."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("bar")
        self._words = QLabel()
        self._words.setTextFormat(Qt.TextFormat.PlainText)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(12, 3, 6, 3)
        self._row.setSpacing(2)
        self._row.addWidget(self._words, 1)
        self.setFixedHeight(TITLE_PX)

    def say(self, words: str) -> None:
        self._words.setText(words)
        self._words.setToolTip(words)

    def offer(self, actions: Actions) -> None:
        for action_id in ("link_views", "end_comparison"):
            self._row.addWidget(action_button(actions[action_id]))


def _under(title: QWidget, canvas: QWidget) -> QWidget:
    holder = QWidget()
    column = QVBoxLayout(holder)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    column.addWidget(title)
    column.addWidget(canvas, 1)
    return holder
