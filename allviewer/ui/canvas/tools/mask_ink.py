"""A mask drawn over the picture in one see-through colour."""

from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QImage, QPainter, QTransform

from allviewer.domain.mask import Mask
from allviewer.session.view_state import ViewState


def draw_mask(painter: QPainter, view: ViewState, mask: Mask, colour: QColor) -> None:
    """Draw a mask of level-0 pixels at its place on the screen, however that is turned."""
    if mask.is_empty:
        return
    region = mask.region
    codes = QImage(mask.bitmap.tobytes(), region.width, region.height, region.width, QImage.Format.Format_Indexed8)
    codes.setColorTable([0, colour.rgba()])
    painter.save()
    painter.setTransform(QTransform(*view.placement.screen_matrix), True)
    tinted = codes.convertToFormat(QImage.Format.Format_ARGB32_Premultiplied)
    painter.drawImage(QRectF(region.x, region.y, region.width, region.height), tinted)
    painter.restore()


def mask_box(view: ViewState, mask: Mask) -> QRectF:
    """The rectangle of the screen that holds a mask; empty without one."""
    if mask.is_empty:
        return QRectF()
    left, top, right, bottom = view.placement.screen_box(mask.region)
    return QRectF(left, top, right - left, bottom - top)
