"""How the open image is looked at: where, how large, at which angle, and with what drawn over it."""

from dataclasses import replace

from PySide6.QtCore import QObject, Signal

from allviewer.domain.geometry import Region
from allviewer.session.looks import ColourBy, ImageLook, OverlayLook
from allviewer.session.placement import Placement, Point


class ViewState(QObject):
    """The `Placement` of the image and the looks of one view.

    Signals:
        changed: centre, scale, rotation, viewport or image.
        look_changed: overlay switches, brightness, contrast, gamma.
    """

    changed = Signal()
    look_changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._placement = Placement()
        self._is_fitted = True
        self._overlay = OverlayLook()
        self._image_look = ImageLook()

    @property
    def placement(self) -> Placement:
        """All of where and how the image lies, as one value."""
        return self._placement

    @property
    def bounds(self) -> Region:
        """The image, in level-0 pixels; empty without one."""
        return self._placement.bounds

    @property
    def center(self) -> Point:
        return self._placement.center

    @property
    def scale(self) -> float:
        """Screen pixels a level-0 pixel."""
        return self._placement.scale

    @property
    def device_scale(self) -> float:
        """Device pixels a level-0 pixel: 1.0 is 100 %."""
        return self._placement.device_scale

    @property
    def rotation_deg(self) -> float:
        """Clockwise, 0 to 360."""
        return self._placement.rotation_deg

    @property
    def is_mirrored(self) -> bool:
        return self._placement.is_mirrored

    @property
    def is_turned(self) -> bool:
        """Whether the image is rotated or mirrored."""
        return self.is_mirrored or self.rotation_deg != 0.0

    @property
    def device_pixel_ratio(self) -> float:
        return self._placement.device_pixel_ratio

    @property
    def viewport(self) -> Point:
        """(width, height) in screen pixels."""
        return self._placement.viewport

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
    def visible_region(self) -> Region:
        """The part of the image in view, in whole level-0 pixels, rounded outwards; at an angle the box around it."""
        return self._placement.visible_region

    def to_screen(self, point: Point) -> Point:
        return self._placement.to_screen(point)

    def to_image(self, point: Point) -> Point:
        return self._placement.to_image(point)

    def show_image(self, bounds: Region) -> None:
        """Look at another image: all of it, upright."""
        self._place(replace(self._placement, bounds=bounds, rotation_deg=0.0, is_mirrored=False).fitted(), True)

    def place(self, placement: Placement) -> None:
        """Look as another view does; image, size and pixel ratio of this view stay its own."""
        turned = replace(
            self._placement, rotation_deg=placement.rotation_deg % 360.0, is_mirrored=placement.is_mirrored
        )
        self._place(turned.zoomed(placement.scale).moved_to(placement.center))

    def set_viewport(self, width: float, height: float, device_pixel_ratio: float) -> None:
        """The view has this size now; keeps the whole image in view if it was, else the centre."""
        size = (max(1.0, width), max(1.0, height))
        placed = replace(self._placement, viewport=size, device_pixel_ratio=device_pixel_ratio)
        self._place(placed.fitted() if self._is_fitted else placed, self._is_fitted)

    def fit(self) -> None:
        """Show the whole image, as large as possible."""
        self._place(self._placement.fitted(), True)

    def to_actual_size(self, at: Point | None = None) -> None:
        """100 %: one image pixel a device pixel; the image point at `at` (default: the middle) stays there."""
        self._zoom_to(1.0 / self.device_pixel_ratio, at)

    def zoom_at(self, point: Point, factor: float) -> None:
        """Enlarge by a factor; the image point under the screen point stays there."""
        self._zoom_to(self.scale * factor, point)

    def zoom_by(self, factor: float) -> None:
        """Enlarge by a factor around the middle of the view."""
        self._zoom_to(self.scale * factor, None)

    def pan_by(self, dx: float, dy: float) -> None:
        """Move the picture by screen pixels (positive: to the right, down)."""
        x, y = self._placement.image_vector(dx, dy)
        self.center_on((self.center[0] - x, self.center[1] - y))

    def center_on(self, point: Point) -> None:
        """Bring a level-0 point to the middle, as far as some of the image stays in view."""
        self._place(self._placement.centered_on(point))

    def show_region(self, region: Region, margin: float = 0.1) -> None:
        """Bring a level-0 rectangle into view, as large as possible with a margin around it."""
        self._place(self._placement.showing(region, margin))

    def rotate_to(self, rotation_deg: float, at: Point | None = None) -> None:
        """Turn the picture to an angle (clockwise) around a screen point, by default the middle."""
        turned = self._placement.rotated(rotation_deg, at)
        if turned != self._placement:
            fits = self._is_fitted and turned.rotation_deg % 90 == 0
            self._place(turned.fitted() if fits else turned, fits)

    def rotate_by(self, degrees: float, at: Point | None = None) -> None:
        """Turn the picture clockwise around a screen point, by default the middle."""
        self.rotate_to(self.rotation_deg + degrees, at)

    def flip(self) -> None:
        """Exchange left and right of what is on the screen."""
        self._place(self._placement.flipped(), self._is_fitted)

    def set_upright(self) -> None:
        """Neither rotated nor mirrored."""
        if self.is_turned:
            upright = replace(self._placement.rotated(0.0), is_mirrored=False)
            self._place(upright.fitted() if self._is_fitted else upright, self._is_fitted)

    def set_overlay(self, **changes: bool | float | ColourBy) -> None:
        """Change switches of `OverlayLook` by name, as in `set_overlay(visible=False)`."""
        look = replace(self._overlay, **changes)  # type: ignore[arg-type]
        if look != self._overlay:
            self._overlay = look
            self.look_changed.emit()

    def next_colouring(self) -> None:
        """Let the colour of cells tell the next of what it can tell."""
        kinds = list(ColourBy)
        self.set_overlay(colour_by=kinds[(kinds.index(self._overlay.colour_by) + 1) % len(kinds)])

    def set_image_look(self, **changes: float) -> None:
        """Change values of `ImageLook` by name."""
        look = replace(self._image_look, **changes)
        if look != self._image_look:
            self._image_look = look
            self.look_changed.emit()

    def restore_image_look(self, brightness: float, contrast: float, gamma: float) -> None:
        """Show an image as it was left; numbers from outside are held within what can be set."""
        self.set_image_look(
            brightness=min(1.0, max(-1.0, brightness)),
            contrast=min(5.0, max(0.1, contrast)),
            gamma=min(5.0, max(0.1, gamma)),
        )

    def reset_image_look(self) -> None:
        if not self._image_look.is_plain:
            self._image_look = ImageLook()
            self.look_changed.emit()

    def _zoom_to(self, scale: float, at: Point | None) -> None:
        zoomed = self._placement.zoomed(scale, at)
        if zoomed.scale != self.scale:
            self._place(zoomed)

    def _place(self, placement: Placement, is_fitted: bool = False) -> None:
        self._placement, self._is_fitted = placement, is_fitted
        self.changed.emit()
