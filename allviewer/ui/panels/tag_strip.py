"""The tags of the class set as small switches that show, and change, what the selected cell is tagged with."""

from collections.abc import Sequence

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QToolButton, QWidget

from allviewer.domain.labels import Tag

_GAP_PX = 4


class TagStrip(QWidget):
    """Switches side by side, in as many lines as they need."""

    pressed = Signal(str)
    """Name of the tag that was clicked."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.switches: dict[str, QToolButton] = {}

    def set_tags(self, tags: Sequence[Tag]) -> None:
        """Offer these tags from now on."""
        for switch in self.switches.values():
            switch.setParent(None)
            switch.deleteLater()
        self.switches = {tag.name: self._switch(tag) for tag in tags}
        self.setVisible(bool(tags))
        self._arrange(self.width())
        self.updateGeometry()

    def show_tags(self, tags: Sequence[str]) -> None:
        """Switch on those that the current cell has."""
        for name, switch in self.switches.items():
            switch.setChecked(name in tags)

    def heightForWidth(self, width: int) -> int:
        return self._arrange(width, only_measure=True)

    def sizeHint(self) -> QSize:
        return QSize(220, self.heightForWidth(max(220, self.width())))

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._arrange(event.size().width())

    def _switch(self, tag: Tag) -> QToolButton:
        switch = QToolButton(self)
        switch.setObjectName("tag")
        switch.setText(tag.name)
        switch.setCheckable(True)
        switch.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        key = f" ({tag.hotkey})" if tag.hotkey else ""
        switch.setToolTip(f"<b>{tag.name}</b>{key}<br>{tag.tip}")
        switch.clicked.connect(lambda _checked, name=tag.name: self.pressed.emit(name))
        switch.show()
        return switch

    def _arrange(self, width: int, *, only_measure: bool = False) -> int:
        """Put the switches into lines; gives the height that takes."""
        x, y, line_px = 0, 0, 0
        for switch in self.switches.values():
            size = switch.sizeHint()
            if x and x + size.width() > width:
                x, y, line_px = 0, y + line_px + _GAP_PX, 0
            if not only_measure:
                switch.setGeometry(QRect(x, y, size.width(), size.height()))
            x += size.width() + _GAP_PX
            line_px = max(line_px, size.height())
        return y + line_px
