"""Fine-tuning: what to learn from, how, how it goes, and what came out."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPlainTextEdit, QPushButton, QTabWidget, QVBoxLayout, QWidget

from allviewer.errors import UserError
from allviewer.exchange.training_events import ProbeResult
from allviewer.ui.dialogs.training_cells_page import TrainingCellsPage
from allviewer.ui.dialogs.training_choice_page import TrainingChoicePage
from allviewer.ui.dialogs.training_progress_page import TrainingProgressPage
from allviewer.workflows.fine_tune import FineTune, TuningRequest, can_train_here, command_line
from allviewer.workflows.install_pack import InstallPack, PackRow
from allviewer.workflows.plan_training import DISTIL, LEARN, WATCH, PlanTraining

_NOT_HERE = (
    "Training is not part of this installation. Export the training set (File menu), run this command where `training` "
    "is installed, and install the pack it makes (Models menu)."
)


class FineTuneDialog(QDialog):
    """Stays beside the window while a network learns; closed, the training goes on and can be looked at again."""

    pack_taken = Signal(object)
    """The new `PackRow`, to be held against the present one, and adopted if it is no worse."""

    def __init__(self, tune: FineTune, plan: PlanTraining, packs: InstallPack, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tune, self._plan, self._packs = tune, plan, packs
        self._new: PackRow | None = None
        self.setWindowTitle("Fine-tune")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.cells = TrainingCellsPage(plan)
        self.choice = TrainingChoicePage(packs)
        self.progress = TrainingProgressPage(tune)
        self.pages = QTabWidget()
        for page, title in ((self.cells, "Cells"), (self.choice, "Network"), (self.progress, "Progress")):
            self.pages.addTab(page, title)
        self._command = QPlainTextEdit()
        self._command.setReadOnly(True)
        self._command.setVisible(False)
        self._command.setMaximumHeight(90)
        self._go, self._probe = QPushButton("Start"), QPushButton("Estimate the time")
        self._go.setObjectName("primary")
        self._resume, self._use = QPushButton("Go on with the last one"), QPushButton("Better or worse?")
        self._use.setObjectName("primary")
        self._use.setVisible(False)
        self._close = QPushButton("Close")
        self._arrange()
        self._join()
        self._refresh()
        if tune.is_running:
            self.pages.setCurrentWidget(self.progress)

    def _arrange(self) -> None:
        foot = QHBoxLayout()
        for button in (self._go, self._probe, self._resume, self._use):
            foot.addWidget(button)
        foot.addStretch(1)
        foot.addWidget(self._close)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 14, 16, 12)
        layout.setSpacing(10)
        layout.addWidget(self.pages, 1)
        layout.addWidget(self._command)
        layout.addLayout(foot)
        self.resize(820, 720)

    def _join(self) -> None:
        self.cells.changed.connect(self._refresh)
        self._go.clicked.connect(self.start)
        self._probe.clicked.connect(self.estimate)
        self._resume.clicked.connect(self.resume)
        self._use.clicked.connect(self.use)
        self._close.clicked.connect(self.close)
        self._tune.finished.connect(self._finished)
        self._tune.probed.connect(self._probed)
        self._tune.stopped.connect(self._stopped)
        self._packs.installed.connect(self._installed)

    @property
    def counts_text(self) -> str:
        """What there is to learn from, in words."""
        return self.cells.counts.text()

    @property
    def plan_text(self) -> str:
        """What will be learnt, and what comes out, in words."""
        return self.choice.text

    def teach(self, task: str) -> None:
        """What is to be learnt: "segmentation" or "classification"."""
        self.choice.teach(task)

    def set_steps(self, steps: int) -> None:
        """So many optimiser steps."""
        self.choice.set_steps(steps)

    def use(self) -> None:
        """Hold the new network against the present one, and close."""
        if self._new is not None:
            self.pack_taken.emit(self._new)
            self.close()

    def start(self) -> None:
        """Export the cells and begin."""
        self._write_and(self._begin)

    def estimate(self) -> None:
        """Export the cells and try a few steps: how long, and how many pictures at a time."""
        self._write_and(self._try)

    def resume(self) -> None:
        """Go on with the newest training that was stopped or killed."""
        try:
            self._tune.resume(self._tune.interrupted()[0])
        except UserError as error:
            self._say(str(error))
            return
        self._begun("Going on…")

    def _write_and(self, then: Callable[[TuningRequest], None]) -> None:
        folder = self._tune.runs_dir / datetime.now().astimezone().strftime("%Y%m%d-%H%M%S-%f")
        if not can_train_here():
            self._command.setPlainText(command_line(self._request(folder, frozenset({LEARN}))))
            self._command.setVisible(True)
            self._say(_NOT_HERE)
            return
        self._go.setEnabled(False)
        self._say("Exporting the corrected cells…")
        plan = self.choice.with_distillation(self.cells.plan)
        self._plan.write(plan, folder, lambda written: then(self._request(folder, written)), self._failed)

    def _request(self, folder: Path, written: frozenset[str]) -> TuningRequest:
        sets = {name: (folder / name,) if name in written else () for name in (LEARN, WATCH, DISTIL)}
        earlier = sorted(self._tune.runs_dir.glob(f"*/{LEARN}")) if self.choice.replays_earlier else []
        return self.choice.request(
            folder / "run",
            sets[LEARN],
            sets[WATCH],
            sets[DISTIL],
            tuple(path for path in earlier if path.parent != folder),
            (self._plan.locked_dir,) if self._plan.locked_dir.is_dir() else (),
            folder.name,
        )

    def _begin(self, request: TuningRequest) -> None:
        try:
            self._tune.start(request)
        except UserError as error:
            self._failed(error)
            return
        self._begun("Starting: the training part is being loaded…")

    def _try(self, request: TuningRequest) -> None:
        try:
            self._tune.probe(request)
        except UserError as error:
            self._failed(error)
            return
        self._begun("Trying a few steps…")

    def _begun(self, words: str) -> None:
        self.progress.clear()
        self._say(words)
        self._use.setVisible(False)
        self.pages.setCurrentWidget(self.progress)
        self._refresh()

    def _probed(self, found: ProbeResult) -> None:
        self.choice.show_probe(found)
        self._stopped()
        self.pages.setCurrentWidget(self.choice)

    def _finished(self, _folder: Path) -> None:
        self._stopped()
        self._say("Done. Checking and installing the new network…")

    def _installed(self, pack: PackRow) -> None:
        self._new = pack
        self._use.setVisible(True)
        self._say(f"{pack.card.title} {pack.card.version} is installed beside the present one. Is it better or worse?")

    def _failed(self, error: Exception) -> None:
        self._say(str(error))
        self._refresh()

    def _stopped(self) -> None:
        self.progress.bar.setRange(0, 1000)
        self.progress.bar.setValue(0)
        self._refresh()

    def _say(self, words: str) -> None:
        self.progress.message.setText(words)

    def _refresh(self) -> None:
        running = self._tune.is_running
        ready = not running and self.cells.cells > 0 and self.choice.has_base
        self._go.setEnabled(ready)
        self._probe.setEnabled(ready and can_train_here())
        self._resume.setVisible(not running and bool(self._tune.interrupted()))
        self.progress.refresh()
