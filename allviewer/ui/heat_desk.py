"""Joins the panel that shows what the classifier looked at to the selection and to the workflow that asks."""

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from allviewer.session.document import Document
from allviewer.ui.panels.heat_panel import HeatPanel
from allviewer.ui.parts_of_window import Session, Workflows


class HeatDesk(QObject):
    """The panel is open while people want it; it follows the selected cell."""

    def __init__(self, session: Session, work: Workflows, canvas: QWidget, parent: QObject) -> None:
        super().__init__(parent)
        self._session, self._work = session, work
        self._document: Document | None = None
        self.panel = HeatPanel(session.workspace.class_set)
        self.panel.float_over(canvas)
        self.panel.closed.connect(self.toggle)
        work.explain.explained.connect(self.panel.show_explanation)
        work.explain.unexplained.connect(self.panel.say)
        work.detect.finished.connect(work.explain.refresh)
        session.workspace.shown_changed.connect(self._follow)

    def toggle(self) -> None:
        """Open or close the panel."""
        opens = not self.panel.isVisible()
        self.panel.setVisible(opens)
        self._work.explain.watch(opens)

    def _follow(self) -> None:
        """Another image: its cells are followed."""
        document = self._session.workspace.document
        if document is self._document:
            return
        if self._document is not None:
            self._document.cells_changed.disconnect(self._cells_changed)
        self._document = document
        if document is not None:
            document.cells_changed.connect(self._cells_changed)
        self._work.explain.refresh()

    def _cells_changed(self, ids: frozenset[int], _region: object) -> None:
        if self._session.selection.current in ids:
            self._work.explain.refresh()
