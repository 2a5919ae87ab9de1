"""The settings of a method that needs no network: a control for each, the preview, the paper it comes from."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QFrame, QLabel, QPushButton, QScrollArea, QToolButton, QVBoxLayout, QWidget

from allviewer.exchange.parameters import Settings
from allviewer.ui.floating import GAP_PX, Floating
from allviewer.ui.icons import icon
from allviewer.ui.panels.parameter_rows import ParameterControl, ParameterRows
from allviewer.ui.panels.parts import heading, muted, row
from allviewer.workflows.tune_method import MethodRow

_WIDTH_PX = 340
_ROW_PX = 28
_MOST_HEIGHT = 0.66
"""Of the picture's height; the rows scroll."""
_ROOM_BELOW_PX = 90
"""For the scale bar and the running job."""


class MethodPanel(Floating):
    """Lies over the picture at its top left while a method is chosen.

    Signals:
        set: name of a parameter and its new value.
        reset_wanted, run_wanted, closed.
        watched: whether the preview is wanted.
    """

    set = Signal(str, object)
    reset_wanted = Signal()
    run_wanted = Signal()
    closed = Signal()
    watched = Signal(bool)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("jobs")
        self._method: MethodRow | None = None
        self._title = heading("")
        self._summary = muted(wrap=True)
        self._source = muted(wrap=True)
        self._unseen = QLabel()
        self._unseen.setObjectName("warning")
        self._unseen.setWordWrap(True)
        self._unseen.hide()
        self.preview = QCheckBox("Preview")
        self.preview.setToolTip("Show what the method would find in the part in view")
        self.preview.setChecked(True)
        self.preview.toggled.connect(self.watched)
        self._rows = ParameterRows(())
        self._scroll = QScrollArea()
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setWidgetResizable(True)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._arrange()
        for box in (self.preview, *self.findChildren(QPushButton), *self.findChildren(QToolButton)):
            box.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.hide()

    @property
    def controls(self) -> dict[str, ParameterControl]:
        """By name of the parameter."""
        return self._rows.controls

    def show_method(self, method: MethodRow | None, settings: Settings) -> None:
        """Show a method and its settings; None hides the panel."""
        if method is None:
            self._method = None
            self.hide()
            return
        if self._method is None or method.name != self._method.name:
            self._method = method
            self._title.setText(method.title)
            self._summary.setText(f"{method.summary} Finds {method.finds}.")
            self._source.setText(f"From {method.source}.")
            self._rows = ParameterRows(method.parameters)
            self._rows.setObjectName("panel")
            self._rows.set.connect(self.set)
            self._scroll.setWidget(self._rows)
        self._rows.show_values(settings)
        self.place_again()

    def say_unseen(self, sentence: str) -> None:
        """Why there is no preview; empty: there is one."""
        if sentence != self._unseen.text():
            self._unseen.setText(sentence)
            self._unseen.setVisible(bool(sentence))
            self.place_again()

    def place(self, over: QWidget) -> None:
        """At the top left, as high as its rows need and the picture allows."""
        width = min(_WIDTH_PX, over.width() - 2 * GAP_PX)
        room = min(over.height() - _ROOM_BELOW_PX - GAP_PX, round(_MOST_HEIGHT * over.height()))
        self._scroll.setFixedHeight(_ROW_PX)
        layout = self.layout()
        assert layout is not None
        layout.invalidate()
        rest = max(layout.heightForWidth(width), layout.minimumSize().height()) - _ROW_PX
        rows = self._rows.sizeHint().height() + 2
        self._scroll.setFixedHeight(max(_ROW_PX, min(rows, room - rest)))
        self.setGeometry(GAP_PX, GAP_PX, width, rest + self._scroll.height())
        self.raise_()

    def _arrange(self) -> None:
        close = QToolButton()
        close.setIcon(icon("close"))
        close.setToolTip("Hide these settings (Models > Method settings shows them)")
        close.clicked.connect(self.closed)
        reset, run = QPushButton("Reset to defaults"), QPushButton("Run on image")
        reset.clicked.connect(self.reset_wanted)
        run.clicked.connect(self.run_wanted)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 8, 8, 10)
        layout.setSpacing(7)
        layout.addWidget(row(self._title, 1, self.preview, close))
        layout.addWidget(self._summary)
        layout.addWidget(self._unseen)
        layout.addWidget(self._scroll, 1)
        layout.addWidget(self._source)
        layout.addWidget(row(reset, 1, run, margins=(0, 0, 4, 0)))
