"""Work that takes longer than a moment: what it is, how far, and a way to stop it."""

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QPushButton, QWidget

from allviewer.jobs.job import Job
from allviewer.jobs.lanes import Lane
from allviewer.jobs.runner import JobRunner
from allviewer.ui.floating import GAP_PX, Floating
from allviewer.ui.panels.parts import muted

_MOMENT_MS = 350
_WHOLE = 1000
_NARROWEST_PX = 440
_SCALE_BAR_PX = 200
_LONGEST_NAME_PX = 230


class JobStrip(Floating):
    """Shows the oldest job that has lasted longer than a moment; hidden while there is none."""

    def __init__(self, runner: JobRunner, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("jobs")
        self._jobs: list[Job] = []
        self._name = QLabel()
        self._message = muted()
        self._bar = QProgressBar()
        self._bar.setRange(0, _WHOLE)
        self._bar.setTextVisible(False)
        self._bar.setMinimumWidth(60)
        self._bar.setMaximumWidth(220)
        self._time = muted()
        self._time.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._cancel = QPushButton("Cancel")
        self._cancel.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._cancel.clicked.connect(self._stop)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(14, 7, 8, 7)
        layout.setSpacing(12)
        layout.addWidget(self._name)
        layout.addWidget(self._bar, 1)
        layout.addWidget(self._message)
        layout.addWidget(self._time)
        layout.addWidget(self._cancel)
        self._clock = QTimer(self)
        self._clock.setInterval(250)
        self._clock.timeout.connect(self._refresh)
        runner.started.connect(self._begin)
        runner.progressed.connect(lambda _job: self._refresh())
        runner.ended.connect(self._end)
        self.hide()

    @property
    def job(self) -> Job | None:
        """The job that is shown."""
        return self._jobs[0] if self._jobs and self.isVisible() else None

    def place(self, over: QWidget) -> None:
        """At the bottom, in the middle, beside the scale bar where there is room."""
        size = self.sizeHint()
        width = min(max(size.width(), _NARROWEST_PX), over.width() - 2 * GAP_PX)
        middle, beside_scale_bar = (over.width() - width) // 2, over.width() - width - GAP_PX
        left = max(middle, min(_SCALE_BAR_PX, beside_scale_bar))
        top = over.height() - size.height() - GAP_PX
        self.setGeometry(left, top, width, size.height())
        self.raise_()

    def _begin(self, job: Job) -> None:
        if job.lane is Lane.CASE:  # short, and never cancelled; the status bar tells about saving
            return
        self._jobs.append(job)
        QTimer.singleShot(_MOMENT_MS, self, self._refresh)

    def _end(self, job: Job) -> None:
        if job in self._jobs:
            self._jobs.remove(job)
            self._refresh()

    def _stop(self) -> None:
        if self._jobs:
            self._jobs[0].cancel()
            self._message.setText("Cancelling…")

    def _refresh(self) -> None:
        lasting = [job for job in self._jobs if job.running_s * 1000 >= _MOMENT_MS]
        if not lasting:
            self.hide()
            self._clock.stop()
            return
        job = lasting[0]
        self._jobs.remove(job)
        self._jobs.insert(0, job)
        self._clock.start()
        waiting = f"  (+{len(self._jobs) - 1})" if len(self._jobs) > 1 else ""
        words = self._name.fontMetrics()
        self._name.setText(words.elidedText(job.name + waiting, Qt.TextElideMode.ElideMiddle, _LONGEST_NAME_PX))
        self._name.setToolTip(job.name)
        if not job.token.cancelled:
            self._message.setText(job.message)
        self._bar.setRange(0, _WHOLE if job.fraction > 0 else 0)
        self._bar.setValue(round(job.fraction * _WHOLE))
        left = ""
        if job.fraction > 0.05 and job.running_s > 3:
            left = f", {_duration(job.running_s * (1 - job.fraction) / job.fraction)} left"
        self._time.setText(_duration(job.running_s) + left)
        self.place_again()
        self.show()


def _duration(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"
