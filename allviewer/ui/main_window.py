"""The window: puts the parts together and joins gestures to workflows. It decides nothing."""

from functools import partial
from pathlib import Path

from PySide6.QtCore import QSettings
from PySide6.QtGui import (
    QAction,
    QCloseEvent,
    QDragEnterEvent,
    QDropEvent,
    QGuiApplication,
)
from PySide6.QtWidgets import (
    QMainWindow,
    QStackedWidget,
    QWidget,
)

from allviewer.ui.actions import Actions
from allviewer.ui.canvas.slide_view import SlideView
from allviewer.ui.class_desk import ClassDesk
from allviewer.ui.compare_desk import CompareDesk
from allviewer.ui.followers import Followers
from allviewer.ui.full_screen import FullScreen
from allviewer.ui.gestures import Gestures
from allviewer.ui.handlers import handlers_of
from allviewer.ui.heat_desk import HeatDesk
from allviewer.ui.held_keys import HeldKeys
from allviewer.ui.icons import window_icon
from allviewer.ui.key_desk import KeyDesk
from allviewer.ui.menus import build_menus
from allviewer.ui.method_desk import MethodDesk
from allviewer.ui.notices import NoticeBar
from allviewer.ui.pack_choice import PackChoice
from allviewer.ui.panels.cell_panel import CellPanel
from allviewer.ui.panels.cells_panel import CellsPanel
from allviewer.ui.panels.classes_panel import ClassesPanel
from allviewer.ui.panels.history_panel import HistoryPanel
from allviewer.ui.panels.images_panel import ImagesPanel
from allviewer.ui.panels.job_strip import JobStrip
from allviewer.ui.panels.look_panel import LookPanel
from allviewer.ui.panels.parts import rule
from allviewer.ui.panels.places_panel import PlacesPanel
from allviewer.ui.panels.status_strip import StatusStrip
from allviewer.ui.panels.tool_bars import OptionsBar, ToolStrip, action_button
from allviewer.ui.panels.welcome import Welcome
from allviewer.ui.parts_of_window import Session, Workflows
from allviewer.ui.run_desk import RunDesk
from allviewer.ui.shown_image import MakeTiles, ShownImage
from allviewer.ui.side_by_side import SideBySide
from allviewer.ui.window_dialogs import WindowDialogs
from allviewer.ui.window_layout import beside, framed, quiet_tabs, three_columns

_TITLE_BAR_PX = 36
"""Room for what the system puts around a window."""


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
        self._may_close = self._is_closing = False
        self._last_opacity = 0.2
        self.setWindowIcon(window_icon())
        self.setAcceptDrops(True)
        classes = session.workspace.class_set
        self.shown = ShownImage(session, work, canvas, make_tiles, notices, self)
        self.dialogs = WindowDialogs(session, work, memory, self)
        self.methods = MethodDesk(session, work, notices, canvas, memory, self)
        self.heat = HeatDesk(session, work, canvas, self)
        self.full_screen = FullScreen(
            self, lambda: (self.menuBar(), self.options, self._left, self._right, self.status)
        )
        self.actions_table = Actions(self, handlers_of(self, session, work))
        self._recent_menu = build_menus(self.menuBar(), self.actions_table)
        self.options = OptionsBar(self.actions_table, session.tools, session.view)
        self.tools = ToolStrip(self.actions_table)
        self.images = ImagesPanel(session.workspace)
        self.classes = ClassesPanel(classes, action_button(self.actions_table["choose_classes"]))
        self.cell = CellPanel(classes)
        self.cells = CellsPanel(classes, session.selection, session.runner)
        self.history = HistoryPanel()
        self.look = LookPanel(self.actions_table, session.looks, session.view)
        self.places = PlacesPanel(self.actions_table, work.bookmarks)
        self.runs = RunDesk(session, work, self.actions_table, canvas, self)
        self.status = StatusStrip()
        self.jobs = JobStrip(session.runner)
        self.choice = PackChoice(self.options, work.detect, work.packs, work.tune, memory, self)
        self._centre = QStackedWidget()
        self._centre.addWidget(Welcome(self.actions_table))
        self.sides = SideBySide(canvas, work.compare, session, make_tiles, notices, self._centre)
        self._centre.addWidget(self.sides)
        self._arrange()
        pages = (self.cells, self.history, self.look, self.places)
        self._followers = Followers(
            session, work, self.actions_table, self.classes, self.cell, pages, self.status, self
        )
        self.comparing = CompareDesk(session, work, self.actions_table, self.sides, self._tabs, notices, self)
        with_classes = (canvas, self.sides, self.classes, self.cell, self.cells)
        ClassDesk(session, (*with_classes, self.comparing.panel, self.heat.panel, self.runs.panel), self)
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

    def show_page(self, page: QWidget) -> None:
        """Bring a page at the right to the front; from there back to the cells."""
        if self._right.isVisible() and self._tabs.currentWidget() is page:
            self._tabs.setCurrentWidget(self.cells)
            return
        self.actions_table["show_right"].setChecked(True)
        self._right.setVisible(True)
        self._tabs.setCurrentWidget(page)

    # Building

    def _arrange(self) -> None:
        self._left = framed("left", self.images)
        pages = {
            "Cells": self.cells,
            "History": self.history,
            "Look": self.look,
            "Places": self.places,
            "Run": self.runs.panel,
        }
        self._tabs = quiet_tabs(pages)
        self.runs.open_on_arrival(self._tabs)
        self._right = framed("right", self.classes, rule(), self.cell, rule(), self._tabs)
        self._notices.float_over(self._centre)
        self.jobs.float_over(self._centre)
        self._splitter = three_columns(self._left, beside(self.tools, self._centre), self._right)
        self.setCentralWidget(framed("whole", self.options, self._splitter, self.status))
        self.actions_table["show_left"].setChecked(True)
        self.actions_table["show_right"].setChecked(True)

    def _join(self) -> None:
        workspace, correct = self._session.workspace, self._work.correct
        self.images.chosen.connect(self._work.show_image.show)
        self.images.model.thumbnail_wanted.connect(self._want_thumbnail)
        self._work.thumbnails.ready.connect(self.images.model.set_thumbnail)
        self.classes.chosen.connect(correct.relabel)
        self.classes.tag_pressed.connect(correct.toggle_tag)
        self.cells.visited.connect(self.shown.visit_cell)
        self._work.walk.visited.connect(self.shown.visit_cell)
        self._work.walk.place_visited.connect(self.shown.visit_place)
        self.history.chosen.connect(correct.go_to)
        self._work.recent.changed.connect(self._show_recent)
        self.status.look_pressed.connect(self.actions_table["show_look"].trigger)
        self.status.scale_pressed.connect(self.actions_table["set_scale"].trigger)
        workspace.shown_changed.connect(self._show_image)
        self._work.glimpse.changed.connect(self._show_image)
        self.options.choice_changed.connect(self._work.explain.refresh)
        workspace.case_changed.connect(self._show_title)
        self._work.settings.device_chosen.connect(self.choice.use_device)
        self.cells.table.doubleClicked.connect(lambda _index: self.shown.zoom_to_cell())
        self._session.selection.changed.connect(lambda: self._canvas.set_selection(self._session.selection.ids))
        QGuiApplication.styleHints().colorSchemeChanged.connect(lambda _scheme: self.cells.model.dress())
        held = HeldKeys(self, {"hold_overlay": self._hide_overlay, "hold_lens": self.sides.hold_lens})
        self.keys = KeyDesk(self._session, self._work, self.actions_table, held, self)
        Gestures(self._session, self._work, self._canvas, self.actions_table, self.status, self)

    def _hide_overlay(self, is_held: bool) -> None:
        self._session.view.set_overlay(visible=not is_held)

    # Following the session

    def _show_image(self) -> None:
        self.shown.follow()
        is_seen = self._session.workspace.shown_row >= 0 or self._work.glimpse.source is not None
        self._centre.setCurrentIndex(1 if is_seen else 0)
        self._show_title()

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

    # Events

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
            self.shown.remember_view()
            self._work.detect.cancel()
            self._is_closing = True  # a window cannot be closed from within its own closing
            self._work.save_case.finish(self._close_now)
            self._is_closing = False
        if self._may_close:
            self.shown.end()
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
