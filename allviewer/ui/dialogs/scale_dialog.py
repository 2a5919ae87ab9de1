"""How large a pixel is: a number, a line of known length, red cells, or what the file says."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QDialogButtonBox,
    QDoubleSpinBox,
    QGridLayout,
    QLabel,
    QPushButton,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from allviewer.domain.scale import GIVEN_UM_PER_PX, Scale
from allviewer.errors import UserError
from allviewer.session.document import Document
from allviewer.ui.dialogs.snug_dialog import SnugDialog
from allviewer.ui.panels.parts import muted, number_box, row, rule
from allviewer.workflows.set_scale import SetScale

_USUAL = "At 100x oil immersion it is often 0.05 to 0.12, at 40x 0.2 to 0.3."


class ScaleDialog(SnugDialog):
    """Stays beside the window, so that a ruler can be drawn while it is open. Nothing changes before Set.

    Args:
        take_ruler: puts the ruler into the hand.
    """

    def __init__(
        self, document: Document, work: SetScale, take_ruler: Callable[[], object], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._document, self._work = document, work
        self._ruler_px = 0.0
        self._measured: Scale | None = None
        self.setWindowTitle("Scale")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.number = _box(*GIVEN_UM_PER_PX, 4, " µm per pixel", document.mpp or 0.1)
        self.length = _box(0.1, 100_000, 2, " µm", 10.0)
        self._ruler_text = muted(wrap=True)
        self._red_text = muted("They are about 7.2 µm across; the estimate comes with its uncertainty.", wrap=True)
        self.draw = QPushButton("Draw it")
        self.draw.clicked.connect(lambda _checked=False: take_ruler())
        self.measure = QPushButton("Measure")
        self.measure.clicked.connect(self._measure)
        self.ways = {way: QRadioButton(title) for way, title in _WAYS.items()}
        others = len(work.rows_of_folder)
        self.folder = QCheckBox(f"Also for the other {'image' if others == 1 else f'{others:,} images'} of this folder")
        self.folder.setVisible(others > 0)
        self._buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.set = self._buttons.addButton("Set", QDialogButtonBox.ButtonRole.AcceptRole)
        self._arrange()
        self._join()
        self.ways["number"].setChecked(True)
        self._refresh()

    def set_ruler(self, length_px: float) -> None:
        """A line has been drawn, so many image pixels long."""
        self._ruler_px = length_px
        self.ways["ruler"].setChecked(True)
        self._refresh()

    def chosen(self) -> Scale | None:
        """The scale that Set would set; None where the chosen way gives none yet."""
        if self.ways["number"].isChecked():
            return Scale(self.number.value(), "given")
        if self.ways["ruler"].isChecked():
            return Scale(self.length.value() / self._ruler_px, "ruler") if self._ruler_px else None
        if self.ways["red cells"].isChecked():
            return self._measured
        return self._document.file_scale

    def accept(self) -> None:
        scale = self.chosen()
        if scale is None:
            return
        whole_folder = self.folder.isChecked()
        try:
            if self.ways["file"].isChecked():
                self._work.revert(whole_folder)
            else:
                self._work.give(scale, whole_folder)
        except UserError as error:
            self._problem.setText(str(error))
            self._problem.setVisible(True)
            return
        super().accept()

    def _arrange(self) -> None:
        now = QLabel(f"{self._document.name}: {self._document.scale.words}")
        now.setWordWrap(True)
        grid = QGridLayout()
        grid.setHorizontalSpacing(14)
        grid.setVerticalSpacing(10)
        grid.setColumnStretch(1, 1)
        own = self._document.file_scale
        lines: dict[str, QWidget] = {
            "number": _stacked(row(self.number, 1), muted(_USUAL, wrap=True)),
            "ruler": _stacked(self._ruler_text, row(self.length, self.draw, 1)),
            "red cells": _stacked(self._red_text, row(self.measure, 1)),
            "file": muted(own.words if own.um_per_px is not None else "The file says nothing: the scale is unknown."),
        }
        group = QButtonGroup(self)
        for line, (way, fields) in enumerate(lines.items()):
            group.addButton(self.ways[way])
            grid.addWidget(self.ways[way], line, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(fields, line, 1)
        self._problem = QLabel()
        self._problem.setObjectName("warning")
        self._problem.setWordWrap(True)
        self._problem.hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(18, 16, 18, 14)
        layout.setSpacing(12)
        layout.addWidget(now)
        layout.addWidget(rule())
        layout.addLayout(grid)
        layout.addWidget(rule())
        layout.addWidget(self.folder)
        layout.addWidget(self._problem)
        layout.addWidget(self._buttons)
        self.setMinimumWidth(560)

    def _join(self) -> None:
        self._buttons.accepted.connect(self.accept)
        self._buttons.rejected.connect(self.reject)
        for way in self.ways.values():
            way.toggled.connect(lambda _on: self._refresh())
        self.number.valueChanged.connect(lambda _value: self.ways["number"].setChecked(True))
        self.length.valueChanged.connect(lambda _value: self._refresh())

    def _measure(self) -> None:
        self.ways["red cells"].setChecked(True)
        self.measure.setEnabled(False)
        self._say_of_red_cells("Measuring…")
        self._work.measure(self._show_measured, self._show_failure)

    def _show_measured(self, scale: Scale) -> None:
        self._measured = scale
        self.measure.setEnabled(True)
        self._say_of_red_cells(f"{scale.words}. Red cells are taken for 7.2 µm across.")
        self._refresh()

    def _show_failure(self, error: UserError) -> None:
        self.measure.setEnabled(True)
        self._say_of_red_cells(str(error))

    def _say_of_red_cells(self, text: str) -> None:
        self._red_text.setText(text)
        self._red_text.setMinimumHeight(self._red_text.heightForWidth(self._red_text.width()))

    def _refresh(self) -> None:
        self._problem.hide()
        if self._ruler_px:
            um_per_px = self.length.value() / self._ruler_px
            self._ruler_text.setText(f"The line is {self._ruler_px:,.1f} px long: {um_per_px:.4g} µm per pixel.")
        else:
            self._ruler_text.setText("Draw a line over a length that you know, a scale bar for example.")
        self.set.setEnabled(self.chosen() is not None)


_WAYS = {"number": "A number", "ruler": "A ruler", "red cells": "Red cells", "file": "The file's own"}


def _box(low: float, high: float, decimals: int, unit: str, value: float) -> QDoubleSpinBox:
    box = number_box(QDoubleSpinBox())
    box.setDecimals(decimals)
    box.setRange(low, high)
    box.setSingleStep(10 ** (1 - decimals))
    box.setSuffix(unit)
    box.setValue(value)
    box.setMinimumWidth(170)
    return box


def _stacked(*widgets: QWidget) -> QWidget:
    holder = QWidget()
    layout = QVBoxLayout(holder)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(5)
    for widget in widgets:
        layout.addWidget(widget)
    return holder
