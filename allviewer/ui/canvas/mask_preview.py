"""The preview of a method's mask over the picture; a layer of its own, so that sliders redraw no cell and no tile."""

import numpy as np
from PySide6.QtCore import QEvent, QObject, QRectF, Qt
from PySide6.QtGui import QImage, QPainter, QPaintEvent, QTransform
from PySide6.QtWidgets import QWidget

from allviewer.session.view_state import ViewState
from allviewer.workflows.tune_method import MethodPreview

_COLOURS = {255: (86, 60, 200, 130), 128: (0, 158, 115, 100)}
"""Nucleus and cytoplasm in the brush's colours: red, green, blue, alpha."""


class MaskPreview(QWidget):
    """Lies over the whole canvas and lets every click through."""

    def __init__(self, canvas: QWidget, view: ViewState) -> None:
        super().__init__(canvas)
        self._canvas, self._view = canvas, view
        self._preview: MethodPreview | None = None
        self._picture = QImage()
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAttribute(Qt.WidgetAttribute.WA_NoSystemBackground)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        canvas.installEventFilter(self)
        view.changed.connect(self._follow)
        view.look_changed.connect(self._follow)
        self.hide()

    @property
    def preview(self) -> MethodPreview | None:
        """What is shown."""
        return self._preview

    def show_preview(self, preview: MethodPreview | None) -> None:
        self._preview = preview
        self._picture = _picture_of(preview) if preview is not None else QImage()
        self.setGeometry(self._canvas.rect())
        self.setVisible(preview is not None)
        self.update()

    def _follow(self) -> None:
        if self._preview is not None:
            self.update()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._canvas and event.type() == QEvent.Type.Resize:
            self.setGeometry(self._canvas.rect())
        return super().eventFilter(watched, event)

    def paintEvent(self, event: QPaintEvent) -> None:
        preview = self._preview
        if preview is None or not self._view.overlay.visible:
            return
        with QPainter(self) as painter:
            painter.setTransform(QTransform(*self._view.placement.screen_matrix))
            width, height = self._picture.width() * preview.step_x, self._picture.height() * preview.step_y
            painter.drawImage(QRectF(preview.x, preview.y, width, height), self._picture)


def _picture_of(preview: MethodPreview) -> QImage:
    """The mask as colours with transparency."""
    parts = preview.parts
    table = np.zeros((256, 4), np.uint8)
    for value, (red, green, blue, alpha) in _COLOURS.items():
        # premultiplied, in the order of bytes of a 32-bit number of this machine
        table[value] = [blue * alpha // 255, green * alpha // 255, red * alpha // 255, alpha]
    pixels = np.ascontiguousarray(table[parts])
    height, width = parts.shape
    picture = QImage(pixels.data, width, height, 4 * width, QImage.Format.Format_ARGB32_Premultiplied)
    return picture.copy()
