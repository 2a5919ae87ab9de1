"""The window: puts the parts together and joins gestures to workflows. It decides nothing."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, QPoint, QSettings, Qt
from PySide6.QtGui import (
    QAction,
    QCloseEvent,
    QDragEnterEvent,
    QDropEvent,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QShortcut,
)
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QApplication,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QMainWindow,
    QSplitter,
    QStackedWidget,
    QTabWidget,
    QTextEdit,
    QVBoxLayout,
    QWidget,
)

from allviewer.domain.geometry import Region
from allviewer.session.document import Document
from allviewer.session.tool_state import ToolKind
from allviewer.ui.actions import Actions
from allviewer.ui.canvas.scene import Scene, TileProvider
from allviewer.ui.canvas.slide_view import SlideView
from allviewer.ui.cell_menu import cell_menu
from allviewer.ui.dialogs.export_dialog import ExportDialog
from allviewer.ui.dialogs.fine_tune_dialog import FineTuneDialog
from allviewer.ui.dialogs.settings_dialog import SettingsDialog
from allviewer.ui.followers import Followers
from allviewer.ui.handlers import handlers_of
from allviewer.ui.icons import window_icon
from allviewer.ui.menus import build_menus
from allviewer.ui.notices import NoticeBar
from allviewer.ui.pack_choice import PackChoice
from allviewer.ui.panels.cell_panel import CellPanel
from allviewer.ui.panels.cells_panel import CellsPanel
from allviewer.ui.panels.classes_panel import ClassesPanel
from allviewer.ui.panels.history_panel import HistoryPanel
from allviewer.ui.panels.images_panel import ImagesPanel
from allviewer.ui.panels.job_strip import JobStrip
from allviewer.ui.panels.parts import rule
from allviewer.ui.panels.status_strip import StatusStrip
from allviewer.ui.panels.tool_bars import OptionsBar, ToolStrip
from allviewer.ui.panels.welcome import Welcome
from allviewer.ui.parts_of_window import Session, Workflows

MakeTiles = Callable[[Document], TileProvider]
"""Gives the pixels of an image to the view."""

_TITLE_BAR_PX = 36
"""Room for what the system puts around a window."""
_CELL_MARGIN = 1.2
"""Room around a cell that is zoomed to, in cell sizes."""


class MainWindow(QMainWindow):
    """The one window of the program."""

    def __init__(
        self,
        session: Session,
        work: Workflows,
        canvas: SlideView,
        make_tiles: MakeTiles,
        notices: NoticeBar,
        memory: QSettings,
    ) -> None:
        super().__init__()
        self._session, self._work, self._canvas, self._notices, self._memory = session, work, canvas, notices, memory
        self._make_tiles = make_tiles
        self._may_close = self._is_closing = False
        self._last_opacity = 0.2
        self._viewed: Document | None = None
        self.setWindowIcon(window_icon())
        self.setAcceptDrops(True)
        classes = session.workspace.class_set
        self.actions_table = Actions(self, handlers_of(self, session, work))
        self._recent_menu = build_menus(self.menuBar(), self.actions_table)
        self.options = OptionsBar(self.actions_table, session.tools, session.view)
        self.tools = ToolStrip(self.actions_table)
        self.images = ImagesPanel(session.workspace)
        self.classes = ClassesPanel(classes)
        self.cell = CellPanel(classes)
        self.cells = CellsPanel(classes, session.selection)
        self.history = HistoryPanel()
        self.status = StatusStrip()
        self.jobs = JobStrip(session.runner)
        self.choice = PackChoice(self.options, work.detect, work.packs, memory, self)
        self._centre = QStackedWidget()
        self._centre.addWidget(Welcome(self.actions_table))
        self._centre.addWidget(canvas)
        self._arrange()
        self._followers = Followers(
            session,
            work,
            self.actions_table,
            self.classes,
            self.cell,
            self.cells,
            self.history,
            self.status,
            self,
        )
        self._join()
        self._restore()
        self._show_recent()

    @property
    def canvas(self) -> SlideView:
        return self._canvas

    @property
    def notices(self) -> NoticeBar:
        return self._notices

    # What actions of the window itself do

    def zoom_to_cell(self) -> None:
        """Show the current cell large."""
        document = self._session.workspace.document
        targets = self._session.selection.targets
        cell_id = self._session.selection.current or min(targets, default=0)
        cell = document.annotations.get(cell_id) if document else None
        if cell is not None:
            self._session.view.show_region(cell.mask.region, _CELL_MARGIN)

    def visit_cell(self, cell_id: int) -> None:
        """Bring a cell into view; the picture moves only if it has to."""
        document = self._session.workspace.document
        cell = document.annotations.get(cell_id) if document else None
        if cell is None:
            return
        view = self._session.view
        if not view.visible_region.contains(cell.mask.region.intersection(view.bounds)):
            view.center_on(cell.mask.region.center)

    def toggle_fill(self) -> None:
        """Outlines alone, or masks filled as before."""
        view = self._session.view
        opacity = view.overlay.fill_opacity
        if opacity > 0:
            self._last_opacity = opacity
        view.set_overlay(fill_opacity=0.0 if opacity > 0 else self._last_opacity)

    def toggle_left(self) -> None:
        self._left.setVisible(self.actions_table["show_left"].isChecked())

    def toggle_right(self) -> None:
        self._right.setVisible(self.actions_table["show_right"].isChecked())

    def show_export_dialog(self) -> None:
        ExportDialog(self._work.export_training, self).exec()

    def show_settings_dialog(self) -> None:
        SettingsDialog(self._work.settings, self).exec()

    def show_fine_tune_dialog(self) -> None:
        dialog = FineTuneDialog(self._work.fine_tune, self._work.export_training, self._work.packs, self)
        dialog.pack_taken.connect(self.choice.use)
        dialog.show()

    # Building

    def _arrange(self) -> None:
        self._left = _framed("left", self.images)
        tabs = QTabWidget()
        tabs.setDocumentMode(True)
        tabs.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        tabs.tabBar().setDrawBase(False)
        tabs.tabBar().setFocusPolicy(Qt.FocusPolicy.NoFocus)
        tabs.addTab(self.cells, "Cells")
        tabs.addTab(self.history, "History")
        self._right = _framed("right", self.classes, rule(), self.cell, rule(), tabs)
        picture = QWidget()
        beside = QHBoxLayout(picture)
        beside.setContentsMargins(0, 0, 0, 0)
        beside.setSpacing(0)
        beside.addWidget(self.tools)
        beside.addWidget(self._centre, 1)
        self._notices.float_over(self._centre)
        self.jobs.float_over(self._centre)
        self._splitter = QSplitter(Qt.Orientation.Horizontal)
        self._splitter.setHandleWidth(1)
        self._splitter.setChildrenCollapsible(False)
        for place, widget in enumerate((self._left, picture, self._right)):
            self._splitter.addWidget(widget)
            self._splitter.setStretchFactor(place, int(widget is picture))
        self._splitter.setSizes([225, 780, 420])
        self.setCentralWidget(_framed("whole", self.options, self._splitter, self.status))
        self.actions_table["show_left"].setChecked(True)
        self.actions_table["show_right"].setChecked(True)

    def _join(self) -> None:
        workspace, correct, tools = self._session.workspace, self._work.correct, self._session.tools
        self.images.chosen.connect(self._work.show_image.show)
        self.images.model.thumbnail_wanted.connect(self._want_thumbnail)
        self._work.thumbnails.ready.connect(self.images.model.set_thumbnail)
        self.classes.chosen.connect(correct.relabel)
        self.cells.visited.connect(self.visit_cell)
        self._work.walk.visited.connect(self.visit_cell)
        self.history.chosen.connect(correct.go_to)
        self._work.recent.changed.connect(self._show_recent)
        workspace.shown_changed.connect(self._show_image)
        workspace.case_changed.connect(self._show_title)
        self._work.settings.device_chosen.connect(self.choice.use_device)
        canvas = self._canvas
        canvas.stroke_finished.connect(lambda path, radius, erase: correct.stroke(path, radius, erase, tools.part))
        canvas.polygon_finished.connect(lambda corners: correct.redraw(corners, tools.part))
        canvas.new_cell_drawn.connect(lambda corners: correct.add_cell(corners, tools.label))
        canvas.cell_clicked.connect(lambda cell, keys: correct.click(cell, _extends(keys)))
        canvas.cells_boxed.connect(lambda region, keys: correct.box(region, _extends(keys)))
        canvas.region_drawn.connect(self._run_on_region)
        canvas.cursor_moved.connect(self._point_at)
        canvas.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        canvas.customContextMenuRequested.connect(self._show_cell_menu)
        self.cells.table.doubleClicked.connect(lambda _index: self.zoom_to_cell())
        self._work.detect.proposals.changed.connect(self._show_proposals)
        canvas.cursor_left.connect(lambda: self._session.selection.hover(0))
        self._session.selection.changed.connect(lambda: canvas.set_selection(self._session.selection.ids))
        for cell_class in workspace.class_set.classes:
            if cell_class.hotkey:
                key = QShortcut(QKeySequence(cell_class.hotkey), self)
                key.activated.connect(partial(correct.relabel_by_key, cell_class.hotkey))
        QGuiApplication.styleHints().colorSchemeChanged.connect(lambda _scheme: self.cells.model.dress())
        application = QApplication.instance()
        assert application is not None
        application.installEventFilter(self)

    # Following the session

    def _show_image(self) -> None:
        workspace = self._session.workspace
        document = workspace.document
        if document is not self._viewed:
            self._remember_view()
            self._viewed = document
            self._show_on_canvas(document)
            if document is not None and document.view is not None:
                x, y, scale = document.view
                self._session.view.zoom_by(scale / self._session.view.scale)
                self._session.view.center_on((x, y))
        self._centre.setCurrentIndex(1 if workspace.shown_row >= 0 else 0)
        if document is None:
            self._work.show_image.read_shown()
        else:
            self._canvas.setFocus()
        self._show_title()

    def _show_on_canvas(self, document: Document | None) -> None:
        if document is None:
            self._canvas.set_scene(None)
            return
        self._canvas.set_scene(Scene(document.info, self._make_tiles(document), document.annotations))
        self._canvas.set_scale(document.mpp)
        document.cells_changed.connect(self._canvas.refresh_cells)
        document.scale_changed.connect(lambda: self._canvas.set_scale(document.mpp))
        self._canvas.set_proposals(self._work.detect.proposals.of(document))

    def _show_proposals(self) -> None:
        self._canvas.set_proposals(self._work.detect.proposals.of(self._viewed))

    def _remember_view(self) -> None:
        view = self._session.view
        if self._viewed is not None and not view.is_fitted and self._viewed in self._session.workspace.documents:
            self._work.mark.remember_view(self._viewed, (*view.center, view.scale))

    def _show_title(self) -> None:
        workspace = self._session.workspace
        parts = ["allviewer"]
        if workspace.case is not None and workspace.case.is_named:
            parts.insert(0, workspace.case.path.name)
        if 0 <= workspace.shown_row < len(workspace.entries):
            parts.insert(0, workspace.entries[workspace.shown_row].name)
        self.setWindowTitle(" · ".join(parts))

    def _show_recent(self) -> None:
        self._recent_menu.clear()
        for path in self._work.recent.paths:
            action = QAction(str(path), self._recent_menu)
            action.triggered.connect(partial(self._open, path))
            self._recent_menu.addAction(action)
        self._recent_menu.setEnabled(bool(self._work.recent.paths))

    def _open(self, path: Path, _checked: bool = False) -> None:
        self._work.open_images.open([path])

    def _want_thumbnail(self, row: int) -> None:
        self._work.thumbnails.make(self._session.workspace.entries[row].path)

    def _show_cell_menu(self, place: QPoint) -> None:
        """The right button: choose the cell under it, unless it is one of those chosen already."""
        document, selection = self._session.workspace.document, self._session.selection
        if document is None:
            return
        cell_id = self._canvas.cell_id_at(self._session.view.to_image((place.x(), place.y())))
        cell = document.annotations.get(cell_id)
        if cell is None:
            return
        if cell_id not in selection.ids:
            selection.select({cell_id}, cell_id)
        relabel = self._work.correct.relabel
        menu = cell_menu(self._session.workspace.class_set, self.actions_table, cell.label, relabel, self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(self._canvas.mapToGlobal(place))

    def _run_on_region(self, region: Region) -> None:
        self._session.tools.take(ToolKind.SELECT)
        self._work.detect.run_on_region(region)

    def _point_at(self, x: float, y: float) -> None:
        document = self._session.workspace.document
        self.status.show_place(document, x, y)
        cell = document.annotations.at(x, y) if document is not None else None
        self._session.selection.hover(cell.id if cell is not None else 0)

    # Events

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """H hides the overlay while it is held, wherever the keyboard is, except where people type."""
        if (
            event.type() in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease)
            and isinstance(event, QKeyEvent)
            and event.key() == Qt.Key.Key_H
            and watched is self.windowHandle()
            and not event.modifiers()
            and not event.isAutoRepeat()
            and not isinstance(QApplication.focusWidget(), QLineEdit | QAbstractSpinBox | QTextEdit)
        ):
            self._session.view.set_overlay(visible=event.type() == QEvent.Type.KeyRelease)
        return super().eventFilter(watched, event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        paths = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
        if paths:
            event.acceptProposedAction()
            self._work.open_images.open(paths)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Close once the last edit is on disk; with a broken disk, ask first."""
        if not self._may_close:
            self._remember_view()
            self._work.detect.cancel()
            self._is_closing = True  # a window cannot be closed from within its own closing
            self._work.save_case.finish(self._close_now)
            self._is_closing = False
        if self._may_close:
            self._remember()
        event.setAccepted(self._may_close)

    def _close_now(self) -> None:
        self._may_close = True
        if not self._is_closing:
            self.close()

    def _remember(self) -> None:
        self._memory.setValue("window/geometry", self.saveGeometry())
        self._memory.setValue("window/splitter", self._splitter.saveState())

    def _restore(self) -> None:
        screen = self.screen().availableGeometry()
        self.resize(min(1360, screen.width()), min(860, screen.height() - _TITLE_BAR_PX))
        geometry, splitter = self._memory.value("window/geometry"), self._memory.value("window/splitter")
        if geometry is not None:
            self.restoreGeometry(geometry)
        if splitter is not None:
            self._splitter.restoreState(splitter)


def _framed(name: str, *widgets: QWidget) -> QFrame:
    """Widgets one below the other in a frame; the last one that can grows."""
    frame = QFrame()
    frame.setObjectName(name)
    layout = QVBoxLayout(frame)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(0)
    for widget in widgets:
        grows = isinstance(widget, QSplitter | QStackedWidget | QTabWidget | ImagesPanel)
        layout.addWidget(widget, int(grows))
    return frame


def _extends(keys: Qt.KeyboardModifier) -> bool:
    """Whether a click adds to the selection."""
    return bool(keys & (Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.ControlModifier))
