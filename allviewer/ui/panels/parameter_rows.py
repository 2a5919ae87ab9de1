"""A control for each parameter of a method: beside the picture while it is set up, and where two are compared."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QComboBox, QGridLayout, QSlider, QVBoxLayout, QWidget

from allviewer.exchange.parameters import Parameter, Settings, Value
from allviewer.ui.panels.parts import muted


class ParameterRows(QWidget):
    """The rows of one method.

    Signals:
        set: name of a parameter and its new value.
    """

    set = Signal(str, object)

    def __init__(self, parameters: Sequence[Parameter]) -> None:
        super().__init__()
        self.controls: dict[str, ParameterControl] = {}
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 8, 0)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(5)
        grid.setColumnStretch(1, 1)
        for line, parameter in enumerate(parameters):
            control = ParameterControl(parameter)
            control.changed.connect(partial(self.set.emit, parameter.name))
            grid.addWidget(control.title, line, 0)
            grid.addWidget(control, line, 1, 1, 2 if parameter.choices else 1)
            grid.addWidget(control.text, line, 2)
            self.controls[parameter.name] = control

    def show_values(self, settings: Settings) -> None:
        """Show all settings of the method."""
        for name, control in self.controls.items():
            control.show_value(settings[name], control.parameter.is_used(settings))


class ParameterControl(QWidget):
    """A slider for a number, a box for a choice; with its title and its value as text.

    Signals:
        changed: with the new value.
    """

    changed = Signal(object)

    def __init__(self, parameter: Parameter) -> None:
        super().__init__()
        self.parameter = parameter
        self.title, self.text = muted(parameter.title), muted()
        self.slider: QSlider | None = None
        self.box: QComboBox | None = None
        for widget in (self, self.title):
            widget.setToolTip(parameter.tip)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._make_box(parameter) if parameter.choices else self._make_slider(parameter))

    def show_value(self, value: Value, is_used: bool) -> None:
        """Show a value; what has no meaning beside the other settings is hidden."""
        for widget in (self, self.title):
            widget.setVisible(is_used)
        self.text.setVisible(is_used and self.slider is not None)
        if self.box is not None:
            with QSignalBlocker(self.box):
                self.box.setCurrentIndex(max(0, self.box.findData(value)))
        elif self.slider is not None:
            number = float(value)
            with QSignalBlocker(self.slider):
                self.slider.setValue(round((number - self.parameter.low) / self.parameter.step))
            self.text.setText(f"{number:g} {self.parameter.unit.replace('um', 'µm')}".strip())

    def _make_slider(self, parameter: Parameter) -> QSlider:
        slider = QSlider(Qt.Orientation.Horizontal)
        slider.setRange(0, round((parameter.high - parameter.low) / parameter.step))
        slider.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        slider.valueChanged.connect(self._slide)
        self.text.setMinimumWidth(self.text.fontMetrics().horizontalAdvance("0.00 times"))
        self.slider = slider
        return slider

    def _make_box(self, parameter: Parameter) -> QComboBox:
        box = QComboBox()
        box.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        box.setMinimumWidth(60)
        box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        for key, title in parameter.choices:
            box.addItem(title, key)
        box.activated.connect(lambda _index: self.changed.emit(box.currentData()))
        self.box = box
        return box

    def _slide(self, steps: int) -> None:
        value = self.parameter.low + steps * self.parameter.step
        self.changed.emit(round(value, 6))
