"""Class chips: colour, name, key, count and share. A click gives the selected cells the class."""

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QVBoxLayout, QWidget

from allviewer.domain.labels import CellClass, ClassSet
from allviewer.session.differential import ClassCount, Differential
from allviewer.ui.panels.parts import heading, muted
from allviewer.ui.style import bold, current_theme

_LINES = {"solid": Qt.PenStyle.SolidLine, "dash": Qt.PenStyle.DashLine, "dot": Qt.PenStyle.DotLine}


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
            middle = box.center().y()
            colour = QColor(*self.cell_class.colour)
            filled = QColor(colour)
            filled.setAlpha(90)
            painter.setBrush(filled)
            painter.setPen(QPen(colour, 2, _LINES[self.cell_class.line]))
            painter.drawEllipse(QRectF(10, middle - 6, 12, 12))
            self._paint_texts(painter, box)

    def _paint_texts(self, painter: QPainter, box: QRectF) -> None:
        theme = current_theme()
        centre = Qt.AlignmentFlag.AlignVCenter
        if self.cell_class.hotkey:
            cap = QRectF(30, box.center().y() - 8, 16, 16)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(theme.raised))
            painter.drawRoundedRect(cap, 3, 3)
            painter.setPen(QColor(theme.muted))
            painter.drawText(cap, Qt.AlignmentFlag.AlignCenter, self.cell_class.hotkey)
        present = self._count.cells > 0
        painter.setPen(QColor(theme.text if present else theme.muted))
        painter.drawText(box.adjusted(53, 0, -104, 0), centre, self.cell_class.title)
        share = "" if self._count.percent is None or not present else f"{self._count.percent:.1f} %"
        painter.setPen(QColor(theme.muted))
        painter.drawText(box.adjusted(0, 0, -8, 0), centre | Qt.AlignmentFlag.AlignRight, share)
        painter.setPen(QColor(theme.text if present else theme.muted))
        painter.setFont(bold(self.font()))
        number = f"{self._count.cells:,}" if present else "–"
        painter.drawText(box.adjusted(0, 0, -66, 0), centre | Qt.AlignmentFlag.AlignRight, number)


class ClassesPanel(QWidget):
    """All classes of the set with live counts, and the share of blasts with its interval."""

    chosen = Signal(str)
    """Key of the class that was clicked."""

    def __init__(self, class_set: ClassSet, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 8)
        layout.setSpacing(1)
        title = heading("Classes")
        title.setContentsMargins(4, 0, 0, 2)
        layout.addWidget(title)
        self.chips: dict[str, ClassChip] = {}
        for cell_class in class_set.classes:
            chip = ClassChip(cell_class)
            chip.clicked.connect(lambda _checked=False, key=cell_class.key: self.chosen.emit(key))
            self.chips[cell_class.key] = chip
            layout.addWidget(chip)
        self.summary = muted(wrap=True)
        self.summary.setContentsMargins(4, 6, 4, 0)
        self.summary.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.summary.setMinimumHeight(2 * self.summary.fontMetrics().lineSpacing() + 8)  # nothing below it jumps
        layout.addWidget(self.summary)

    def show_counts(self, counts: Differential | None) -> None:
        """Show counts, or nothing while no image is open."""
        if counts is None:
            for key, chip in self.chips.items():
                chip.show_count(ClassCount(key, 0, None))
            self.summary.setText("")
            return
        for count in counts.counts:
            self.chips[count.key].show_count(count)
        left = f" {counts.to_review:,} to review." if counts.to_review else ""
        self.summary.setText(f"{counts.blast_sentence}.{left}" if counts.counted else counts.blast_sentence + ".")

    def show_current(self, key: str) -> None:
        """Mark the class of the selected cell; empty for none."""
        for own, chip in self.chips.items():
            chip.show_current(own == key)
