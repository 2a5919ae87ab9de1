"""How the open image is looked at: where, how large, and with what drawn over it."""

import math
from dataclasses import dataclass, replace

from PySide6.QtCore import QObject, Signal

from allviewer.domain.geometry import Region

Point = tuple[float, float]

MAX_DEVICE_SCALE = 40.0
"""Largest enlargement, in device pixels a level-0 pixel."""
_KEPT_IN_VIEW_PX = 48.0
"""So much of the image stays on the screen however far it is dragged."""


@dataclass(frozen=True, slots=True)
class OverlayLook:
    """What is drawn over the image; `fill_opacity` 0 to 1."""

    visible: bool = True
    cytoplasm: bool = True
    nucleus: bool = True
    outline: bool = True
    fill_opacity: float = 0.2


@dataclass(frozen=True, slots=True)
class ImageLook:
    """How pixels are shown, for looking only: brightness -1 to 1, contrast and gamma around 1."""

    brightness: float = 0.0
    contrast: float = 1.0
    gamma: float = 1.0

    @property
    def is_plain(self) -> bool:
        return self == ImageLook()


class ViewState(QObject):
    """Centre (level-0 pixels), scale (screen pixels a level-0 pixel) and looks of one view.

    Screen points are device-independent pixels of the view, origin top left. `to_screen` and `to_image` agree with
    what is drawn: the image is placed on whole device pixels.

    Signals:
        changed: centre, scale, viewport or image.
        look_changed: overlay switches, brightness, contrast, gamma.
    """

    changed = Signal()
    look_changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bounds = Region(0, 0, 0, 0)
        self._center: Point = (0.0, 0.0)
        self._scale = 1.0
        self._viewport: Point = (1.0, 1.0)
        self._device_pixel_ratio = 1.0
        self._is_fitted = True
        self._overlay = OverlayLook()
        self._image_look = ImageLook()

    @property
    def bounds(self) -> Region:
        """The image, in level-0 pixels; empty without one."""
        return self._bounds

    @property
    def center(self) -> Point:
        return self._center

    @property
    def scale(self) -> float:
        return self._scale

    @property
    def device_scale(self) -> float:
        """Device pixels a level-0 pixel: 1.0 is 100 %."""
        return self._scale * self._device_pixel_ratio

    @property
    def device_pixel_ratio(self) -> float:
        return self._device_pixel_ratio

    @property
    def viewport(self) -> Point:
        """(width, height) in screen pixels."""
        return self._viewport

    @property
    def is_fitted(self) -> bool:
        """Whether the whole image is in view because nobody has moved since `fit`; then resizing fits again."""
        return self._is_fitted

    @property
    def overlay(self) -> OverlayLook:
        return self._overlay

    @property
    def image_look(self) -> ImageLook:
        return self._image_look

    @property
    def device_origin(self) -> tuple[int, int]:
        """Where the image's top left corner is, in device pixels of the view."""
        (x, y), (width, height), ratio = self._center, self._viewport, self._device_pixel_ratio
        return round((width / 2 - x * self._scale) * ratio), round((height / 2 - y * self._scale) * ratio)

    @property
    def visible_region(self) -> Region:
        """The part of the image in view, in whole level-0 pixels, rounded outwards."""
        left, top = self.to_image((0.0, 0.0))
        right, bottom = self.to_image(self._viewport)
        edges = Region.from_edges(math.floor(left), math.floor(top), math.ceil(right), math.ceil(bottom))
        return edges.intersection(self._bounds)

    def to_screen(self, point: Point) -> Point:
        ratio = self._device_pixel_ratio
        x, y = self.device_origin
        return x / ratio + point[0] * self._scale, y / ratio + point[1] * self._scale

    def to_image(self, point: Point) -> Point:
        ratio = self._device_pixel_ratio
        x, y = self.device_origin
        return (point[0] - x / ratio) / self._scale, (point[1] - y / ratio) / self._scale

    def show_image(self, bounds: Region) -> None:
        """Look at another image: all of it."""
        self._bounds = bounds
        self._is_fitted = True
        self._fit()
        self.changed.emit()

    def set_viewport(self, width: float, height: float, device_pixel_ratio: float) -> None:
        """The view has this size now; keeps the whole image in view if it was, else the centre."""
        self._viewport = (max(1.0, width), max(1.0, height))
        self._device_pixel_ratio = device_pixel_ratio
        if self._is_fitted:
            self._fit()
        self.changed.emit()

    def fit(self) -> None:
        """Show the whole image, as large as possible."""
        self._is_fitted = True
        self._fit()
        self.changed.emit()

    def to_actual_size(self, at: Point | None = None) -> None:
        """100 %: one image pixel a device pixel; the image point at `at` (default: the middle) stays there."""
        self._zoom_to(1.0 / self._device_pixel_ratio, at)

    def zoom_at(self, point: Point, factor: float) -> None:
        """Enlarge by a factor; the image point under the screen point stays there."""
        self._zoom_to(self._scale * factor, point)

    def zoom_by(self, factor: float) -> None:
        """Enlarge by a factor around the middle of the view."""
        self._zoom_to(self._scale * factor, None)

    def pan_by(self, dx: float, dy: float) -> None:
        """Move the picture by screen pixels (positive: to the right, down)."""
        self.center_on((self._center[0] - dx / self._scale, self._center[1] - dy / self._scale))

    def center_on(self, point: Point) -> None:
        """Bring a level-0 point to the middle, as far as some of the image stays in view."""
        self._is_fitted = False
        self._center = (self._kept_in_view(point[0], 0), self._kept_in_view(point[1], 1))
        self.changed.emit()

    def show_region(self, region: Region, margin: float = 0.1) -> None:
        """Bring a level-0 rectangle into view, as large as possible with a margin around it."""
        self._is_fitted = False
        room = 1 + 2 * margin
        width, height = max(1, region.width) * room, max(1, region.height) * room
        self._scale = self._limited(min(self._viewport[0] / width, self._viewport[1] / height))
        self._center = region.center
        self.changed.emit()

    def set_overlay(self, **changes: bool | float) -> None:
        """Change switches of `OverlayLook` by name, as in `set_overlay(visible=False)`."""
        look = replace(self._overlay, **changes)  # type: ignore[arg-type]
        if look != self._overlay:
            self._overlay = look
            self.look_changed.emit()

    def set_image_look(self, **changes: float) -> None:
        """Change values of `ImageLook` by name."""
        look = replace(self._image_look, **changes)
        if look != self._image_look:
            self._image_look = look
            self.look_changed.emit()

    def reset_image_look(self) -> None:
        if not self._image_look.is_plain:
            self._image_look = ImageLook()
            self.look_changed.emit()

    def _fit(self) -> None:
        if self._bounds.is_empty:
            return
        self._center = self._bounds.center
        self._scale = min(self._fitting_scale, MAX_DEVICE_SCALE / self._device_pixel_ratio)

    @property
    def _fitting_scale(self) -> float:
        return min(self._viewport[0] / max(1, self._bounds.width), self._viewport[1] / max(1, self._bounds.height))

    def _zoom_to(self, scale: float, at: Point | None) -> None:
        width, height = self._viewport
        x, y = at if at is not None else (width / 2, height / 2)
        new_scale = self._limited(scale)
        if new_scale == self._scale:
            return
        shift = 1 / self._scale - 1 / new_scale
        self._center = (self._center[0] + (x - width / 2) * shift, self._center[1] + (y - height / 2) * shift)
        self._scale = new_scale
        self._is_fitted = False
        self.changed.emit()

    def _limited(self, scale: float) -> float:
        largest = MAX_DEVICE_SCALE / self._device_pixel_ratio
        smallest = min(self._fitting_scale / 2, 1.0 / self._device_pixel_ratio)
        return min(largest, max(smallest, scale))

    def _kept_in_view(self, value: float, axis: int) -> float:
        """A coordinate of the centre, limited unless it comes back from further outside (zooming may go there)."""
        length = (self._bounds.width, self._bounds.height)[axis]
        reach = max(0.0, self._viewport[axis] / 2 - _KEPT_IN_VIEW_PX) / self._scale
        present = self._center[axis]
        return min(max(length + reach, present), max(min(-reach, present), value))
