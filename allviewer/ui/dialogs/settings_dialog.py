"""The settings, made from their table: a title, a field, and a sentence each."""

from collections.abc import Callable

from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QDoubleSpinBox,
    QFormLayout,
    QLineEdit,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from allviewer.ui.panels.parts import muted, number_box
from allviewer.workflows.change_settings import ChangeSettings, SettingRow

DEVICE_NAMES = {
    "auto": "Auto",
    "cpu": "CPU",
    "cuda": "CUDA",
    "tensorrt": "TensorRT",
    "directml": "DirectML",
    "coreml": "CoreML",
    "openvino": "OpenVINO",
}
_UNITS = {"_px": " px", "_mb": " MB"}
_STEPS = 20


class SettingsDialog(QDialog):
    """Nothing changes before OK; then everything at once."""

    def __init__(self, change: ChangeSettings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._change = change
        self.setWindowTitle("Settings")
        self.fields: dict[str, QWidget] = {}
        self._read: dict[str, Callable[[], object]] = {}
        form = QFormLayout()
        form.setHorizontalSpacing(14)
        form.setVerticalSpacing(6)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        for row in change.rows:
            field, self._read[row.key] = _field(row)
            self.fields[row.key] = field
            form.addRow(row.title, field)
            form.addRow("", muted(row.text))
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(18, 16, 18, 14)
        layout.setSpacing(14)
        layout.addLayout(form)
        layout.addWidget(buttons)

    def accept(self) -> None:
        self._change.change({key: read() for key, read in self._read.items()})
        super().accept()


def _field(row: SettingRow) -> tuple[QWidget, Callable[[], object]]:
    """A field for a setting, that takes no value the table refuses, and what reads it."""
    if row.choices:
        box = QComboBox()
        for choice in row.choices:
            box.addItem(DEVICE_NAMES.get(choice, choice), choice)
        box.setCurrentIndex(max(0, box.findData(row.value)))
        return box, box.currentData
    if row.bounds is not None:
        return _number(row)
    line = QLineEdit(row.value)
    return line, lambda: line.text().strip()


def _number(row: SettingRow) -> tuple[QWidget, Callable[[], object]]:
    assert row.bounds is not None
    low, high = row.bounds
    box: QSpinBox | QDoubleSpinBox
    if row.kind is int:
        box = number_box(QSpinBox())
        box.setRange(int(low), int(high))
        box.setSingleStep(64)
    else:
        box = number_box(QDoubleSpinBox())
        box.setRange(low, high)
        box.setDecimals(2 if high <= 1 else 1)
        box.setSingleStep((high - low) / _STEPS if high <= 1 else 1)
    box.setSuffix(next((unit for ending, unit in _UNITS.items() if row.key.endswith(ending)), ""))
    box.setValue(row.value)
    return box, box.value
