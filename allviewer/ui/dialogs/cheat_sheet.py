"""All keys on one page, made from the table of actions, so that it is always true."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QDialog, QGridLayout, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from allviewer.ui.actions import ACTIONS, HELD_KEYS
from allviewer.ui.panels.parts import heading

_COLUMNS = 4
_MARGIN_PX = 40


class CheatSheet(QDialog):
    """Keys by group."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Keys")
        columns = [QVBoxLayout() for _ in range(_COLUMNS)]
        filled = [0] * _COLUMNS
        for group, lines in key_groups().items():
            place = filled.index(min(filled))
            filled[place] += len(lines) + 2
            columns[place].addWidget(_group(group, lines))
        page = QWidget()
        body = QHBoxLayout(page)
        body.setContentsMargins(20, 16, 20, 16)
        body.setSpacing(28)
        for column in columns:
            column.addStretch(1)
            column.setSpacing(18)
            body.addLayout(column)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        scroll.setWidget(page)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(scroll)
        room, wanted = self.screen().availableGeometry(), page.sizeHint()
        self.resize(
            min(room.width() - _MARGIN_PX, wanted.width()), min(room.height() - _MARGIN_PX, wanted.height() + 8)
        )


def key_groups() -> dict[str, list[tuple[str, str]]]:
    """For each group of actions: (keys, what they do), in the order of the table; actions without keys left out."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for spec in ACTIONS:
        if spec.keys:
            keys = "  ".join(QKeySequence(k).toString(QKeySequence.SequenceFormat.NativeText) for k in spec.keys)
            groups.setdefault(spec.group, []).append((keys, spec.plain_text))
    for keys, text, group in HELD_KEYS:
        groups.setdefault(group, []).append((keys, text))
    return groups


def _group(title: str, lines: list[tuple[str, str]]) -> QWidget:
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
