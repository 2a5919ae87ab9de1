"""The settings, made from their table: a title, a field, and a sentence each."""

from collections.abc import Callable
from typing import Any

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

from allviewer.storage.settings import Setting
from allviewer.ui.panels.parts import muted
from allviewer.workflows.change_settings import ChangeSettings

DEVICE_NAMES = {
    "auto": "Auto",
    "cpu": "CPU",
    "cuda": "CUDA",
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
        self._read: dict[Setting[Any], Callable[[], object]] = {}
        form = QFormLayout()
        form.setHorizontalSpacing(14)
        form.setVerticalSpacing(4)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        for setting in change.shown:
            field, self._read[setting] = _field(setting, change.value(setting))
            self.fields[setting.key] = field
            form.addRow(setting.title, field)
            form.addRow("", muted(setting.text, wrap=True))
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(18, 16, 18, 14)
        layout.setSpacing(14)
        layout.addLayout(form)
        layout.addWidget(buttons)
        self.setMinimumWidth(460)

    def accept(self) -> None:
        self._change.change({setting: read() for setting, read in self._read.items()})
        super().accept()


def _field(setting: Setting[Any], value: Any) -> tuple[QWidget, Callable[[], object]]:
    """A field for a setting, that takes no value the table refuses, and what reads it."""
    if setting.choices:
        box = QComboBox()
        for choice in setting.choices:
            box.addItem(DEVICE_NAMES.get(choice, choice), choice)
        box.setCurrentIndex(max(0, box.findData(value)))
        return box, box.currentData
    if setting.bounds is not None:
        return _number(setting, value)
    line = QLineEdit(value)
    return line, lambda: line.text().strip()


def _number(setting: Setting[Any], value: Any) -> tuple[QWidget, Callable[[], object]]:
    assert setting.bounds is not None
    low, high = setting.bounds
    box: QSpinBox | QDoubleSpinBox
    if setting.kind is int:
        box = QSpinBox()
        box.setRange(int(low), int(high))
        box.setSingleStep(64)
    else:
        box = QDoubleSpinBox()
        box.setRange(low, high)
        box.setDecimals(2 if high <= 1 else 1)
        box.setSingleStep((high - low) / _STEPS if high <= 1 else 1)
    box.setSuffix(next((unit for ending, unit in _UNITS.items() if setting.key.endswith(ending)), ""))
    box.setValue(value)
    return box, box.value
