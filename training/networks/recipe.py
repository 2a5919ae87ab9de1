"""How a network was built, as the line that a pack's card keeps."""

from dataclasses import dataclass

from training.errors import TrainingError


@dataclass(frozen=True)
class Recipe:
    """The arguments of `registry.build` that the shape of the network depends on."""

    name: str
    classes: int
    channels: int
    size_px: int
    variant: str = ""

    def __str__(self) -> str:
        return f"{self.name} {self.channels}x{self.size_px} {self.classes} {self.variant}".strip()

    @classmethod
    def parse(cls, line: str) -> "Recipe":
        """Read what `str` wrote. Raises `TrainingError`."""
        try:
            name, shape, classes, *variant = line.split()
            channels, size_px = shape.split("x")
            return cls(name, int(classes), int(channels), int(size_px), *variant)
        except (ValueError, TypeError) as error:
            raise TrainingError(f"'{line}' names no network of the registry.") from error
