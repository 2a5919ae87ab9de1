"""What the hand does on the picture, joined to what it means."""

from PySide6.QtCore import QObject, QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from allviewer.domain.geometry import Region
from allviewer.session.tool_state import ToolKind
from allviewer.ui.actions import Actions
from allviewer.ui.canvas.slide_view import SlideView
from allviewer.ui.cell_menu import cell_menu
from allviewer.ui.panels.status_strip import StatusStrip
from allviewer.ui.parts_of_window import Session, Workflows


class Gestures(QObject):
    """Signals of the canvas become calls of workflows; it decides only which cells a click is about."""

    def __init__(
        self,
        session: Session,
        work: Workflows,
        canvas: SlideView,
        actions: Actions,
        status: StatusStrip,
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._session, self._work, self._canvas = session, work, canvas
        self._actions, self._status, self._window = actions, status, window
        correct, tools = work.correct, session.tools
        canvas.stroke_finished.connect(lambda path, radius, erase: correct.stroke(path, radius, erase, tools.part))
        canvas.polygon_finished.connect(correct.redraw)
        canvas.new_cell_drawn.connect(lambda corners: correct.add_cell(corners, tools.label))
        canvas.cell_clicked.connect(lambda cell, keys: work.select.click(cell, _extends(keys)))
        canvas.region_drawn.connect(self._run_on_region)
        canvas.cursor_moved.connect(self._point_at)
        canvas.cursor_left.connect(self._point_at_nothing)
        canvas.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        canvas.customContextMenuRequested.connect(self._show_cell_menu)

    def _run_on_region(self, region: Region) -> None:
        self._session.tools.take(ToolKind.SELECT)
        self._work.detect.run_on_region(region)

    def _point_at(self, x: float, y: float) -> None:
        document = self._session.workspace.document
        self._status.show_place(document, x, y, self._canvas.colour_at((x, y)))
        cell = document.annotations.at(x, y) if document is not None else None
        self._session.selection.hover(cell.id if cell is not None else 0)

    def _point_at_nothing(self) -> None:
        self._status.show_place(None, 0, 0)
        self._session.selection.hover(0)

    @property
    def _right_button_works(self) -> bool:
        """Whether the right button has other work than opening the menu: clicks on cells, the size of the brush."""
        holds_alt = QGuiApplication.queryKeyboardModifiers() & Qt.KeyboardModifier.AltModifier
        return self._session.tools.tool is ToolKind.CLICK or bool(holds_alt)

    def _show_cell_menu(self, place: QPoint) -> None:
        """The right button: choose the cell under it, unless it is one of those chosen already."""
        document, selection = self._session.workspace.document, self._session.selection
        if document is None or self._right_button_works:
            return
        cell_id = self._canvas.cell_id_at(self._session.view.to_image((place.x(), place.y())))
        cell = document.annotations.get(cell_id)
        if cell is None:
            return
        if cell_id not in selection.ids:
            selection.select({cell_id}, cell_id)
        relabel = self._work.correct.relabel
        menu = cell_menu(self._session.workspace.class_set, self._actions, cell.label, relabel, self._window)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(self._canvas.mapToGlobal(place))


def _extends(keys: Qt.KeyboardModifier) -> bool:
    """Whether a click adds to the selection."""
    return bool(keys & (Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.ControlModifier))
