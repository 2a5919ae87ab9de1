"""How a training goes: curves, the same cells step by step, the time it still takes, pause and stop."""

import time

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QPushButton, QSlider, QVBoxLayout, QWidget

from allviewer.exchange.training_events import Progress
from allviewer.ui.panels.parts import muted
from allviewer.ui.training_curves import TrainingCurves
from allviewer.workflows.fine_tune import FineTune

_SHOWN, _SIDE_PX = 4, 170


class TrainingProgressPage(QWidget):
    """Shows what `FineTune` says."""

    def __init__(self, tune: FineTune) -> None:
        super().__init__()
        self._tune = tune
        self.curves = TrainingCurves()
        self._shots: list[tuple[int, tuple[str, ...]]] = []
        self._marks: list[tuple[float, int]] = []
        self.examples = [QLabel() for _ in range(_SHOWN)]
        self.moment = QSlider(Qt.Orientation.Horizontal)
        self.moment.setToolTip("Look at an earlier step of these cells")
        self.moment.valueChanged.connect(self._show_examples)
        self._of_step = muted("The same cells, step by step, will be shown here.")
        self.bar, self.message = QProgressBar(), muted(wrap=True)
        self.bar.setTextVisible(False)
        self.pause, self.stop = QPushButton("Pause"), QPushButton("Stop")
        self.pause.clicked.connect(self._pause_or_go_on)
        self.stop.clicked.connect(tune.cancel)
        strip, foot = QHBoxLayout(), QHBoxLayout()
        for label in self.examples:
            label.setFixedSize(QSize(_SIDE_PX, _SIDE_PX))
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
            strip.addWidget(label)
        strip.addStretch(1)
        foot.addWidget(self.pause)
        foot.addWidget(self.stop)
        foot.addWidget(self.message, 1)
        layout = QVBoxLayout(self)
        layout.addWidget(self.curves, 1)
        layout.addLayout(strip)
        layout.addWidget(self._of_step)
        layout.addWidget(self.moment)
        layout.addWidget(self.bar)
        layout.addLayout(foot)
        for news in tune.so_far():
            self.add(news)
        self._marks.clear()  # their times are not known
        tune.progressed.connect(self.add)
        self.refresh()

    def clear(self) -> None:
        """A new training begins."""
        self.curves.clear()
        self._shots.clear()
        self._marks.clear()
        self.moment.setRange(0, 0)
        self.bar.setRange(0, 0)
        self.refresh()

    def add(self, news: Progress) -> None:
        """What the training says."""
        self.bar.setRange(0, 1000)
        self.bar.setValue(round(1000 * news.fraction))
        self.curves.add(news)
        if news.pictures and news.step is not None:
            follows = self.moment.value() == self.moment.maximum()
            self._shots.append((news.step, news.pictures))
            self.moment.setRange(0, len(self._shots) - 1)
            if follows:
                self.moment.setValue(len(self._shots) - 1)
                self._show_examples()
        self.message.setText(f"{news.message}. {self._time_left(news)}".strip())
        self.refresh()

    def refresh(self) -> None:
        """Buttons as they may be pressed now."""
        running = self._tune.is_running
        self.pause.setEnabled(running)
        self.stop.setEnabled(running)
        self.pause.setText("Go on" if self._tune.is_paused else "Pause")

    def _pause_or_go_on(self) -> None:
        (self._tune.go_on if self._tune.is_paused else self._tune.pause)()
        self._marks.clear()
        self.refresh()

    def _time_left(self, news: Progress) -> str:
        """By the pace of the latest steps, so that a pause does not count."""
        if news.paused or news.step is None or news.steps is None:
            self._marks.clear()
            return ""
        self._marks = [*self._marks[-9:], (time.monotonic(), news.step)]
        (start_s, start), (now_s, now) = self._marks[0], self._marks[-1]
        if now <= start or news.step >= news.steps:
            return ""
        left_s = (news.steps - news.step) * (now_s - start_s) / (now - start)
        return f"About {left_s / 60:.0f} minutes left" if left_s > 90 else f"About {left_s:.0f} seconds left"

    def _show_examples(self) -> None:
        if not self._shots:
            return
        step, pictures = self._shots[self.moment.value()]
        self._of_step.setText(f"Step {step}. White: as a person drew it. Blue: as the network sees it at this step.")
        keep, smooth = Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
        for label, path in zip(self.examples, pictures, strict=False):
            label.setPixmap(QPixmap(path).scaled(_SIDE_PX, _SIDE_PX, keep, smooth))
