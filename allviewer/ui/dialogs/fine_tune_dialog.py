"""Fine-tuning: what to learn from, how long, how it goes, and what came out."""

from datetime import datetime
from pathlib import Path

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QProgressBar,
    QPushButton,
    QSizePolicy,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from allviewer.errors import UserError
from allviewer.exchange.training_events import Progress
from allviewer.ui.panels.parts import muted, number_box
from allviewer.ui.style import current_theme
from allviewer.workflows.export_training_set import ExportPreview, ExportTrainingSet
from allviewer.workflows.fine_tune import FineTune, TuningRequest, can_train_here, command_line
from allviewer.workflows.install_pack import InstallPack, PackRow

_PRESETS = (("Quick (100 steps)", 100), ("Thorough (400 steps)", 400), ("Own number of steps", 0))
_LEARNT = {
    "segmentation": "The network goes on learning from the outlines of these cells, mixed with synthetic smears "
    "so that it forgets little.",
    "classification": "The network goes on learning from those of these cells that have a class.",
}
_AFTERWARDS = (
    "The result is a new network beside the present one. It is installed by itself, and used only if you say so. "
    "Expect it to be closer to your corrections on smears like these; on others it may be better or worse. Nothing "
    "has measured it yet: run both on an image that you did not correct, and compare."
)


class LossCurve(QWidget):
    """The training loss, as it falls."""

    def __init__(self) -> None:
        super().__init__()
        self._losses: list[float] = []
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setToolTip("Training loss by step; lower is better")

    def clear(self) -> None:
        self._losses.clear()
        self.update()

    def add(self, loss: float) -> None:
        self._losses.append(loss)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(420, 120)

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = current_theme()
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            box = QRectF(self.rect()).adjusted(1, 1, -1, -1)
            painter.setPen(QPen(QColor(theme.border), 1))
            painter.setBrush(QColor(theme.panel))
            painter.drawRoundedRect(box, 5, 5)
            painter.setPen(QColor(theme.muted))
            if len(self._losses) < 2:
                painter.drawText(box, Qt.AlignmentFlag.AlignCenter, "Training loss")
                return
            inside = box.adjusted(10, 22, -10, -10)
            high, low = max(self._losses), min(self._losses)
            span = (high - low) or 1.0
            last = len(self._losses) - 1
            points = [
                QPointF(
                    inside.left() + inside.width() * i / last, inside.bottom() - inside.height() * (loss - low) / span
                )
                for i, loss in enumerate(self._losses)
            ]
            painter.drawText(box.adjusted(10, 4, -10, 0), Qt.AlignmentFlag.AlignTop, f"Loss {self._losses[-1]:.3f}")
            painter.setPen(QPen(QColor(theme.accent), 1.8))
            painter.drawPolyline(QPolygonF(points))


class FineTuneDialog(QDialog):
    """Stays beside the window while a network learns."""

    pack_taken = Signal(object)
    """The new `PackRow`, when people want to use it."""

    def __init__(
        self, tune: FineTune, export: ExportTrainingSet, packs: InstallPack, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._tune, self._export, self._packs = tune, export, packs
        self._new: PackRow | None = None
        self.setWindowTitle("Fine-tune")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._cells = QLabel("Counting…")
        self._cells.setWordWrap(True)
        self._task = QComboBox()
        self._task.addItem("Outlines of nucleus and cytoplasm", "segmentation")
        self._task.addItem("Classes of cells", "classification")
        self._base = QComboBox()
        self._preset = QComboBox()
        for text, steps in _PRESETS:
            self._preset.addItem(text, steps)
        self._steps = number_box(QSpinBox())
        self._steps.setRange(1, 100_000)
        self._steps.setValue(100)
        self._learnt = muted(wrap=True)
        self._afterwards = muted(_AFTERWARDS, wrap=True)
        self._curve = LossCurve()
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._message = muted(wrap=True)
        self._command = QPlainTextEdit()
        self._command.setReadOnly(True)
        self._command.setVisible(False)
        self._command.setMaximumHeight(90)
        self._go = QPushButton("Start")
        self._go.setObjectName("primary")
        self._stop = QPushButton("Cancel training")
        self._stop.setEnabled(False)
        self._use = QPushButton("Use this network")
        self._use.setVisible(False)
        self._close = QPushButton("Close")
        self._arrange()
        self._join()
        self._fill_base()
        self._show_preset()
        export.preview(self._show_counts)
        if tune.is_running:
            self._set_busy(True)
            self._message.setText("A network is being trained.")

    def _arrange(self) -> None:
        form = QFormLayout()
        form.setHorizontalSpacing(14)
        form.setVerticalSpacing(8)
        form.addRow("Learn from", self._cells)
        form.addRow("Teach", self._task)
        form.addRow("Start with", self._base)
        form.addRow("How long", self._preset)
        form.addRow("Steps", self._steps)
        foot = QHBoxLayout()
        foot.addWidget(self._go)
        foot.addWidget(self._stop)
        foot.addWidget(self._use)
        foot.addStretch(1)
        foot.addWidget(self._close)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(18, 16, 18, 14)
        layout.setSpacing(12)
        layout.addLayout(form)
        layout.addWidget(self._learnt)
        layout.addWidget(self._afterwards)
        layout.addWidget(self._curve, 1)
        layout.addWidget(self._bar)
        layout.addWidget(self._message)
        layout.addWidget(self._command)
        layout.addLayout(foot)
        self.resize(560, 560)

    def _join(self) -> None:
        self._task.currentIndexChanged.connect(self._fill_base)
        self._preset.currentIndexChanged.connect(self._show_preset)
        self._go.clicked.connect(self.start)
        self._stop.clicked.connect(self._tune.cancel)
        self._use.clicked.connect(self._take)
        self._close.clicked.connect(self.close)
        self._tune.progressed.connect(self._progress)
        self._tune.finished.connect(self._finished)
        self._tune.stopped.connect(self._stopped)
        self._packs.installed.connect(self._installed)

    @property
    def counts_text(self) -> str:
        """What there is to learn from, in words."""
        return self._cells.text()

    @property
    def plan_text(self) -> str:
        """What will be learnt, and what comes out, in words."""
        return f"{self._learnt.text()} {self._afterwards.text()}"

    def use(self) -> None:
        """Use the network that was learnt, and close."""
        self._take()

    def teach(self, task: str) -> None:
        """What is to be learnt: "segmentation" or "classification"."""
        self._task.setCurrentIndex(self._task.findData(task))

    def set_steps(self, steps: int) -> None:
        """So many optimiser steps."""
        self._preset.setCurrentIndex(len(_PRESETS) - 1)
        self._steps.setValue(steps)

    def _fill_base(self) -> None:
        self._learnt.setText(_LEARNT[self._task.currentData()])
        self._base.clear()
        for pack in self._packs.packs(self._task.currentData()):
            self._base.addItem(f"{pack.card.title} {pack.card.version}", pack)
        self._go.setEnabled(self._base.count() > 0)

    def _show_preset(self) -> None:
        steps = self._preset.currentData()
        self._steps.setEnabled(not steps)
        if steps:
            self._steps.setValue(steps)

    def _show_counts(self, preview: ExportPreview) -> None:
        self._cells.setText(preview.text if preview.cells else "No cell was accepted or corrected yet.")
        self._go.setEnabled(preview.cells > 0 and self._base.count() > 0 and not self._tune.is_running)

    def start(self) -> None:
        """Export the corrected cells and begin."""
        stamp = datetime.now().astimezone().strftime("%Y%m%d-%H%M%S")
        folder = self._tune.runs_dir / stamp
        request = self._request(folder)
        if not can_train_here():
            self._command.setPlainText(command_line(request))
            self._command.setVisible(True)
            self._message.setText(
                "Training is not part of this installation. Export the training set (File menu), run this command "
                "where `training` is installed, and install the pack it makes (Models menu)."
            )
            return
        self._set_busy(True)
        self._curve.clear()
        self._bar.setRange(0, 0)
        self._message.setText("Exporting the corrected cells…")
        self._export.export(folder / "set", lambda made: self._begin(request), self._export_failed)

    def _request(self, folder: Path) -> TuningRequest:
        base: PackRow = self._base.currentData()
        return TuningRequest(
            base.card.task,
            base.folder,
            (folder / "set",),
            folder / "run",
            self._steps.value(),
            base.card.name,
            _next_version(base.card.version, folder.name),
        )

    def _begin(self, request: TuningRequest) -> None:
        try:
            self._tune.start(request)
        except UserError as error:
            self._export_failed(error)
            return
        self._message.setText("Starting…")

    def _export_failed(self, error: Exception) -> None:
        self._message.setText(str(error))
        self._stopped()

    def _progress(self, news: Progress) -> None:
        self._bar.setRange(0, 1000)
        self._bar.setValue(round(1000 * news.fraction))
        self._message.setText(news.message)
        if news.loss is not None:
            self._curve.add(news.loss)

    def _finished(self, _folder: Path) -> None:
        self._stopped()
        self._message.setText("Done. Checking and installing the new network…")

    def _installed(self, pack: PackRow) -> None:
        self._new = pack
        self._use.setVisible(True)
        self._message.setText(
            f"{pack.card.title} {pack.card.version} is installed. The present one stays in the list, too."
        )

    def _stopped(self) -> None:
        self._set_busy(False)
        self._bar.setRange(0, 1000)
        self._bar.setValue(0)

    def _take(self) -> None:
        if self._new is not None:
            self.pack_taken.emit(self._new)
            self.close()

    def _set_busy(self, busy: bool) -> None:
        for widget in (self._task, self._base, self._preset, self._go):
            widget.setEnabled(not busy)
        self._stop.setEnabled(busy)
        self._use.setVisible(False)


def _next_version(version: str, stamp: str) -> str:
    """The next minor version, marked with the time, so that two rounds never share a name."""
    major, minor = version.split("+", maxsplit=1)[0].split("-", maxsplit=1)[0].split(".")[:2]
    return f"{major}.{int(minor) + 1}.0+{stamp}"
