"""Joins the second picture, the table of differences and their marks to the comparison that is under way."""

from functools import cached_property

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QTabWidget

from allviewer.session.comparison import DifferingCell
from allviewer.ui.actions import Actions
from allviewer.ui.notices import NoticeBar
from allviewer.ui.panels.differences_panel import DifferencesPanel
from allviewer.ui.parts_of_window import Session, Workflows
from allviewer.ui.side_by_side import TITLE_PX, SideBySide

_TITLE = "Differences"


class CompareDesk(QObject):
    """The page of differences stands among the tabs for as long as there is something to compare."""

    def __init__(
        self,
        session: Session,
        work: Workflows,
        actions: Actions,
        sides: SideBySide,
        tabs: QTabWidget,
        notices: NoticeBar,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._notices = notices
        self._session, self._work, self._actions, self._sides, self._tabs = session, work, actions, sides, tabs
        work.compare.changed.connect(self._follow)
        work.compare.compared.connect(self._show_differences)
        sides.links.changed.connect(self._show_abilities)
        sides.offer(actions)
        self._show_abilities()

    @cached_property
    def panel(self) -> DifferencesPanel:
        """Made when something is compared for the first time."""
        panel = DifferencesPanel(self._session.workspace.class_set, self._actions)
        panel.visited.connect(self._visit)
        panel.model.modelReset.connect(lambda: self._mark(None))
        return panel

    def _follow(self) -> None:
        beside = self._work.compare.beside
        place = self._tabs.indexOf(self.panel)
        if beside is not None and beside.has_differences:
            if place < 0:
                place = self._tabs.addTab(self.panel, _TITLE)
            self._tabs.setCurrentIndex(place)
        elif place >= 0:
            self._tabs.removeTab(place)
        self._notices.keep_clear(TITLE_PX if beside is not None else 0)
        self._show_differences()
        self._show_abilities()

    def _show_differences(self) -> None:
        compare = self._work.compare
        is_under_way = compare.beside is not None and compare.beside.has_differences
        self.panel.show_comparison(compare.comparison, is_under_way)

    def _mark(self, current: DifferingCell | None) -> None:
        self._sides.mark(self.panel.model.cells, current)

    def _visit(self, cell: DifferingCell | None) -> None:
        if cell is not None:
            self._sides.visit(cell)
        self._mark(cell)

    def _show_abilities(self) -> None:
        beside = self._work.compare.beside
        for action_id in ("link_views", "end_comparison"):
            self._actions[action_id].setEnabled(beside is not None)
        for action_id in ("next_difference", "previous_difference"):
            self._actions[action_id].setEnabled(beside is not None and beside.has_differences)
        self._actions["link_views"].setChecked(self._sides.links.is_linked)
