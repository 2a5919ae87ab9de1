"""Where the parts of the window stand."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QSizePolicy,
    QSplitter,
    QStackedWidget,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from allviewer.ui.panels.images_panel import ImagesPanel

_WIDTHS_PX = (225, 780, 420)


def framed(name: str, *widgets: QWidget) -> QFrame:
    """Widgets one below the other in a frame; the last one that can grows."""
    frame = QFrame()
    frame.setObjectName(name)
    layout = QVBoxLayout(frame)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(0)
    for widget in widgets:
        grows = isinstance(widget, QSplitter | QStackedWidget | QTabWidget | ImagesPanel)
        layout.addWidget(widget, int(grows))
    return frame


def beside(*widgets: QWidget) -> QWidget:
    """Widgets side by side without a gap; the last one grows."""
    holder = QWidget()
    layout = QHBoxLayout(holder)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(0)
    for widget in widgets:
        layout.addWidget(widget, int(widget is widgets[-1]))
    return holder


def quiet_tabs(pages: dict[str, QWidget]) -> QTabWidget:
    """Pages by their titles; the keyboard stays with the picture."""
    tabs = QTabWidget()
    tabs.setDocumentMode(True)
    tabs.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Ignored)  # what stands above goes first
    tabs.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    tabs.tabBar().setDrawBase(False)
    tabs.tabBar().setFocusPolicy(Qt.FocusPolicy.NoFocus)
    for title, page in pages.items():
        tabs.addTab(page, title)
    return tabs


def three_columns(left: QWidget, middle: QWidget, right: QWidget) -> QSplitter:
    """The middle one takes what room there is."""
    splitter = QSplitter(Qt.Orientation.Horizontal)
    splitter.setHandleWidth(1)
    splitter.setChildrenCollapsible(False)
    for place, widget in enumerate((left, middle, right)):
        splitter.addWidget(widget)
        splitter.setStretchFactor(place, int(widget is middle))
    splitter.setSizes(list(_WIDTHS_PX))
    return splitter
