"""Which patients or slides a network learns from, which are watched, which are locked away: a table."""

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from allviewer.domain.cell import CellState
from allviewer.domain.training_survey import Survey
from allviewer.ui.panels.parts import muted
from allviewer.workflows.plan_training import LEARN, WATCH, PlanTraining, TrainingPlan

_COLUMNS = ("Patient or slide", "Images", "Corrected", "Accepted", "Proposed", "Used for")
_OUT, _LOCKED = "out", "locked"
_ROLES = ((LEARN, "Learn"), (WATCH, "Watch only"), (_OUT, "Leave out"))
_STATES = ((CellState.CORRECTED, "Corrected cells", True), (CellState.ACCEPTED, "Accepted cells", True))


class TrainingCellsPage(QWidget):
    """What there is to learn from. `changed` when another choice was made."""

    changed = Signal()

    def __init__(self, plan: PlanTraining) -> None:
        super().__init__()
        self._plan = plan
        opened = plan.open_case()
        self._cases: tuple[Path, ...] = (opened,) if opened is not None else ()
        self._survey: Survey | None = None
        self._named = QLabel()
        self._named.setWordWrap(True)
        self.states = {state: QCheckBox(text) for state, text, _ in _STATES}
        self.table = QTableWidget(0, len(_COLUMNS))
        self.table.setHorizontalHeaderLabels(list(_COLUMNS))
        self.table.verticalHeader().hide()
        self.table.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
        self.table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        self.table.horizontalHeader().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.counts, self.missing = QLabel("Counting…"), muted(wrap=True)
        self.counts.setWordWrap(True)
        add = QPushButton("Add a case…")
        add.clicked.connect(self._add_case)
        self.lock = QPushButton("Lock a fifth as test set…")
        self.lock.setToolTip("Whole patients or slides, on which every network is judged and from which none learns")
        self.lock.clicked.connect(self._lock)
        top, foot = QHBoxLayout(), QHBoxLayout()
        top.addWidget(self._named, 1)
        top.addWidget(add)
        for state, _, wanted in _STATES:
            self.states[state].setChecked(wanted)
            self.states[state].toggled.connect(self._tell)
            foot.addWidget(self.states[state])
        foot.addStretch(1)
        foot.addWidget(self.lock)
        layout = QVBoxLayout(self)
        layout.addLayout(top)
        layout.addWidget(self.table, 1)
        layout.addLayout(foot)
        layout.addWidget(self.counts)
        layout.addWidget(self.missing)
        self.refresh()

    @property
    def plan(self) -> TrainingPlan:
        """The choice as it is now."""
        roles = {group: self._role(row) for row, group in enumerate(self._groups)}
        states = frozenset(state for state, box in self.states.items() if box.isChecked())
        learn, watch = (frozenset(g for g, role in roles.items() if role == wanted) for wanted in (LEARN, WATCH))
        return TrainingPlan(self._cases, states, learn, watch)

    @property
    def cells(self) -> int:
        """That would be learnt from."""
        if self._survey is None:
            return 0
        plan = self.plan
        rows = (row for row in self._survey.groups if row.group in plan.learn)
        return sum(row.states[state] for row in rows for state in plan.states)

    @property
    def _groups(self) -> list[str]:
        return [row.group for row in self._survey.groups] if self._survey is not None else []

    def refresh(self) -> None:
        """Count anew."""
        named = ["this case" if path == self._plan.open_case() else path.stem for path in self._cases]
        self._named.setText("Cells of " + ", ".join(named))
        self._plan.survey(self._cases, self._show)

    def _show(self, found: Survey) -> None:
        self._survey = found
        self.table.setRowCount(len(found.groups))
        watched = self._proposed_watch(found)
        for index, row in enumerate(found.groups):
            numbers = (row.images, *(row.states[s] for s in (CellState.CORRECTED, CellState.ACCEPTED)))
            words = (row.title, *map(str, numbers), str(row.states[CellState.PROPOSED]))
            for column, text in enumerate(words):
                self.table.setItem(index, column, QTableWidgetItem(text))
            self.table.setCellWidget(index, len(_COLUMNS) - 1, self._role_box(row.is_locked, row.group in watched))
        self.missing.setText("\n".join(f"• {sentence}" for sentence in found.missing))
        free = [row.group for row in found.groups if not row.is_locked and row.vouched]
        self.lock.setEnabled(len(free) > 1)
        self._tell()

    def _proposed_watch(self, found: Survey) -> frozenset[str]:
        """Of three or more free patients or slides a fifth is watched, so that the curves show what others gain."""
        free = [row.group for row in found.groups if not row.is_locked and row.vouched]
        return self._plan.proposed_lock(free) if len(free) > 2 else frozenset()

    def _role_box(self, is_locked: bool, is_watched: bool) -> QComboBox:
        box = QComboBox()
        if is_locked:
            box.addItem("Locked test set", _LOCKED)
            box.setEnabled(False)
        else:
            for role, text in _ROLES:
                box.addItem(text, role)
            box.setCurrentIndex(1 if is_watched else 0)
        box.currentIndexChanged.connect(self._tell)
        return box

    def _role(self, row: int) -> str:
        box = self.table.cellWidget(row, len(_COLUMNS) - 1)
        return str(box.currentData()) if isinstance(box, QComboBox) else _OUT

    def _tell(self) -> None:
        many = len(self.plan.learn)
        groups = f"{many} patient{'' if many == 1 else 's'} or slide{'' if many == 1 else 's'}"
        cells = f"{self.cells} cell{'' if self.cells == 1 else 's'}"
        self.counts.setText(
            f"{cells} of {groups} will be learnt from." if self.cells else "No cell was accepted or corrected yet."
        )
        self.changed.emit()

    def _add_case(self) -> None:
        path = self._plan.ask_case()
        if path is not None and path not in self._cases:
            self._cases = (*self._cases, path)
            self.refresh()

    def _lock(self) -> None:
        free = [row.group for row in self._survey.groups if not row.is_locked and row.vouched] if self._survey else []
        self._plan.lock(self._cases, self._plan.proposed_lock(free), lambda _text: self.refresh())
