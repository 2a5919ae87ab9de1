"""Class chips: colour, name, key, count and share. A click gives the selected cells the class."""

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QFrame, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from allviewer.domain.labels import UNCLASSIFIED, CellClass, ClassSet
from allviewer.session.box_counts import BoxFigures
from allviewer.session.differential import ClassCount, Differential
from allviewer.ui.class_signs import paint_sign
from allviewer.ui.panels.parts import ElidedLabel, muted, row
from allviewer.ui.panels.tag_strip import TagStrip
from allviewer.ui.style import bold, current_theme

_MOST_ROWS = 14
_FEWEST_ROWS = 8
"""Of a longer class set, or on a small screen, the rest is scrolled to."""


class ClassChip(QAbstractButton):
    """One class, drawn by hand so that counts line up."""

    def __init__(self, cell_class: CellClass) -> None:
        super().__init__()
        self.cell_class = cell_class
        self._count = ClassCount(cell_class.key, 0, None)
        self._is_current = False
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(cell_class.title)
        key = f" (key {cell_class.hotkey})" if cell_class.hotkey else ""
        self.setToolTip(f"Label the selected cells as {cell_class.title.lower()}{key}")

    def show_count(self, count: ClassCount) -> None:
        self._count = count
        self.update()

    def show_current(self, is_current: bool) -> None:
        """Mark the class of the selected cell."""
        if is_current != self._is_current:
            self._is_current = is_current
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(220, max(18, self.fontMetrics().height() + 4))

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = current_theme()
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            box = QRectF(self.rect()).adjusted(1, 1, -1, -1)
            if self._is_current or self.underMouse():
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(QColor(theme.selected if self._is_current else theme.raised))
                painter.drawRoundedRect(box, 5, 5)
            paint_sign(painter, QRectF(10, box.center().y() - 6, 12, 12), self.cell_class)
            self._paint_texts(painter, box)

    def _paint_texts(self, painter: QPainter, box: QRectF) -> None:
        theme = current_theme()
        centre = Qt.AlignmentFlag.AlignVCenter
        if self.cell_class.hotkey:
            words = self.cell_class.hotkey.replace("Shift+", "\u21e7")
            cap = QRectF(28, box.center().y() - 8, 20, 16)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(theme.raised))
            painter.drawRoundedRect(cap, 3, 3)
            painter.setPen(QColor(theme.muted))
            painter.drawText(cap, Qt.AlignmentFlag.AlignCenter, words)
        present = self._count.cells > 0
        painter.setPen(QColor(theme.text if present else theme.muted))
        name = box.adjusted(53, 0, -104, 0)
        title = self.fontMetrics().elidedText(self.cell_class.title, Qt.TextElideMode.ElideRight, int(name.width()))
        painter.drawText(name, centre, title)
        painter.setPen(QColor(theme.muted))
        painter.drawText(box.adjusted(0, 0, -8, 0), centre | Qt.AlignmentFlag.AlignRight, self._share())
        painter.setPen(QColor(theme.text if present else theme.muted))
        painter.setFont(bold(self.font()))
        number = f"{self._count.cells:,}" if present else "–"
        painter.drawText(box.adjusted(0, 0, -66, 0), centre | Qt.AlignmentFlag.AlignRight, number)

    def _share(self) -> str:
        """Of the counted cells; of what is not counted, how many there are for each hundred."""
        if not self._count.cells:
            return ""
        if self._count.per_100 is not None:
            return f"{self._count.per_100:.0f} / 100"
        return "" if self._count.percent is None else f"{self._count.percent:.1f} %"


class _Rows(QScrollArea):
    """The chips; as high as it may be where there is room. (Qt asks the chips once only, and they change.)"""

    def __init__(self, chips: QWidget) -> None:
        super().__init__()
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self.setWidget(chips)

    def sizeHint(self) -> QSize:
        return QSize(220, self.maximumHeight())


class ClassesPanel(QWidget):
    """All classes of the set with live counts, the tags, and the share of blasts with its interval."""

    chosen = Signal(str)
    """Key of the class that was clicked."""
    tag_pressed = Signal(str)
    """Name of the tag that was clicked."""

    def __init__(self, class_set: ClassSet, choose: QWidget, parent: QWidget | None = None) -> None:
        """`choose`: the button that opens the choice of class sets."""
        super().__init__(parent)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 6, 8, 8)
        layout.setSpacing(1)
        self.title = ElidedLabel("Classes")
        self.title.setObjectName("heading")
        layout.addWidget(row(self.title, choose, margins=(4, 0, 0, 0)))
        self.chips: dict[str, ClassChip] = {}
        holder = QWidget()
        holder.setObjectName("panel")
        self._chips = QVBoxLayout(holder)
        self._chips.setContentsMargins(0, 0, 0, 0)
        self._chips.setSpacing(1)
        self._room = _Rows(holder)
        layout.addWidget(self._room)
        self.tags = TagStrip()
        self.tags.pressed.connect(self.tag_pressed)
        layout.addWidget(row(self.tags, margins=(4, 4, 4, 0)))
        self.summary = muted(wrap=True)
        self.summary.setContentsMargins(4, 6, 4, 0)
        self.summary.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.summary.setMinimumHeight(2 * self.summary.fontMetrics().lineSpacing() + 8)  # nothing below it jumps
        layout.addWidget(self.summary)
        self.boxes = muted(wrap=True)
        self.boxes.setContentsMargins(4, 2, 4, 0)
        self.boxes.setToolTip("Counted by a network, looked at by nobody. View > Show network counts draws the boxes.")
        self.boxes.hide()
        layout.addWidget(self.boxes)
        self.set_class_set(class_set)

    def set_class_set(self, class_set: ClassSet) -> None:
        """Show other classes; their counts come with the next `show_counts`."""
        for chip in self.chips.values():
            self._chips.removeWidget(chip)
            chip.deleteLater()
        self.chips = {}
        for cell_class in class_set.classes:
            chip = ClassChip(cell_class)
            chip.clicked.connect(lambda _checked=False, key=cell_class.key: self.chosen.emit(key))
            self.chips[cell_class.key] = chip
            self._chips.addWidget(chip)
        row_px = self.chips[UNCLASSIFIED].sizeHint().height() + 1
        self._room.setMinimumHeight(min(len(class_set.classes), _FEWEST_ROWS) * row_px)
        self._room.setMaximumHeight(min(len(class_set.classes), _MOST_ROWS) * row_px)
        self._room.updateGeometry()
        self.title.setText(class_set.name)
        self.title.setToolTip(f"Classes: {class_set.name}")
        self.tags.set_tags(class_set.tags)

    def show_counts(self, counts: Differential | None) -> None:
        """Show counts, or nothing while no image is open."""
        if counts is None:
            for key, chip in self.chips.items():
                chip.show_count(ClassCount(key, 0, None))
            self.summary.setText("")
            self.summary.setToolTip("")
            return
        for count in counts.counts:
            if count.key in self.chips:  # counted while the class set was changed
                self.chips[count.key].show_count(count)
        self.summary.setText(f"{counts.blast_sentence}.")
        self.summary.setToolTip(_by_group(counts))

    def show_boxes(self, figures: BoxFigures | None) -> None:
        """What a network counted beside the white cells, or nothing."""
        self.boxes.setText(figures.sentence if figures is not None else "")
        self.boxes.setVisible(figures is not None)

    def show_current(self, key: str, tags: Sequence[str] = ()) -> None:
        """Mark the class of the selected cell, and its tags; empty for none."""
        for own, chip in self.chips.items():
            chip.show_current(own == key)
        self.tags.show_tags(tags)


def _by_group(counts: Differential) -> str:
    """Counted cells by group of classes, a line each."""
    return "\n".join(f"{group}: {n:,} ({100 * n / counts.counted:.1f} %)" for group, n in counts.groups if n)
