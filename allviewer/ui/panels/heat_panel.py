"""What the classifier looked at in the selected cell: its crop with a heat map over it, class by class."""

import numpy as np
from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QComboBox, QLabel, QSizePolicy, QSlider, QToolButton, QVBoxLayout, QWidget

from allviewer.domain.labels import ClassSet
from allviewer.ui.canvas.ramps import HEAT_RAMP
from allviewer.ui.floating import GAP_PX, Floating
from allviewer.ui.icons import icon
from allviewer.ui.panels.parts import heading, muted, row
from allviewer.workflows.explain_cell import Explanation

_PICTURE_PX = 236
_WIDTH_PX = 264
_LIKELIEST = ""
"""Choice of people who want the class that the network says, whatever it is."""


class HeatPicture(QWidget):
    """The crop, enlarged, with the map of one class over it."""

    def __init__(self) -> None:
        super().__init__()
        self._crop, self._heat = QImage(), QImage()
        self._strength = 0.6
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("What the classifier looked at")

    def sizeHint(self) -> QSize:
        return QSize(_PICTURE_PX, _PICTURE_PX)

    @property
    def is_shown(self) -> bool:
        """Whether there is a picture."""
        return not self._crop.isNull()

    def show_heat(self, crop: np.ndarray, heat: np.ndarray) -> None:
        """A crop (side, side, 3) uint8 and a map of it (side, side), 0 to 1."""
        height, width = crop.shape[:2]
        self._crop = QImage(
            np.ascontiguousarray(crop).data, width, height, 3 * width, QImage.Format.Format_RGB888
        ).copy()
        self._heat = _coloured(heat)
        self.update()

    def clear(self) -> None:
        self._crop, self._heat = QImage(), QImage()
        self.update()

    def set_strength(self, strength: float) -> None:
        """How strongly the map covers the crop, 0 to 1."""
        self._strength = strength
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.fillRect(self.rect(), Qt.GlobalColor.black)
        if self.is_shown:
            painter.drawImage(self.rect(), self._crop)
            painter.setOpacity(self._strength)
            painter.drawImage(self.rect(), self._heat)


class HeatPanel(Floating):
    """Lies over the picture at its top right while people want it.

    Signals:
        closed.
    """

    closed = Signal()

    def __init__(self, class_set: ClassSet) -> None:
        super().__init__()
        self.setObjectName("jobs")
        self._class_set = class_set
        self._found: Explanation | None = None
        self.picture = HeatPicture()
        self.classes = QComboBox()
        self.classes.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.classes.setToolTip("The class that the marked parts speak for")
        self.classes.activated.connect(lambda _index: self._show_class())
        self._strength = QSlider(Qt.Orientation.Horizontal)
        self._strength.setRange(0, 100)
        self._strength.setValue(60)
        self._strength.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._strength.setToolTip("How strongly the heat map covers the cell")
        self._strength.valueChanged.connect(lambda percent: self.picture.set_strength(percent / 100))
        self._pack = muted(wrap=True)
        self.sentence = QLabel()
        self.sentence.setWordWrap(True)
        self._arrange()
        self.hide()

    def set_class_set(self, class_set: ClassSet) -> None:
        """Names of the next explanation."""
        self._class_set = class_set

    def show_explanation(self, found: Explanation) -> None:
        """Show a cell; the class that was chosen stays chosen."""
        wanted = self.classes.currentData() if self._found is not None else _LIKELIEST
        self._found = found
        self.classes.clear()
        self.classes.addItem("The likeliest class", _LIKELIEST)
        for key, probability in found.probabilities:
            self.classes.addItem(f"{self._title_of(key)}  {probability:.2f}", key)
        self.classes.setCurrentIndex(max(0, self.classes.findData(wanted)))
        self._pack.setText(f"Cell {found.cell_id}, {found.pack}. Bright parts spoke for the class: a hint, no proof.")
        self._show_class()
        self._switch(shows=True)

    def say(self, sentence: str) -> None:
        """Why there is nothing to see."""
        self._found = None
        self.picture.clear()
        self.sentence.setText(sentence)
        self._switch(shows=False)

    def place(self, over: QWidget) -> None:
        """At the top right."""
        layout = self.layout()
        assert layout is not None
        layout.invalidate()
        height = max(layout.heightForWidth(_WIDTH_PX), layout.minimumSize().height())
        self.setGeometry(over.width() - _WIDTH_PX - GAP_PX, GAP_PX, _WIDTH_PX, height)
        self.raise_()

    def _arrange(self) -> None:
        close = QToolButton()
        close.setIcon(icon("close"))
        close.setToolTip("Close")
        close.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        close.clicked.connect(self.closed)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(14, 8, 14, 10)
        layout.setSpacing(7)
        layout.addWidget(row(heading("What the classifier looked at"), 1, close))
        layout.addWidget(self.sentence)
        layout.addWidget(self.picture)
        layout.addWidget(self.classes)
        layout.addWidget(self._strength)
        layout.addWidget(self._pack)

    def _switch(self, shows: bool) -> None:
        self.sentence.setVisible(not shows)
        for widget in (self.picture, self.classes, self._strength, self._pack):
            widget.setVisible(shows)
        self.place_again()

    def _show_class(self) -> None:
        found = self._found
        if found is None:
            return
        keys = [key for key, _ in found.probabilities]
        likeliest = max(range(len(keys)), key=lambda index: found.probabilities[index][1])
        chosen = self.classes.currentData()
        index = keys.index(chosen) if chosen in keys else likeliest
        self.picture.show_heat(found.crop, found.maps[index])

    def _title_of(self, key: str) -> str:
        cell_class = self._class_set.find(key)
        return cell_class.title if cell_class.key == key else key.replace("_", " ").capitalize()


def _coloured(heat: np.ndarray) -> QImage:
    """A map as colours that are clearer the more it says."""
    table = np.array(HEAT_RAMP, float)
    place = np.clip(heat, 0, 1) * (len(table) - 1)
    low = np.floor(place).astype(int)
    high = np.minimum(low + 1, len(table) - 1)
    part = (place - low)[..., None]
    colour = table[low] * (1 - part) + table[high] * part
    alpha = np.clip(heat, 0, 1)[..., None] ** 0.7 * 255
    pixels = np.ascontiguousarray(np.concatenate([colour, alpha], axis=2).round().astype(np.uint8))
    height, width = heat.shape
    return QImage(pixels.data, width, height, 4 * width, QImage.Format.Format_RGBA8888).copy()
