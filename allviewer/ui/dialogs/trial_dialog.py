"""Two networks side by side on cells that people know: figures, pictures, and whether the new one may be adopted."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDoubleSpinBox,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QProgressBar,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from allviewer.ui.changed_cells import LEGEND, ChangedCells
from allviewer.ui.panels.parts import muted, number_box
from allviewer.workflows.adopt_pack import AdoptPack
from allviewer.workflows.install_pack import InstallPack, PackRow
from allviewer.workflows.judge_pack import JudgePack, PackTrial

_COLUMNS = ("Held against", "Figure", "Class", "Before", "After", "Change", "95 % interval", "Cells")
_GUARD = "the guard"


class TrialDialog(QDialog):
    """Runs the trial when it is shown, and again whenever something else is to be compared."""

    def __init__(
        self,
        judge: JudgePack,
        adopt: AdoptPack,
        packs: InstallPack,
        pack: PackRow,
        case: Callable[[], Path | None],
        parent: QWidget | None = None,
    ) -> None:
        """`case` gives the file of the open case, whose cells can be compared on."""
        super().__init__(parent)
        self._judge, self._adopt, self._pack, self._case = judge, adopt, pack, case
        self.setWindowTitle(f"{pack.card.title} {pack.card.version}: better or worse?")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.trial: PackTrial | None = None
        self.other, self.cells = QComboBox(), QComboBox()
        self.other.addItem("the one in use and the one that ships (the guard)", _GUARD)
        for row in packs.packs(pack.card.task, with_archived=True):
            if row.name != pack.name:
                self.other.addItem(f"{row.card.title} {row.card.version}", row.name)
        self.cells.addItem("the locked test set and the golden set", "sets")
        if case() is not None:
            self.cells.addItem("the accepted and corrected cells of this case", "case")
        self.margin = number_box(QDoubleSpinBox())
        self.margin.setRange(0, 0.5)
        self.margin.setDecimals(3)
        self.margin.setSingleStep(0.005)
        self.margin.setValue(judge.usual_margin(pack.card.task))
        self.margin.setToolTip("How much worse the new network may be, by the lower end of the interval")
        self.verdict, self.table = QLabel(), QTableWidget(0, len(_COLUMNS))
        self.better, self.worse = ChangedCells(), ChangedCells()
        self.bar = QProgressBar()
        self.reason = QLineEdit()
        self.reason.setPlaceholderText("Why it is to be used although the guard refuses it (is recorded)")
        self.take = QPushButton("Adopt")
        self.take.setObjectName("primary")
        self._arrange()
        self._join()
        self.run()

    def _arrange(self) -> None:
        self.verdict.setWordWrap(True)
        self.verdict.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.table.setHorizontalHeaderLabels(list(_COLUMNS))
        self.table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        self.table.horizontalHeader().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.table.verticalHeader().hide()
        self.table.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
        self.bar.setRange(0, 1000)
        top, foot = QHBoxLayout(), QHBoxLayout()
        for words, field in (("Against", self.other), ("on", self.cells), ("margin", self.margin)):
            top.addWidget(QLabel(words))
            top.addWidget(field)
        top.addStretch(1)
        close = QPushButton("Close")
        close.clicked.connect(self.close)
        foot.addWidget(self.reason, 1)
        foot.addWidget(self.take)
        foot.addWidget(close)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 14, 16, 12)
        layout.addLayout(top)
        layout.addWidget(self.bar)
        layout.addWidget(self.verdict)
        layout.addWidget(self.table, 1)
        for words, strip in (("Cells it does worse", self.worse), ("Cells it does better", self.better)):
            layout.addWidget(QLabel(words))
            layout.addWidget(strip)
        layout.addWidget(muted(LEGEND))
        layout.addLayout(foot)
        self.resize(1040, 860)

    def _join(self) -> None:
        self._judge.judged.connect(self._show)
        self._judge.failed.connect(self.verdict.setText)
        self._judge.progressed.connect(self._progress)
        for box in (self.other, self.cells):
            box.currentIndexChanged.connect(self.run)
        self.margin.editingFinished.connect(self.run)
        self.reason.textChanged.connect(self._refresh)
        self.take.clicked.connect(self._take)

    def run(self) -> None:
        """Compare anew."""
        self.trial = None
        self.verdict.setText("Running both networks on cells whose answers are known…")
        self.bar.show()
        self._refresh()
        case = self._case() if self.cells.currentData() == "case" else None
        cases = [case] if case is not None else []
        other = str(self.other.currentData())
        against = "" if other == _GUARD else other
        self._judge.compare(self._pack.name, against, cases, self.margin.value())

    def closeEvent(self, event: object) -> None:
        self._judge.cancel()
        super().closeEvent(event)  # type: ignore[arg-type]

    @property
    def _is_guard(self) -> bool:
        """Only what the guard itself measured, on its own cells, decides."""
        return bool(self.other.currentData() == _GUARD and self.cells.currentData() == "sets")

    def _progress(self, fraction: float, message: str) -> None:
        self.bar.setValue(round(1000 * fraction))
        self.bar.setFormat(message)

    def _show(self, trial: PackTrial) -> None:
        if trial.candidate.network.sha256 != self._pack.card.network.sha256:
            return
        self.trial = trial
        self.bar.hide()
        self.verdict.setText("\n".join((trial.judgement.lines[0], *trial.judgement.objections)))
        if self._is_guard:
            self._adopt.judged(trial.candidate, trial.judgement.lines)
        rows = [(name, figure) for name, figures in trial.judgement.figures.items() for figure in figures]
        self.table.setRowCount(len(rows))
        for index, (name, figure) in enumerate(rows):
            words = (name, figure.name, figure.label or "all", f"{figure.before:.3f}", f"{figure.after:.3f}")
            interval = f"{figure.low:+.3f} to {figure.high:+.3f}"
            for column, text in enumerate((*words, f"{figure.change:+.3f}", interval, f"{figure.cells:,}")):
                self.table.setItem(index, column, QTableWidgetItem(text))
        self.worse.show_cells([cell for cell in trial.changed if cell.change < 0])
        self.better.show_cells([cell for cell in trial.changed if cell.change > 0])
        self._refresh()

    def _refresh(self) -> None:
        judged = self.trial is not None and self._is_guard
        refused = judged and self.trial is not None and not self.trial.judgement.passes
        self.reason.setVisible(refused)
        self.take.setVisible(self._is_guard)
        self.take.setText("Adopt all the same" if refused else "Adopt")
        self.take.setEnabled(judged and (not refused or bool(self.reason.text().strip())))

    def _take(self) -> None:
        if self.trial is not None:
            override = "" if self.trial.judgement.passes else self.reason.text().strip()
            self._adopt.adopt(self.trial.candidate, self.trial.judgement.lines, override)
            self.close()
