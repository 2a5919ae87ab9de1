"""The list of images: thumbnail, name, and how far each one is."""

from collections import OrderedDict
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import (
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from allviewer.session.workspace import ImageEntry, Workspace
from allviewer.ui.icons import picture
from allviewer.ui.panels.parts import heading, muted, row
from allviewer.ui.style import current_theme

Index = QModelIndex | QPersistentModelIndex

ENTRY_ROLE = int(Qt.ItemDataRole.UserRole)
THUMBNAIL_ROLE = ENTRY_ROLE + 1
_THUMBNAIL = QSize(52, 40)
_ROW_PX = 52
_MOST_THUMBNAILS = 500


class ImagesModel(QAbstractListModel):
    """The workspace's entries as rows; asks for thumbnails of the rows that come into view."""

    thumbnail_wanted = Signal(int)

    def __init__(self, workspace: Workspace, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._thumbnails: OrderedDict[str, QImage] = OrderedDict()
        self._asked: set[str] = set()
        workspace.entries_changed.connect(self._reset)
        workspace.entry_changed.connect(self._row_changed)

    def set_thumbnail(self, path: str, image: QImage) -> None:
        """A thumbnail that was asked for is ready."""
        self._thumbnails[path] = image
        while len(self._thumbnails) > _MOST_THUMBNAILS:
            oldest, _ = self._thumbnails.popitem(last=False)
            self._asked.discard(oldest)
        for place, entry in enumerate(self._workspace.entries):
            if str(entry.path) == path:
                self._row_changed(place)

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._workspace.entries)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        entry = self._workspace.entries[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return entry.name
        if role == Qt.ItemDataRole.ToolTipRole:
            return f"{entry.path}\n{status_text(entry)}"
        if role == ENTRY_ROLE:
            return entry
        if role == THUMBNAIL_ROLE:
            key = str(entry.path)
            if key not in self._asked and entry.problem != "missing":
                self._asked.add(key)
                self.thumbnail_wanted.emit(index.row())
            return self._thumbnails.get(key)
        return None

    def _reset(self) -> None:
        self.beginResetModel()
        self.endResetModel()

    def _row_changed(self, place: int) -> None:
        index = self.index(place)
        self.dataChanged.emit(index, index)


def status_text(entry: ImageEntry) -> str:
    """How far an image is, in a few words."""
    if entry.problem:
        return entry.problem
    if entry.tally is None:
        return "reviewed" if entry.reviewed else "not opened yet"
    tally = entry.tally
    if not tally.cells:
        return "reviewed, no cells" if entry.reviewed else "no cells yet"
    if not entry.reviewed and 0 < tally.touched < tally.cells:
        text = f"{tally.touched:,} of {tally.cells:,} seen"
    else:
        text = f"{tally.cells:,} cell{'s' * (tally.cells != 1)}"
    if tally.blasts:
        text += f" · {tally.blasts:,} blast{'s' * (tally.blasts != 1)}"
    return text


class _EntryDelegate(QStyledItemDelegate):
    """Draws a row: picture, name, status, and a tick when the image is reviewed."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(160, _ROW_PX)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        theme = current_theme()
        box: QRect = option.rect
        entry: ImageEntry = index.data(ENTRY_ROLE)
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        hovered = bool(option.state & QStyle.StateFlag.State_MouseOver)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if selected or hovered:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(theme.selected if selected else theme.raised))
            painter.drawRoundedRect(box.adjusted(4, 2, -4, -2), 6, 6)
        frame = QRect(box.left() + 10, box.center().y() - _THUMBNAIL.height() // 2 + 1, *_THUMBNAIL.toTuple())
        self._paint_thumbnail(painter, frame, index.data(THUMBNAIL_ROLE))
        self._paint_words(painter, box.adjusted(_THUMBNAIL.width() + 20, 8, -10, -8), entry)
        painter.restore()

    def _paint_thumbnail(self, painter: QPainter, frame: QRect, image: QImage | None) -> None:
        theme = current_theme()
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.raised))
        painter.drawRoundedRect(frame, 3, 3)
        if image is not None:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(frame, image)

    def _paint_words(self, painter: QPainter, box: QRect, entry: ImageEntry) -> None:
        theme = current_theme()
        painter.setPen(QColor(theme.text))
        name = painter.fontMetrics().elidedText(entry.name, Qt.TextElideMode.ElideMiddle, box.width())
        painter.drawText(box, int(Qt.AlignmentFlag.AlignTop), name)
        lower = QRect(box)
        if entry.reviewed:
            tick = picture("accept", 13, QColor(theme.good), painter.device().devicePixelRatio())
            painter.drawPixmap(lower.left(), lower.bottom() - 14, tick)
            lower.setLeft(lower.left() + 17)
        painter.setPen(QColor(theme.warning if entry.problem else theme.muted))
        words = painter.fontMetrics().elidedText(status_text(entry), Qt.TextElideMode.ElideRight, lower.width())
        painter.drawText(lower, int(Qt.AlignmentFlag.AlignBottom), words)


class ImagesPanel(QWidget):
    """The list and its summary."""

    chosen = Signal(int)

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self.model = ImagesModel(workspace, self)
        self.list = QListView()
        self.list.setModel(self.model)
        self.list.setItemDelegate(_EntryDelegate(self.list))
        self.list.setMouseTracking(True)
        self.list.setUniformItemSizes(True)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.list.clicked.connect(lambda index: self.chosen.emit(index.row()))
        self._number = muted()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 8, 0, 0)
        layout.setSpacing(6)
        layout.addWidget(row(heading("Images"), 1, self._number, margins=(12, 0, 12, 0)))
        layout.addWidget(self.list, 1)
        workspace.entries_changed.connect(self._refresh)
        workspace.entry_changed.connect(lambda _row: self._refresh())
        workspace.shown_changed.connect(self._follow)

    def sizeHint(self) -> QSize:
        return QSize(230, 400)

    def _refresh(self) -> None:
        entries = self._workspace.entries
        reviewed = sum(entry.reviewed for entry in entries)
        self._number.setText(f"{reviewed} of {len(entries)} reviewed" if reviewed else str(len(entries) or ""))

    def _follow(self) -> None:
        if self._workspace.shown_row >= 0:
            index = self.model.index(self._workspace.shown_row)
            self.list.setCurrentIndex(index)
            self.list.scrollTo(index)
