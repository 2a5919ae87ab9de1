"""The line at the bottom: place under the cursor, zoom, scale, device, purpose, and whether all is saved."""

from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QWidget

from allviewer.session.document import Document
from allviewer.ui.panels.parts import muted, rule

RESEARCH_USE = "For research use only. Not for use in diagnostic procedures."

_SCALE_SOURCES = {
    "file": "from file",
    "given": "set by you",
    "user": "set by you",
    "red cells": "from red cells",
    "cell size": "estimated from cells",
    "cut-out": "of a cut-out cell",
}


class StatusStrip(QFrame):
    """Quiet facts, each in its place."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("status")
        self.place = muted()
        self.place.setMinimumWidth(210)
        self.zoom = muted()
        self.zoom.setMinimumWidth(52)
        self.scale = muted()
        self.device = muted()
        self.purpose = muted(RESEARCH_USE)
        self.saved = QLabel()
        self.saved.setObjectName("muted")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 3, 12, 3)
        layout.setSpacing(10)
        for widget in (self.place, rule(vertical=True), self.zoom, rule(vertical=True), self.scale):
            layout.addWidget(widget)
        layout.addStretch(1)
        layout.addWidget(self.purpose)
        layout.addStretch(1)
        layout.addWidget(self.device)
        layout.addWidget(rule(vertical=True))
        layout.addWidget(self.saved)

    def show_place(self, document: Document | None, x: float, y: float) -> None:
        """The point under the cursor, in level-0 pixels and micrometres."""
        if document is None or not document.info.bounds.contains_point(x, y):
            self.place.setText("")
            return
        text = f"{int(x):,}, {int(y):,} px"
        if document.mpp is not None:
            text += f"   {x * document.mpp:,.1f}, {y * document.mpp:,.1f} µm"
        self.place.setText(text)

    def show_zoom(self, device_scale: float | None) -> None:
        if device_scale is None:
            self.zoom.setText("")
            return
        percent = 100 * device_scale
        self.zoom.setText(f"{percent:.0f} %" if percent >= 10 else f"{percent:.2g} %")

    def show_scale(self, document: Document | None) -> None:
        if document is None:
            self.scale.setText("")
        elif document.mpp is None:
            self.scale.setText(f"{document.info.width:,} × {document.info.height:,} px, scale unknown")
        else:
            source = _SCALE_SOURCES.get(document.mpp_source, document.mpp_source)
            size = f"{document.info.width:,} × {document.info.height:,} px"
            self.scale.setText(f"{size}, {document.mpp:.3g} µm/px {source}")

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
        if self.saved.objectName() != name:
            self.saved.setObjectName(name)
            self.saved.style().polish(self.saved)
