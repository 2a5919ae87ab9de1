"""Small pieces that several panels are made of."""

from typing import TypeVar

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QDoubleSpinBox, QFrame, QHBoxLayout, QLabel, QScrollArea, QSpinBox, QWidget

Box = TypeVar("Box", QSpinBox, QDoubleSpinBox)


def heading(text: str) -> QLabel:
    """The quiet title of a section."""
    label = QLabel(text)
    label.setObjectName("heading")
    return label


def muted(text: str = "", wrap: bool = False) -> QLabel:
    """Secondary text; can be selected and copied."""
    label = QLabel(text)
    label.setObjectName("muted")
    label.setWordWrap(wrap)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label


class ElidedLabel(QLabel):
    """Text that gives way where there is no room for all of it; the tool tip has the whole."""

    def minimumSizeHint(self) -> QSize:
        return QSize(self.fontMetrics().horizontalAdvance("…") * 6, super().minimumSizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            words = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, self.width())
            painter.setPen(self.palette().color(QPalette.ColorRole.WindowText))
            painter.drawText(self.rect(), int(self.alignment()), words)


def rule(vertical: bool = False) -> QFrame:
    """A line one pixel wide."""
    line = QFrame()
    line.setObjectName("rule")
    if vertical:
        line.setFixedWidth(1)
        line.setMinimumHeight(20)
    else:
        line.setFixedHeight(1)
    return line


def number_box(box: Box) -> Box:
    """A number box whose digits begin where the words of other fields do; style sheets do not reach them."""
    box.lineEdit().setTextMargins(6, 0, 0, 0)
    return box


def row(*widgets: QWidget | int, margins: tuple[int, int, int, int] = (0, 0, 0, 0), spacing: int = 6) -> QWidget:
    """Widgets side by side; a number is room that stretches by so much."""
    holder = QWidget()
    layout = QHBoxLayout(holder)
    layout.setContentsMargins(*margins)
    layout.setSpacing(spacing)
    for widget in widgets:
        if isinstance(widget, int):
            layout.addStretch(widget)
        else:
            layout.addWidget(widget)
    return holder


def scrolled(widget: QWidget) -> QScrollArea:
    """A page that may be higher than the room there is."""
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setWidget(widget)
    return area
