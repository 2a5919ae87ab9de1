"""What networks can run on here: every execution provider, its trial, its speed, which is used and why."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from allviewer.exchange.device_report import DeviceReport
from allviewer.ui.panels.parts import muted
from allviewer.workflows.use_devices import UseDevices

_COLUMNS = ("Device", "State", "A picture takes", "Golden outputs", "Memory limit", "Why")
_STATES = {"works": "Works", "wrong": "Wrong outputs", "unusable": "Cannot be used", "absent": "Not there"}


class DevicesDialog(QDialog):
    """A row a device, in order of preference."""

    def __init__(self, devices: UseDevices, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._devices = devices
        self.setWindowTitle("Devices")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.used = QLabel()
        self.used.setWordWrap(True)
        self.table = QTableWidget(0, len(_COLUMNS))
        self.table.setHorizontalHeaderLabels(list(_COLUMNS))
        self.table.verticalHeader().hide()
        self.table.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
        self.table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        self.table.horizontalHeader().setStretchLastSection(True)
        self.again = QPushButton("Try again")
        self.again.clicked.connect(devices.check_again)
        close = QPushButton("Close")
        close.clicked.connect(self.close)
        foot = QHBoxLayout()
        foot.addWidget(self.again)
        foot.addStretch(1)
        foot.addWidget(close)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 14, 16, 12)
        layout.addWidget(self.used)
        layout.addWidget(self.table, 1)
        layout.addWidget(
            muted(
                "In order of preference. Each is tried in a process of its own with pictures of known outputs, so "
                "that a broken driver cannot take the window down. What is not there comes with another build of the "
                "runtime (onnxruntime-gpu, -directml, -openvino).",
                wrap=True,
            )
        )
        layout.addLayout(foot)
        self.resize(860, 380)
        devices.changed.connect(self._show)
        self._show()
        devices.check()

    def _show(self) -> None:
        reports = self._devices.reports
        self.again.setEnabled(not self._devices.is_trying)
        if reports is None:
            self.used.setText("Trying the devices…" if self._devices.is_trying else "No device was tried yet.")
            return
        device, why = self._devices.best()
        self.used.setText(f"Networks run on {device}." + (f" Passed by: {why}" if why else ""))
        self.table.setRowCount(len(reports.devices))
        for row, report in enumerate(reports.devices):
            for column, text in enumerate(_words(report)):
                self.table.setItem(row, column, QTableWidgetItem(text))


def _words(report: DeviceReport) -> tuple[str, ...]:
    tried = report.state in ("works", "wrong")
    limit = f"{report.memory_limit_mb:,} MB" if report.memory_limit_mb else ""
    return (
        report.device,
        _STATES[report.state],
        f"{report.milliseconds:.1f} ms" if tried and report.milliseconds else "",
        f"within {report.difference:.1g}" if tried else "",
        limit,
        report.reason,
    )
