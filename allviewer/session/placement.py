"""How an image lies on the screen: centre, scale, rotation, mirroring. Pure arithmetic on values.

Screen points are device-independent pixels of the view, origin top left; image points are level-0 pixels. What is
drawn agrees to the pixel: the image's corner is placed on a whole device pixel.
"""

import math
from dataclasses import dataclass, replace

from allviewer.domain.geometry import Region

Point = tuple[float, float]

MAX_DEVICE_SCALE = 40.0
"""Largest enlargement, in device pixels a level-0 pixel."""
_KEPT_IN_VIEW_PX = 48.0
"""So much of the image stays on the screen however far it is dragged."""

_NO_IMAGE = Region(0, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Placement:
    """The image `bounds` in a view.

    Attributes:
        center: level-0 point in the middle of the view.
        scale: screen pixels a level-0 pixel.
        rotation_deg: clockwise, 0 to 360.
        is_mirrored: left and right of the image are exchanged before it is rotated.
        viewport: (width, height) of the view in screen pixels.
        device_pixel_ratio: device pixels a screen pixel.
    """

    bounds: Region = _NO_IMAGE
    center: Point = (0.0, 0.0)
    scale: float = 1.0
    rotation_deg: float = 0.0
    is_mirrored: bool = False
    viewport: Point = (1.0, 1.0)
    device_pixel_ratio: float = 1.0

    @property
    def device_scale(self) -> float:
        """Device pixels a level-0 pixel: 1.0 is 100 %."""
        return self.scale * self.device_pixel_ratio

    @property
    def device_viewport(self) -> tuple[int, int]:
        """Width and height of the view in device pixels."""
        width, height = self.viewport
        return math.ceil(width * self.device_pixel_ratio), math.ceil(height * self.device_pixel_ratio)

    @property
    def turn(self) -> tuple[float, float, float, float]:
        """(a, b, c, d): the image vector (x, y) points to (a x + c y, b x + d y) on the screen, its length kept."""
        cos, sin = _cos_sin(self.rotation_deg)
        return (-cos, -sin, -sin, cos) if self.is_mirrored else (cos, sin, -sin, cos)

    @property
    def device_origin(self) -> tuple[int, int]:
        """Where the image's top left corner is, in device pixels of the view."""
        (x, y), (width, height), (a, b, c, d) = self.center, self.viewport, self.turn
        ratio, scale = self.device_pixel_ratio, self.scale
        return (
            round((width / 2 - (a * x + c * y) * scale) * ratio),
            round((height / 2 - (b * x + d * y) * scale) * ratio),
        )

    @property
    def screen_matrix(self) -> tuple[float, float, float, float, float, float]:
        """(a, b, c, d, e, f): the image point (x, y) is at (a x + c y + e, b x + d y + f); as `QTransform` takes it."""
        scale, ratio, (x, y) = self.scale, self.device_pixel_ratio, self.device_origin
        a, b, c, d = self.turn
        return a * scale, b * scale, c * scale, d * scale, x / ratio, y / ratio

    def to_screen(self, point: Point) -> Point:
        a, b, c, d, x, y = self.screen_matrix
        return a * point[0] + c * point[1] + x, b * point[0] + d * point[1] + y

    def to_image(self, point: Point) -> Point:
        ratio, (x, y) = self.device_pixel_ratio, self.device_origin
        return self.image_vector(point[0] - x / ratio, point[1] - y / ratio)

    def image_vector(self, dx: float, dy: float) -> Point:
        """A movement on the screen as one on the image."""
        a, b, c, d = self.turn
        return (a * dx + b * dy) / self.scale, (c * dx + d * dy) / self.scale

    @property
    def seen_corners(self) -> tuple[Point, Point, Point, Point]:
        """The image points at the view's corners, going round."""
        width, height = self.viewport
        return (
            self.to_image((0.0, 0.0)),
            self.to_image((width, 0.0)),
            self.to_image((width, height)),
            self.to_image((0.0, height)),
        )

    @property
    def visible_region(self) -> Region:
        """The part of the image in view, in whole level-0 pixels, rounded outwards; at an angle the box around it."""
        left, top, right, bottom = box_of(self.seen_corners)
        edges = Region.from_edges(math.floor(left), math.floor(top), math.ceil(right), math.ceil(bottom))
        return edges.intersection(self.bounds)

    def screen_box(self, region: Region) -> tuple[float, float, float, float]:
        """Left, top, right, bottom of what a level-0 rectangle takes up on the screen."""
        right, bottom = region.x + region.width, region.y + region.height
        corners = ((region.x, region.y), (right, region.y), (right, bottom), (region.x, bottom))
        return box_of(tuple(map(self.to_screen, corners)))

    @property
    def fitting_scale(self) -> float:
        """The scale at which the whole image just fits into the view."""
        a, b, c, d = map(abs, self.turn)
        width, height = max(1, self.bounds.width), max(1, self.bounds.height)
        return min(self.viewport[0] / (a * width + c * height), self.viewport[1] / (b * width + d * height))

    def fitted(self) -> "Placement":
        """The whole image in view, as large as possible."""
        if self.bounds.is_empty:
            return self
        scale = min(self.fitting_scale, MAX_DEVICE_SCALE / self.device_pixel_ratio)
        return replace(self, center=self.bounds.center, scale=scale)

    def zoomed(self, scale: float, at: Point | None = None) -> "Placement":
        """Another scale, within limits; the image point at a screen point (default: the middle) stays there."""
        new_scale = self._limited(scale)
        dx, dy = self._from_middle(at)
        before, after = self.image_vector(dx, dy), replace(self, scale=new_scale).image_vector(dx, dy)
        return replace(self, scale=new_scale, center=_moved(self.center, before, after))

    def rotated(self, rotation_deg: float, at: Point | None = None) -> "Placement":
        """Another angle; the image point at a screen point (default: the middle) stays there."""
        turned = replace(self, rotation_deg=rotation_deg % 360.0)
        dx, dy = self._from_middle(at)
        return replace(turned, center=_moved(self.center, self.image_vector(dx, dy), turned.image_vector(dx, dy)))

    def flipped(self) -> "Placement":
        """What is on the screen, left and right exchanged."""
        return replace(self, is_mirrored=not self.is_mirrored, rotation_deg=-self.rotation_deg % 360.0)

    def centered_on(self, point: Point) -> "Placement":
        """A level-0 point in the middle, as far as some of the image stays in view.

        A view that is further outside already (zooming may lead there) may come back, not go on.
        """
        reach_x, reach_y = (max(0.0, length / 2 - _KEPT_IN_VIEW_PX) for length in self.viewport)
        present_x, present_y = self._off_image(self.center)
        off_x, off_y = self._off_image(point)
        share = min(_share(max(reach_x, present_x), off_x), _share(max(reach_y, present_y), off_y))
        nearest = self._nearest(point)
        return replace(
            self,
            center=(
                nearest[0] + (point[0] - nearest[0]) * share,
                nearest[1] + (point[1] - nearest[1]) * share,
            ),
        )

    def moved_to(self, point: Point) -> "Placement":
        """A level-0 point in the middle, wherever a hand could have brought it; not lost in the distance."""
        reach = max(self.viewport) / min(self.scale, self.fitting_scale)
        bounds = self.bounds
        x = min(max(point[0], bounds.x - reach), bounds.right + reach)
        y = min(max(point[1], bounds.y - reach), bounds.bottom + reach)
        return replace(self, center=(x, y))

    def showing(self, region: Region, margin: float) -> "Placement":
        """A level-0 rectangle as large as possible, with a margin (a part of its size) around it."""
        a, b, c, d = map(abs, self.turn)
        width, height = (max(1, length) * (1 + 2 * margin) for length in (region.width, region.height))
        scale = min(self.viewport[0] / (a * width + c * height), self.viewport[1] / (b * width + d * height))
        return replace(self, scale=self._limited(scale), center=region.center)

    def _limited(self, scale: float) -> float:
        largest = MAX_DEVICE_SCALE / self.device_pixel_ratio
        smallest = min(self.fitting_scale / 2, 1.0 / self.device_pixel_ratio)
        return min(largest, max(smallest, scale))

    def _from_middle(self, at: Point | None) -> Point:
        return (at[0] - self.viewport[0] / 2, at[1] - self.viewport[1] / 2) if at is not None else (0.0, 0.0)

    def _nearest(self, point: Point) -> Point:
        bounds = self.bounds
        return min(max(point[0], bounds.x), bounds.right), min(max(point[1], bounds.y), bounds.bottom)

    def _off_image(self, point: Point) -> Point:
        """How far a point lies outside the image, across and down on the screen."""
        nearest, (a, b, c, d) = self._nearest(point), self.turn
        dx, dy = point[0] - nearest[0], point[1] - nearest[1]
        return abs(a * dx + c * dy) * self.scale, abs(b * dx + d * dy) * self.scale


def box_of(points: tuple[Point, ...]) -> tuple[float, float, float, float]:
    """Left, top, right, bottom of the box around points."""
    xs, ys = [x for x, _ in points], [y for _, y in points]
    return min(xs), min(ys), max(xs), max(ys)


def _cos_sin(angle_deg: float) -> tuple[float, float]:
    """Exact at right angles, so that pixels stay pixels there."""
    right_angles: dict[float, tuple[float, float]] = {0.0: (1, 0), 90.0: (0, 1), 180.0: (-1, 0), 270.0: (0, -1)}
    angle = math.radians(angle_deg)
    return right_angles.get(angle_deg) or (math.cos(angle), math.sin(angle))


def _moved(point: Point, plus: Point, minus: Point) -> Point:
    return point[0] + plus[0] - minus[0], point[1] + plus[1] - minus[1]


def _share(limit: float, wanted: float) -> float:
    return 1.0 if wanted <= limit else limit / wanted
