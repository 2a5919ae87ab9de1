"""All keys on one page, as they are bound now; to be printed, or kept as a page of HTML."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QDialog,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from allviewer.ui.keys.key_page import Lines
from allviewer.ui.panels.parts import heading, row

_COLUMNS = 4
_MARGIN_PX = 40
_BUTTONS_PX = 52


class CheatSheet(QDialog):
    """Keys by group."""

    def __init__(
        self, groups: dict[str, Lines], page: str, save: Callable[[], object], parent: QWidget | None = None
    ) -> None:
        """`page`: the same as HTML, for the printer; `save` writes it to a file."""
        super().__init__(parent)
        self._page = page
        self.setWindowTitle("Keys")
        columns = [QVBoxLayout() for _ in range(_COLUMNS)]
        filled = [0] * _COLUMNS
        for group, lines in groups.items():
            place = filled.index(min(filled))
            filled[place] += len(lines) + 2
            columns[place].addWidget(_group(group, lines))
        page_widget = QWidget()
        body = QHBoxLayout(page_widget)
        body.setContentsMargins(20, 16, 20, 16)
        body.setSpacing(28)
        for column in columns:
            column.addStretch(1)
            column.setSpacing(18)
            body.addLayout(column)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        scroll.setWidget(page_widget)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 10)
        layout.addWidget(scroll)
        layout.addWidget(self._buttons(save))
        room, wanted = self.screen().availableGeometry(), page_widget.sizeHint()
        self.resize(
            min(room.width() - _MARGIN_PX, wanted.width()),
            min(room.height() - _MARGIN_PX, wanted.height() + _BUTTONS_PX),
        )

    def _buttons(self, save: Callable[[], object]) -> QWidget:
        save_button, print_button, close = (QPushButton(text) for text in ("Save as page…", "Print…", "Close"))
        save_button.setToolTip("A page of HTML, for a browser")
        save_button.clicked.connect(save)
        print_button.clicked.connect(self._print)
        close.setDefault(True)
        close.clicked.connect(self.accept)
        return row(1, save_button, print_button, close, margins=(20, 0, 20, 0))

    def _print(self) -> None:
        from PySide6.QtGui import QTextDocument
        from PySide6.QtPrintSupport import QPrintDialog, QPrinter

        printer = QPrinter()
        if QPrintDialog(printer, self).exec() == QPrintDialog.DialogCode.Accepted:
            document = QTextDocument()
            document.setHtml(self._page)
            document.print_(printer)


def _group(title: str, lines: Lines) -> QWidget:
    holder = QWidget()
    grid = QGridLayout(holder)
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setVerticalSpacing(5)
    grid.setHorizontalSpacing(12)
    grid.addWidget(heading(title), 0, 0, 1, 2)
    for line, (keys, text) in enumerate(lines, start=1):
        key = QLabel(keys)
        key.setObjectName("key")
        words = QLabel(text)
        words.setWordWrap(True)
        grid.addWidget(key, line, 0, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        grid.addWidget(words, line, 1)
    grid.setColumnStretch(1, 1)
    return holder
