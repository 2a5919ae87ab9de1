"""The run that waits: what it would change, filtered, walked through, taken whole, in part or not."""

from dataclasses import replace
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QAbstractItemView, QCheckBox, QComboBox, QPushButton, QTableView, QVBoxLayout, QWidget

from allviewer.domain.cell import Cell
from allviewer.domain.labels import ClassSet
from allviewer.domain.model_run import Proposal, ProposalKind
from allviewer.ui.actions import Actions
from allviewer.ui.panels.parts import muted, row
from allviewer.ui.panels.tool_bars import action_button
from allviewer.ui.proposal_marks import COLOURS
from allviewer.workflows.weigh_run import WeighRun

Index = QModelIndex | QPersistentModelIndex

_HEADERS = ("Would be", "Now", "As found", "Sure")
_NOTHING = (
    "No run waits. Where cells are already, a new run changes nothing by itself: what it would change is listed here."
)
_CONFIDENCES = (0.0, 0.5, 0.7, 0.8, 0.9, 0.95)


class ProposalsModel(QAbstractTableModel):
    """One row a proposal, in reading order."""

    def __init__(self, class_set: ClassSet, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._class_set = class_set
        self.proposals: list[Proposal] = []

    def set_class_set(self, class_set: ClassSet) -> None:
        self._class_set = class_set
        self.show(self.proposals)

    def show(self, proposals: list[Proposal]) -> None:
        self.beginResetModel()
        self.proposals = proposals
        self.endResetModel()

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.proposals)

    def columnCount(self, parent: Index | None = None) -> int:
        return len(_HEADERS)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> str | None:
        is_title = orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole
        return _HEADERS[section] if is_title else None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        proposal = self.proposals[index.row()]
        if role == Qt.ItemDataRole.DecorationRole and index.column() == 0:
            return QColor(COLOURS[proposal.kind])
        if role == Qt.ItemDataRole.DisplayRole:
            return (
                str(proposal.kind),
                self._words(proposal.before),
                self._words(proposal.after),
                f"{100 * proposal.confidence:.0f} %",
            )[index.column()]
        return None

    def _words(self, cell: Cell | None) -> str:
        return self._class_set.find(cell.label).title if cell is not None else "–"


class RunPanel(QWidget):
    """Summary, filter, table and the two decisions."""

    def __init__(self, class_set: ClassSet, actions: Actions, weigh: WeighRun, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._weigh = weigh
        self.model = ProposalsModel(class_set, self)
        self.table = _table(self.model)
        self._sentence = muted(_NOTHING, wrap=True)
        self._kinds = {kind: QCheckBox(str(kind)) for kind in ProposalKind}
        self._label, self._confidence, self._place = QComboBox(), QComboBox(), QComboBox()
        self.take, self.leave = QPushButton("Take"), QPushButton("Leave")
        self._fill_filters()
        self.set_class_set(class_set)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 4, 8, 4)
        layout.setSpacing(3)
        layout.addWidget(self._sentence)
        steps = [action_button(actions[name]) for name in ("previous_proposal", "next_proposal", "take_proposal")]
        self._filters = row(*self._kinds.values(), 1, *steps)
        self._more_filters = row(self._label, self._confidence, self._place, 1)
        self._decisions = row(self.take, self.leave, 1)
        for widget in (self._filters, self._more_filters):
            layout.addWidget(widget)
        layout.addWidget(self.table, 1)
        layout.addWidget(self._decisions)
        layout.addStretch(0)
        self.take.clicked.connect(lambda: weigh.take(self._asked_for))
        self.leave.clicked.connect(lambda: weigh.leave(self._asked_for))
        self.table.clicked.connect(lambda index: weigh.visit(self.model.proposals[index.row()]))
        self.table.selectionModel().selectionChanged.connect(lambda *_: self._name_decisions())
        weigh.changed.connect(self.refresh)
        self.refresh()

    @property
    def sentence(self) -> str:
        return self._sentence.text()

    @property
    def _asked_for(self) -> list[Proposal]:
        """Rows that are marked, if there are several; else everything that is listed."""
        marked = [self.model.proposals[index.row()] for index in self.table.selectionModel().selectedRows()]
        return marked if len(marked) > 1 else list(self.model.proposals)

    def set_class_set(self, class_set: ClassSet) -> None:
        """Name classes by another set."""
        self.model.set_class_set(class_set)
        self._label.clear()
        self._label.addItem("Every class", "")
        for cell_class in class_set.classes:
            self._label.addItem(cell_class.title, cell_class.key)

    def refresh(self) -> None:
        """Show what waits now."""
        run, weigh = self._weigh.run, self._weigh
        self._sentence.setText(f"{run.title}: {run.sentence}." if run is not None else _NOTHING)
        for widget in (self._filters, self._more_filters, self.table, self._decisions):
            widget.setVisible(run is not None)
        matching = weigh.matching
        if matching != self.model.proposals:
            self.model.show(matching)
        if weigh.current in matching:
            self.table.selectRow(matching.index(weigh.current))
            self.table.scrollTo(self.model.index(matching.index(weigh.current), 0))
        self._name_decisions()

    def _name_decisions(self) -> None:
        many = len(self._asked_for)
        self.take.setText(f"Take {many:,}")
        self.leave.setText(f"Leave {many:,}")
        for button in (self.take, self.leave):
            button.setEnabled(many > 0)

    def _fill_filters(self) -> None:
        for box in self._kinds.values():
            box.setChecked(True)
            box.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            box.toggled.connect(lambda _on: self._filter())
        for least in _CONFIDENCES:
            self._confidence.addItem(f"Sure from {100 * least:.0f} %" if least else "However sure", least)
        self._place.addItem("Anywhere", False)
        self._place.addItem("In view", True)
        for combo in (self._label, self._confidence, self._place):
            combo.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            combo.activated.connect(lambda _row: self._filter())

    def _filter(self) -> None:
        kinds = frozenset(kind for kind, box in self._kinds.items() if box.isChecked())
        self._weigh.set_filter(
            replace(
                self._weigh.filter,
                kinds=kinds,
                label=self._label.currentData(),
                least_confidence=self._confidence.currentData(),
                in_view=self._place.currentData(),
            )
        )


def _table(model: ProposalsModel) -> QTableView:
    table = QTableView()
    table.setModel(model)
    table.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
    table.setTabKeyNavigation(False)
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    table.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
    table.setShowGrid(False)
    table.setMinimumHeight(30)
    table.verticalHeader().hide()
    table.verticalHeader().setDefaultSectionSize(24)
    table.horizontalHeader().setStretchLastSection(True)
    table.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    for column, width in enumerate((90, 100, 100, 50)):
        table.setColumnWidth(column, width)
    return table
