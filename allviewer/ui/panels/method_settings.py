"""The parameters of any method without a network, set here alone: what is remembered of the method stays."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

from allviewer.errors import UserError
from allviewer.exchange.parameters import Value
from allviewer.ui.panels.parameter_rows import ParameterRows
from allviewer.workflows.tune_method import TuneMethod

_MOST_PX = 230


class MethodSettings(QScrollArea):
    """Begins with the settings that people use of a method.

    Attributes:
        given: what differs from the defaults; empty where no method is shown.
    """

    def __init__(self, tune: TuneMethod, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tune, self._name = tune, ""
        self.given: dict[str, Value] = {}
        self.rows = ParameterRows(())
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.hide()

    def show_method(self, name: str) -> None:
        """Show the parameters of a method; an empty name shows none."""
        self._name, self.given = name, self._tune.given(name) if name else {}
        method = next((method for method in self._tune.methods if method.name == name), None)
        self.setVisible(method is not None)
        if method is not None:
            self.rows = ParameterRows(method.parameters)
            self.rows.setObjectName("panel")
            self.rows.set.connect(self._set)
            self.setWidget(self.rows)
            self._refresh()

    def _set(self, parameter: str, value: Value) -> None:
        given = {**self.given, parameter: value}
        try:
            self._tune.settled(self._name, given)
        except UserError:
            self._refresh()  # the control goes back to what can be
            return
        self.given = given
        self._refresh()

    def _refresh(self) -> None:
        self.rows.show_values(self._tune.settled(self._name, self.given))
        self.setFixedHeight(min(_MOST_PX, self.rows.sizeHint().height() + 2))
