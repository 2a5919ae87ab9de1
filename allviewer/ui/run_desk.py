"""Joins the run that waits to its panel and to its marks over the picture."""

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QTabWidget, QWidget

from allviewer.domain.model_run import Proposal
from allviewer.ui.actions import Actions
from allviewer.ui.panels.run_panel import RunPanel
from allviewer.ui.parts_of_window import Session, Workflows
from allviewer.ui.proposal_marks import ProposalMarks


class RunDesk(QObject):
    """Shows a run's proposals as long as they wait."""

    def __init__(self, session: Session, work: Workflows, actions: Actions, canvas: QWidget, parent: QObject) -> None:
        super().__init__(parent)
        self._view, self._weigh = session.view, work.weigh
        self.panel = RunPanel(session.workspace.class_set, actions, work.weigh)
        self.marks = ProposalMarks(session.view, canvas)
        work.weigh.changed.connect(self._show_marks)
        work.weigh.visited.connect(self._look_at)

    def open_on_arrival(self, tabs: QTabWidget) -> None:
        """Bring the panel to the front when a run has something to decide on."""
        self._weigh.arrived.connect(lambda: tabs.setCurrentWidget(self.panel))

    def _show_marks(self) -> None:
        run = self._weigh.run
        self.marks.show_proposals(run.proposals if run is not None else (), self._weigh.current)

    def _look_at(self, proposal: Proposal) -> None:
        """The picture moves only if it has to."""
        if not self._view.visible_region.contains(proposal.region.intersection(self._view.bounds)):
            self._view.center_on(proposal.region.center)
