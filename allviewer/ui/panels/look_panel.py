"""How the picture is looked at: focal plane, channel, colours and stains, colour profile, brightness."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QComboBox, QGridLayout, QPushButton, QSlider, QVBoxLayout, QWidget

from allviewer.domain.colour_view import ColourView
from allviewer.session.document import Document
from allviewer.session.looks import ImageLook
from allviewer.session.pixel_look import COLOUR_TITLES, PixelLooks
from allviewer.session.view_state import ViewState
from allviewer.ui.actions import Actions
from allviewer.ui.panels.parts import muted, rule, scrolled

_STEPS = 100
_TONES = {
    "brightness": ("Brightness", -0.6, 0.6),
    "contrast": ("Contrast", 0.2, 3.0),
    "gamma": ("Gamma", 0.3, 3.0),
}
"""Title, lowest and highest value; the middle of a slider is the value that changes nothing."""


class LookPanel(QWidget):
    """For looking only: networks read the file's own colours, at the focal plane that is shown."""

    def __init__(self, actions: Actions, looks: PixelLooks, view: ViewState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._looks, self._view = looks, view
        self._document: Document | None = None
        self.plane = _slider()
        self._plane_text = muted()
        self.channel = _box()
        self.colours = _box()
        for colours, title in COLOUR_TITLES.items():
            self.colours.addItem(title, str(colours))
        self.profile = QCheckBox("Apply the colour profile of the file")
        self.profile.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.tones = {name: _slider() for name in _TONES}
        self._tone_texts = {name: muted() for name in _TONES}
        self.reset = QPushButton("Reset")
        self.reset.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.reset.setToolTip(actions["look_reset"].toolTip())
        self._plane_title, self._channel_title = muted("Focal plane"), muted("Channel")
        self._arrange()
        self._join(actions["look_reset"].trigger)
        self.show_document(None)

    def show_document(self, document: Document | None) -> None:
        """Offer what this image has: planes, channels, a profile."""
        self._document = document
        info = document.info if document is not None else None
        planes = info.plane_count if info is not None else 1
        self.plane.setRange(0, planes - 1)
        self.plane.setPageStep(1)
        plane_row: tuple[QWidget, ...] = (self._plane_title, self.plane, self._plane_text)
        for widget in plane_row:
            widget.setVisible(planes > 1)
        channels = info.channels if info is not None else ()
        self.channel.clear()
        self.channel.addItem("All together", None)
        for number, name in enumerate(channels):
            self.channel.addItem(name or f"Channel {number + 1}", number)
        channel_row: tuple[QWidget, ...] = (self._channel_title, self.channel)
        for widget in channel_row:
            widget.setVisible(len(channels) > 1)
        self.profile.setVisible(info is not None and bool(info.profile))
        self.profile.setToolTip(info.profile if info is not None else "")
        self._refresh()

    def _arrange(self) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(7)
        grid.setColumnStretch(1, 1)
        rows: list[tuple[QWidget, QWidget, QWidget | None]] = [
            (self._plane_title, self.plane, self._plane_text),
            (self._channel_title, self.channel, None),
            (muted("Colours"), self.colours, None),
        ]
        rows += [(muted(_TONES[name][0]), self.tones[name], self._tone_texts[name]) for name in _TONES]
        for line, (title, field, value) in enumerate(rows):
            grid.addWidget(title, line, 0)
            grid.addWidget(field, line, 1, 1, 1 if value is not None else 2)
            if value is not None:
                value.setMinimumWidth(value.fontMetrics().horizontalAdvance("10 of 10, +0.00 µm"))
                grid.addWidget(value, line, 2)
        page = QWidget()
        page.setObjectName("panel")
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(scrolled(page))
        layout = QVBoxLayout(page)
        layout.setContentsMargins(12, 12, 12, 10)
        layout.setSpacing(9)
        layout.addLayout(grid)
        layout.addWidget(self.profile)
        layout.addWidget(rule())
        layout.addWidget(self.reset, 0, Qt.AlignmentFlag.AlignLeft)
        note = "For looking only. Networks read the colours of the file, at the focal plane that is shown."
        layout.addWidget(muted(note, wrap=True))
        layout.addStretch(1)

    def _join(self, reset: Callable[[], None]) -> None:
        self.plane.valueChanged.connect(self._choose_plane)
        self.channel.activated.connect(self._choose_channel)
        self.colours.activated.connect(self._choose_colours)
        self.profile.toggled.connect(self._looks.set_managed)
        self.reset.clicked.connect(lambda _checked=False: reset())
        for name, slider in self.tones.items():
            slider.valueChanged.connect(partial(self._choose_tone, name))
        self._looks.changed.connect(self._refresh)
        self._view.look_changed.connect(self._refresh)

    def _choose_plane(self, plane: int) -> None:
        if self._document is not None:
            self._looks.set_plane(self._document, plane)

    def _choose_channel(self, _row: int) -> None:
        if self._document is not None:
            self._looks.set_channel(self._document, self.channel.currentData())

    def _choose_colours(self, _row: int) -> None:
        self._looks.set_colours(ColourView(self.colours.currentData()))

    def _choose_tone(self, name: str, step: int) -> None:
        self._view.set_image_look(**{name: _value_at(name, step)})

    def _refresh(self) -> None:
        fields = (self.plane, self.channel, self.colours, self.profile, *self.tones.values())
        for field in fields:
            field.blockSignals(True)
        self.colours.setCurrentIndex(self.colours.findData(str(self._looks.colours)))
        self.profile.setChecked(self._looks.managed)
        if self._document is not None:
            self._show_plane(self._document)
            self.channel.setCurrentIndex(self.channel.findData(self._looks.of(self._document).channel))
        for name, slider in self.tones.items():
            value = getattr(self._view.image_look, name)
            slider.setValue(_step_of(name, value))
            self._tone_texts[name].setText(f"{value:+.2f}" if name == "brightness" else f"{value:.2f}")
        for field in fields:
            field.blockSignals(False)

    def _show_plane(self, document: Document) -> None:
        plane, info = self._looks.plane_of(document), document.info
        self.plane.setValue(plane)
        text = f"{plane + 1} of {info.plane_count}"
        if info.plane_spacing_um is not None:
            text += f", {(plane - info.plane) * info.plane_spacing_um:+.2g} µm"
        self._plane_text.setText(text)


def _value_at(name: str, step: int) -> float:
    """The value of a slider's step: the middle changes nothing, each half goes evenly to its end."""
    _, low, high = _TONES[name]
    plain = float(getattr(ImageLook(), name))
    end = high if step >= 0 else low
    return round(plain + (end - plain) * abs(step) / _STEPS, 3)


def _step_of(name: str, value: float) -> int:
    _, low, high = _TONES[name]
    plain = float(getattr(ImageLook(), name))
    end = high if value >= plain else low
    return round(_STEPS * (value - plain) / abs(end - plain))


def _slider() -> QSlider:
    slider = QSlider(Qt.Orientation.Horizontal)
    slider.setRange(-_STEPS, _STEPS)
    slider.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    return slider


def _box() -> QComboBox:
    box = QComboBox()
    box.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    return box
