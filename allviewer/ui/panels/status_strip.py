"""The line at the bottom: place under the cursor, zoom, scale, device, purpose, and whether all is saved."""

import math

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QWidget

from allviewer.session.document import Document
from allviewer.ui.panels.parts import ElidedLabel, muted, rule

RESEARCH_USE = "For research use only. Not for use in diagnostic procedures."
_OBJECTIVE_UM = 10.0
"""Micrometres a pixel, times the objective of usual slide scanners (0.25 at 40x)."""
_EQUIVALENT = "Enlargement, and the objective of a slide scanner that shows cells as large (40x: 0.25 µm per pixel)"


class _Pressable(ElidedLabel):
    """Quiet text that does something when it is clicked."""

    pressed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("muted")
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self.rect().contains(event.position().toPoint()):
            self.pressed.emit()


class StatusStrip(QFrame):
    """Quiet facts, each in its place."""

    scale_pressed = Signal()
    look_pressed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("status")
        self.place = muted()
        self.place.setMinimumWidth(150)
        self.place.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)  # it changes all the time
        self.zoom = muted()
        self.zoom.setMinimumWidth(self.zoom.fontMetrics().horizontalAdvance("100 % · 100x"))
        self.scale = _Pressable()
        self.scale.pressed.connect(self.scale_pressed)
        self.look = _Pressable()
        self.look.setToolTip("How the picture is looked at; click to change it")
        self.look.pressed.connect(self.look_pressed)
        self.look.hide()
        self.device = muted()
        self.progress = muted()
        self.progress.setToolTip("Cells of this image that a person accepted or corrected")
        self.purpose = muted(RESEARCH_USE)
        self.saved = QLabel()
        self.saved.setObjectName("muted")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 3, 12, 3)
        layout.setSpacing(10)
        layout.addWidget(self.place, 6)
        for widget in (rule(vertical=True), self.zoom, self.look, rule(vertical=True), self.scale):
            layout.addWidget(widget)
        layout.addStretch(1)
        layout.addWidget(self.purpose)
        layout.addStretch(1)
        layout.addWidget(self.device)
        layout.addWidget(rule(vertical=True))
        layout.addWidget(self.progress)
        layout.addWidget(rule(vertical=True))
        layout.addWidget(self.saved)

    def show_place(
        self, document: Document | None, x: float, y: float, colour: tuple[int, int, int] | None = None
    ) -> None:
        """The point under the cursor in level-0 pixels and micrometres; its colour and optical density."""
        if document is None or not document.info.bounds.contains_point(x, y):
            self.place.setText("")
            return
        parts = [f"{int(x):,}, {int(y):,} px"]
        if document.mpp is not None:
            parts.append(f"{x * document.mpp:,.1f}, {y * document.mpp:,.1f} µm")
        if colour is not None:
            parts.append(f"RGB {' '.join(map(str, colour))}")
            parts.append(f"OD {' '.join(map(_optical_density, colour))}")
        texts = ["   ".join(parts[:count]) for count in range(len(parts), 0, -1)]
        metrics, room_px = self.place.fontMetrics(), self.place.width()
        self.place.setText(next((text for text in texts if metrics.horizontalAdvance(text) <= room_px), texts[-1]))

    def show_progress(self, reviewed: int, cells: int) -> None:
        """How far the review of this image is."""
        self.progress.setText(f"{reviewed:,} of {cells:,} reviewed" if cells else "")
        self.progress.setObjectName("good" if cells and reviewed == cells else "muted")
        self.progress.style().polish(self.progress)

    def show_zoom(self, device_scale: float | None, um_per_px: float | None, objective: float | None) -> None:
        """Enlargement, and the objective that shows cells as large with a camera of 10 µm pixels (40x: 0.25 µm/px)."""
        if device_scale is None:
            self.zoom.setText("")
            return
        percent = 100 * device_scale
        text = f"{percent:.0f} %" if percent >= 10 else f"{percent:.2g} %"
        at_full_size = _OBJECTIVE_UM / um_per_px if um_per_px else objective
        if at_full_size:
            text += f" · {_rounded(at_full_size * device_scale)}x"
        self.zoom.setText(text)
        self.zoom.setToolTip(f"The image was taken through a {objective:g}x objective." if objective else _EQUIVALENT)

    def show_scale(self, document: Document | None) -> None:
        """Size and scale; a scale that rests on the size of cells stands out."""
        if document is None:
            self.scale.setText("")
            return
        size, scale = f"{document.info.width:,} × {document.info.height:,} px", document.scale
        text = f"{'≈ ' if scale.is_guess else ''}{scale.words} · {size}"
        self.scale.setText(text)
        self.scale.setToolTip(f"{text}<br>Click to set the scale.")
        _name(self.scale, "warning" if scale.is_guess else "muted")

    def show_look(self, words: str) -> None:
        """What is special about how the image is seen."""
        self.look.setText(words)
        self.look.setVisible(bool(words))

    def show_device(self, device: str) -> None:
        self.device.setText(f"Networks ran on {device.upper()}" if device else "")

    def show_saved(self, document: Document | None) -> None:
        if document is None:
            text, name = "", "muted"
        elif document.read_only:
            text, name = "Read only" if document.saved else "Not saved", "warning"
        elif document.saved:
            text, name = "All edits saved", "good"
        else:
            text, name = "Saving…", "muted"
        self.saved.setText(text)
        _name(self.saved, name)


def _name(label: QLabel, name: str) -> None:
    """Give it another look of the style sheet."""
    if label.objectName() != name:
        label.setObjectName(name)
        label.style().polish(label)


def _rounded(magnification: float) -> str:
    return f"{magnification:.0f}" if magnification >= 10 else f"{magnification:.2g}"


def _optical_density(value: int) -> str:
    """How much light was taken away, as a power of ten; white (255) is what came in."""
    return f"{-math.log10(max(value, 1) / 255) + 0.0:.2f}"
