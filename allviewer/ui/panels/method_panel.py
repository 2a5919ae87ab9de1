"""The settings of a method that needs no network: a control for each, the preview, the paper it comes from."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFrame,
    QGridLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QSlider,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from allviewer.exchange.parameters import Parameter, Settings, Value
from allviewer.ui.floating import GAP_PX, Floating
from allviewer.ui.icons import icon
from allviewer.ui.panels.parts import heading, muted, row
from allviewer.workflows.tune_method import MethodRow

_WIDTH_PX = 340
_ROW_PX = 28
_MOST_HEIGHT = 0.66
"""Of the picture's height; the rows scroll."""
_ROOM_BELOW_PX = 90
"""For the scale bar and the running job."""


class MethodPanel(Floating):
    """Lies over the picture at its top left while a method is chosen.

    Signals:
        set: name of a parameter and its new value.
        reset_wanted, run_wanted, closed.
        watched: whether the preview is wanted.
    """

    set = Signal(str, object)
    reset_wanted = Signal()
    run_wanted = Signal()
    closed = Signal()
    watched = Signal(bool)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("jobs")
        self._method: MethodRow | None = None
        self.controls: dict[str, ParameterControl] = {}
        self._title = heading("")
        self._summary = muted(wrap=True)
        self._source = muted(wrap=True)
        self._unseen = QLabel()
        self._unseen.setObjectName("warning")
        self._unseen.setWordWrap(True)
        self._unseen.hide()
        self.preview = QCheckBox("Preview")
        self.preview.setToolTip("Show what the method would find in the part in view")
        self.preview.setChecked(True)
        self.preview.toggled.connect(self.watched)
        self._rows = QWidget()
        self._scroll = QScrollArea()
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setWidgetResizable(True)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._arrange()
        for box in (self.preview, *self.findChildren(QPushButton), *self.findChildren(QToolButton)):
            box.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.hide()

    def show_method(self, method: MethodRow | None, settings: Settings) -> None:
        """Show a method and its settings; None hides the panel."""
        if method is None:
            self._method = None
            self.hide()
            return
        if self._method is None or method.name != self._method.name:
            self._method = method
            self._title.setText(method.title)
            self._summary.setText(f"{method.summary} Finds {method.finds}.")
            self._source.setText(f"From {method.source}.")
            self._make_controls(method.parameters)
        for name, control in self.controls.items():
            control.show_value(settings[name], control.parameter.is_used(settings))
        self.place_again()

    def say_unseen(self, sentence: str) -> None:
        """Why there is no preview; empty: there is one."""
        if sentence != self._unseen.text():
            self._unseen.setText(sentence)
            self._unseen.setVisible(bool(sentence))
            self.place_again()

    def place(self, over: QWidget) -> None:
        """At the top left, as high as its rows need and the picture allows."""
        width = min(_WIDTH_PX, over.width() - 2 * GAP_PX)
        room = min(over.height() - _ROOM_BELOW_PX - GAP_PX, round(_MOST_HEIGHT * over.height()))
        self._scroll.setFixedHeight(_ROW_PX)
        layout = self.layout()
        assert layout is not None
        layout.invalidate()
        rest = max(layout.heightForWidth(width), layout.minimumSize().height()) - _ROW_PX
        rows = self._rows.sizeHint().height() + 2
        self._scroll.setFixedHeight(max(_ROW_PX, min(rows, room - rest)))
        self.setGeometry(GAP_PX, GAP_PX, width, rest + self._scroll.height())
        self.raise_()

    def _arrange(self) -> None:
        close = QToolButton()
        close.setIcon(icon("close"))
        close.setToolTip("Hide these settings (Models > Method settings shows them)")
        close.clicked.connect(self.closed)
        reset, run = QPushButton("Reset to defaults"), QPushButton("Run on image")
        reset.clicked.connect(self.reset_wanted)
        run.clicked.connect(self.run_wanted)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 8, 8, 10)
        layout.setSpacing(7)
        layout.addWidget(row(self._title, 1, self.preview, close))
        layout.addWidget(self._summary)
        layout.addWidget(self._unseen)
        layout.addWidget(self._scroll, 1)
        layout.addWidget(self._source)
        layout.addWidget(row(reset, 1, run, margins=(0, 0, 4, 0)))

    def _make_controls(self, parameters: Sequence[Parameter]) -> None:
        self._rows = QWidget()
        self._rows.setObjectName("panel")
        grid = QGridLayout(self._rows)
        grid.setContentsMargins(0, 0, 8, 0)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(5)
        grid.setColumnStretch(1, 1)
        self.controls = {}
        for line, parameter in enumerate(parameters):
            control = ParameterControl(parameter)
            control.changed.connect(partial(self.set.emit, parameter.name))
            grid.addWidget(control.title, line, 0)
            grid.addWidget(control, line, 1, 1, 2 if parameter.choices else 1)
            grid.addWidget(control.text, line, 2)
            self.controls[parameter.name] = control
        self._scroll.setWidget(self._rows)


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
