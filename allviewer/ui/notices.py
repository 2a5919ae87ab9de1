"""Where the program speaks: slips over the top of the picture. News fade; problems and states stay."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QPoint, QRect, QTimer
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QToolButton, QVBoxLayout, QWidget

from allviewer.errors import UserError
from allviewer.ui.floating import GAP_PX, Floating
from allviewer.ui.icons import icon, picture
from allviewer.ui.style import current_theme

_NEWS_MS = 9000
_MOST_LINES = 4
_WIDEST_PX, _NARROWEST_PX = 760, 300
_SIGN_PX = 18
_SLACK_PX = 4
"""At fractional scales of the screen lines are a little higher than Qt says."""


class NoticeBar(Floating):
    """`workflows.ports.Notices` as slips that lie over the picture, so that nothing moves under the brush."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(6)
        self._lines: list[_Line] = []
        self._clear_px = 0
        self.hide()

    @property
    def texts(self) -> list[str]:
        """What is being said, oldest first."""
        return [line.text for line in self._lines]

    @property
    def problems(self) -> list[str]:
        """Those of the texts that say something went wrong."""
        return [line.text for line in self._lines if line.is_problem]

    def keep_clear(self, top_px: int) -> None:
        """Leave so much at the top free: something stands there that must be seen."""
        self._clear_px = top_px
        self.place_again()

    def tell(self, text: str) -> None:
        for line in [line for line in self._lines if line.fades]:
            self._drop(line)
        line = _Line(text, problem=False, fades=True, closed=self._drop)
        self._add(line)
        QTimer.singleShot(_NEWS_MS, line, lambda: self._drop(line))

    def warn(self, error: UserError) -> None:
        text = str(error)
        for line in [line for line in self._lines if line.text == text and not line.key]:
            self._drop(line)
        self._add(_Line(text, problem=True, closed=self._drop))

    def keep(
        self,
        key: str,
        text: str,
        button: str = "",
        press: Callable[[], None] | None = None,
        other: str = "",
        press_other: Callable[[], None] | None = None,
    ) -> None:
        self.release(key)
        line = _Line(text, problem=True, key=key)
        for words, does in ((button, press), (other, press_other)):
            if words and does is not None:
                line.add_button(words, does)
        self._add(line)

    def offer(self, key: str, text: str, button: str, press: Callable[[], None]) -> None:
        self.release(key)
        line = _Line(text, problem=False, key=key)
        line.add_button(button, press)
        line.add_dismiss(self._drop)
        self._add(line)

    def release(self, key: str) -> None:
        for line in [line for line in self._lines if line.key == key]:
            self._drop(line)

    def _add(self, line: "_Line") -> None:
        fleeting = [old for old in self._lines if not old.key]
        if len(self._lines) >= _MOST_LINES and fleeting:
            self._drop(fleeting[0])
        self._lines.append(line)
        self._layout.addWidget(line)
        self.place_again()

    def _drop(self, line: "_Line") -> None:
        if line in self._lines:
            self._lines.remove(line)
            self._layout.removeWidget(line)
            line.hide()
            line.deleteLater()
            self.place_again()

    def place(self, over: QWidget) -> None:
        """At the top, in the middle of what panels leave free there, as high as the words need."""
        self.setVisible(bool(self._lines))
        if not self._lines:
            return
        left, top, right = self._free_place(over)
        width = min(right - left, _WIDEST_PX)
        self._layout.invalidate()
        height = sum(line.height_for(width) for line in self._lines) + 6 * (len(self._lines) - 1)
        self.setGeometry((left + right - width) // 2, top, width, height)
        self.raise_()

    def neighbour_changed(self) -> None:
        """See `Floating`."""
        self.place_again()

    def _free_place(self, over: QWidget) -> tuple[int, int, int]:
        """Left, top and right of what no panel at the top covers: between them, or below where that is too narrow."""
        whole = (GAP_PX, over.width() - GAP_PX)
        left, right = whole
        top = below = self._clear_px + GAP_PX
        for panel in over.findChildren(Floating):
            place = QRect(panel.mapTo(over, QPoint()), panel.size())
            if panel is self or not panel.isVisibleTo(over) or place.top() > over.height() // 2:
                continue
            below = max(below, place.bottom() + 1 + GAP_PX)
            if place.center().x() < over.width() // 2:
                left = max(left, place.right() + 1 + GAP_PX)
            else:
                right = min(right, place.left() - GAP_PX)
        return (left, top, right) if right - left >= _NARROWEST_PX else (whole[0], below, whole[1])


class _Line(QFrame):
    """One notice; one with a key belongs to a state or an offer and does not make room for others."""

    def __init__(
        self,
        text: str,
        problem: bool,
        key: str = "",
        fades: bool = False,
        closed: "Callable[[_Line], None] | None" = None,
    ) -> None:
        super().__init__()
        self.text, self.key, self.fades, self.is_problem = text, key, fades, problem
        self.setObjectName("problem" if problem else "notice")
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(14, 8, 8, 8)
        self._row.setSpacing(10)
        self._sign = QLabel()
        self._sign.setFixedWidth(20)
        self._dress()
        words = QLabel(text)
        words.setWordWrap(True)
        words.setTextInteractionFlags(words.textInteractionFlags() | words.textInteractionFlags().TextSelectableByMouse)
        self._row.addWidget(self._sign)
        self._row.addWidget(words, 1)
        if closed is not None:
            self.add_dismiss(closed)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._dress()

    def _dress(self) -> None:
        """The sign in the colours of the present look."""
        theme = current_theme()
        name, colour = ("warning", theme.warning) if self.is_problem else ("info", theme.accent)
        self._sign.setPixmap(picture(name, _SIGN_PX, QColor(colour), self.devicePixelRatioF()))

    def height_for(self, width: int) -> int:
        """How high the slip is when it is so wide."""
        return max(self._row.heightForWidth(width), self._row.minimumSize().height()) + _SLACK_PX

    def add_dismiss(self, closed: "Callable[[_Line], None]") -> None:
        dismiss = QToolButton()
        dismiss.setIcon(icon("close"))
        dismiss.setToolTip("Dismiss")
        dismiss.clicked.connect(lambda: closed(self))
        self._row.addWidget(dismiss)

    def add_button(self, text: str, press: Callable[[], None]) -> None:
        button = QPushButton(text)
        button.clicked.connect(lambda _checked=False: press())
        self._row.addWidget(button)
