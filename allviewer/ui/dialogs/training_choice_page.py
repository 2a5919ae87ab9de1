"""Which network goes on learning, for how long, what keeps it from forgetting, and which of its layers learn."""

from dataclasses import replace
from pathlib import Path

from PySide6.QtWidgets import QCheckBox, QComboBox, QFormLayout, QLabel, QSpinBox, QVBoxLayout, QWidget

from allviewer.exchange.training_events import ProbeResult
from allviewer.ui.panels.parts import muted, number_box
from allviewer.workflows.fine_tune import TuningRequest
from allviewer.workflows.install_pack import InstallPack, PackRow
from allviewer.workflows.plan_training import TrainingPlan

_PRESETS = (("Quick (100 steps)", 100), ("Thorough (400 steps)", 400), ("Own number of steps", 0))
_LEARNT = {
    "segmentation": "The network goes on learning from the outlines of these cells.",
    "classification": "The network goes on learning from those of these cells that have a class.",
}
_LAYERS = (
    ("All layers", "all"),
    ("All but those that see edges and colours", "decoder"),
    ("Only the last layer", "head"),
)
_AFTERWARDS = (
    "The result is a new network beside the present one. It is held against the present one and against the one that "
    "ships, on the locked test set and on synthetic smears in many stains; it is used only if you say so."
)
_START_S = 60
"""Loading, writing and checking the pack."""


class TrainingChoicePage(QWidget):
    """All that can be chosen of a training but its cells."""

    def __init__(self, packs: InstallPack) -> None:
        super().__init__()
        self._packs = packs
        self._probe: ProbeResult | None = None
        self.task, self.base, self.preset, self.layers = (QComboBox() for _ in range(4))
        self.task.addItem("Outlines of nucleus and cytoplasm", "segmentation")
        self.task.addItem("Classes of cells", "classification")
        for box, items in ((self.preset, _PRESETS), (self.layers, _LAYERS)):
            for text, value in items:
                box.addItem(text, value)
        self.steps = number_box(QSpinBox())
        self.steps.setRange(1, 100_000)
        self.steps.setValue(100)
        self.synthetic = QCheckBox("Synthetic smears in many stains")
        self.earlier = QCheckBox("The cells of earlier trainings here")
        self.distil = QCheckBox("What it says now of cells that nobody has looked at (distillation)")
        self.synthetic.setChecked(True)
        self.earlier.setChecked(True)
        self._learnt, self._afterwards = muted(wrap=True), muted(_AFTERWARDS, wrap=True)
        self.estimate = QLabel("How long it takes is not known yet: Estimate the time.")
        self.estimate.setWordWrap(True)
        form = QFormLayout()
        form.setHorizontalSpacing(14)
        form.setVerticalSpacing(8)
        for text, field in (
            ("Teach", self.task),
            ("Start with", self.base),
            ("How long", self.preset),
            ("Steps", self.steps),
            ("Layers that learn", self.layers),
            ("Mixed in, to forget less", self.synthetic),
            ("", self.earlier),
            ("", self.distil),
        ):
            form.addRow(text, field)
        layout = QVBoxLayout(self)
        layout.addLayout(form)
        for words in (self.estimate, self._learnt, self._afterwards):
            layout.addWidget(words)
        layout.addStretch(1)
        self.task.currentIndexChanged.connect(self._fill_base)
        self.preset.currentIndexChanged.connect(self._show_preset)
        self.steps.valueChanged.connect(self._show_estimate)
        self._fill_base()
        self._show_preset()

    @property
    def text(self) -> str:
        """What will be learnt, and what comes out, in words."""
        return f"{self._learnt.text()} {self._afterwards.text()}"

    @property
    def has_base(self) -> bool:
        return self.base.count() > 0

    @property
    def replays_earlier(self) -> bool:
        return self.earlier.isChecked()

    def teach(self, task: str) -> None:
        """ "segmentation" or "classification"."""
        self.task.setCurrentIndex(self.task.findData(task))

    def set_steps(self, steps: int) -> None:
        """So many optimiser steps."""
        self.preset.setCurrentIndex(len(_PRESETS) - 1)
        self.steps.setValue(steps)

    def with_distillation(self, plan: TrainingPlan) -> TrainingPlan:
        """The plan of the cells, with what this page adds to it."""
        return replace(plan, distil=self.distil.isChecked())

    def request(
        self,
        out: Path,
        data: tuple[Path, ...],
        watch: tuple[Path, ...],
        distil: tuple[Path, ...],
        earlier: tuple[Path, ...],
        locked: tuple[Path, ...],
        stamp: str,
    ) -> TuningRequest:
        """The training as it is chosen now; `stamp` marks its version."""
        pack: PackRow = self.base.currentData()
        return TuningRequest(
            task=pack.card.task,
            pack_folder=pack.folder,
            data=data,
            out=out,
            steps=self.steps.value(),
            name=pack.card.name,
            version=_next_version(pack.card.version, stamp),
            watch=watch,
            replay=earlier,
            distil=distil,
            locked=locked,
            layers=self.layers.currentData(),
            synthetic=self.synthetic.isChecked(),
            batch=self._probe.batch if self._probe is not None else None,
        )

    def show_probe(self, found: ProbeResult) -> None:
        """What a few steps on this machine told."""
        self._probe = found
        self._show_estimate()

    def _show_estimate(self) -> None:
        found = self._probe
        if found is None:
            return
        minutes = (_START_S + self.steps.value() * found.seconds_per_step) / 60
        self.estimate.setText(
            f"About {minutes:.0f} minutes on this machine, {found.batch} pictures at a time "
            f"({found.memory_mb} MB of the {found.room_mb} MB that may be taken)."
        )

    def _fill_base(self) -> None:
        self._probe = None
        task = self.task.currentData()
        self._learnt.setText(_LEARNT[task])
        self.synthetic.setEnabled(task == "segmentation")
        self.base.clear()
        used = self._packs.default(task)
        for pack in self._packs.packs(task):
            self.base.addItem(f"{pack.card.title} {pack.card.version}", pack)
            if used is not None and pack.folder == used.folder:
                self.base.setCurrentIndex(self.base.count() - 1)

    def _show_preset(self) -> None:
        steps = self.preset.currentData()
        self.steps.setEnabled(not steps)
        if steps:
            self.steps.setValue(steps)


def _next_version(version: str, stamp: str) -> str:
    """The next minor version, marked with the time, so that two rounds never share a name."""
    major, minor = version.split("+", maxsplit=1)[0].split("-", maxsplit=1)[0].split(".")[:2]
    return f"{major}.{int(minor) + 1}.0+{stamp}"
