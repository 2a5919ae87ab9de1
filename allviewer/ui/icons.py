"""Icons in the colour of the text, drawn when they are first needed, at the very size of the screen's pixels."""

from PySide6.QtCore import QByteArray, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QIconEngine, QPainter, QPixmap, QPixmapCache
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QApplication

from allviewer.resources import resources_dir
from allviewer.ui.style import current_theme

_FADED_ALPHA = 110


class _SvgEngine(QIconEngine):
    """One icon of `resources/icons`: paler when disabled, in the accent colour when on. Follows dark and light."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self._name = name

    def clone(self) -> QIconEngine:
        copy = _SvgEngine(self._name)
        # Qt takes the copy, but Python does not know that and would delete it at once: the program holds on to it
        program = QApplication.instance()
        assert program is not None
        program.aboutToQuit.connect(lambda: copy)
        return copy

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        ratio = painter.device().devicePixelRatio()
        side_px = round(min(rect.width(), rect.height()) * ratio)
        left, top = rect.x() + (rect.width() - side_px / ratio) / 2, rect.y() + (rect.height() - side_px / ratio) / 2
        drawn = _drawn(self._name, side_px, _colour(mode, state).name(QColor.NameFormat.HexArgb))
        painter.drawPixmap(QRectF(left, top, side_px / ratio, side_px / ratio), drawn, QRectF(drawn.rect()))

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        """`size` is in pixels of the screen."""
        side_px = min(size.width(), size.height())
        return _drawn(self._name, side_px, _colour(mode, state).name(QColor.NameFormat.HexArgb))


def icon(name: str) -> QIcon:
    """An icon of `resources/icons`. Nothing is read or drawn before it is shown."""
    return QIcon(_SvgEngine(name))


def picture(name: str, size_px: int, colour: QColor, scale: float = 1) -> QPixmap:
    """An icon drawn in one colour, `size_px` points wide."""
    pixmap = QPixmap(_drawn(name, round(size_px * scale), colour.name(QColor.NameFormat.HexArgb)))
    pixmap.setDevicePixelRatio(scale)
    return pixmap


def window_icon() -> QIcon:
    """The program's own icon."""
    return QIcon(str(resources_dir() / "icons" / "allviewer.svg"))


def _colour(mode: QIcon.Mode, state: QIcon.State) -> QColor:
    theme = current_theme()
    if mode is QIcon.Mode.Disabled:
        faded = QColor(theme.muted)
        faded.setAlpha(_FADED_ALPHA)
        return faded
    return QColor(theme.accent if state is QIcon.State.On else theme.text)


def _drawn(name: str, side_px: int, argb: str) -> QPixmap:
    """From Qt's own bounded cache, if it was drawn before."""
    key = f"allviewer {name} {side_px} {argb}"
    pixmap = QPixmap()
    if QPixmapCache.find(key, pixmap):
        return pixmap
    colour = QColor(argb)
    svg = (resources_dir() / "icons" / f"{name}.svg").read_text(encoding="utf-8")
    pixmap = QPixmap(QSize(side_px, side_px))
    pixmap.fill(Qt.GlobalColor.transparent)
    with QPainter(pixmap) as painter:
        painter.setOpacity(colour.alphaF())
        drawing = svg.replace("currentColor", colour.name()).encode()
        QSvgRenderer(QByteArray(drawing)).render(painter, QRectF(pixmap.rect()))
    QPixmapCache.insert(key, pixmap)
    return pixmap
