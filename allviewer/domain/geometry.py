"""Rectangles in level-0 pixels: origin top left, y downwards, right and bottom edges excluded."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Region:
    """An integer rectangle in level-0 pixels of one image.

    Raises:
        ValueError: if width or height is negative.
    """

    x: int
    y: int
    width: int
    height: int

    def __post_init__(self) -> None:
        if self.width < 0 or self.height < 0:
            raise ValueError(f"a region cannot have a negative size: {self.width} x {self.height}")

    @classmethod
    def from_edges(cls, left: int, top: int, right: int, bottom: int) -> "Region":
        """The region between edges; empty where they cross."""
        return cls(left, top, max(0, right - left), max(0, bottom - top))

    @property
    def right(self) -> int:
        return self.x + self.width

    @property
    def bottom(self) -> int:
        return self.y + self.height

    @property
    def area_px(self) -> int:
        return self.width * self.height

    @property
    def is_empty(self) -> bool:
        return self.width == 0 or self.height == 0

    @property
    def center(self) -> tuple[float, float]:
        """(x, y) of the middle."""
        return self.x + self.width / 2, self.y + self.height / 2

    def intersection(self, other: "Region") -> "Region":
        return Region.from_edges(
            max(self.x, other.x),
            max(self.y, other.y),
            min(self.right, other.right),
            min(self.bottom, other.bottom),
        )

    def union(self, other: "Region") -> "Region":
        """The smallest region that holds both; an empty one adds nothing."""
        if self.is_empty:
            return other
        if other.is_empty:
            return self
        return Region.from_edges(
            min(self.x, other.x),
            min(self.y, other.y),
            max(self.right, other.right),
            max(self.bottom, other.bottom),
        )

    def intersects(self, other: "Region") -> bool:
        # written out, since this is asked for every cell near a tile: four times as fast as by way of `intersection`
        return max(self.x, other.x) < min(self.x + self.width, other.x + other.width) and max(self.y, other.y) < min(
            self.y + self.height, other.y + other.height
        )

    def contains(self, other: "Region") -> bool:
        return self.x <= other.x and self.y <= other.y and self.right >= other.right and self.bottom >= other.bottom

    def contains_point(self, x: float, y: float) -> bool:
        return self.x <= x < self.right and self.y <= y < self.bottom

    def expanded(self, margin_px: int) -> "Region":
        """Grown by a margin on every side (shrunk if negative, never below empty)."""
        return Region.from_edges(
            self.x - margin_px, self.y - margin_px, self.right + margin_px, self.bottom + margin_px
        )

    def moved(self, dx: int, dy: int) -> "Region":
        return Region(self.x + dx, self.y + dy, self.width, self.height)
