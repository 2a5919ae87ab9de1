"""What the attributes of an OME-Zarr (NGFF up to 0.5) say: axes, levels, scale, channels."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from allviewer.errors import ImageError
from allviewer.imaging.file_description import FileDescription
from allviewer.imaging.intensity import Colour, ValueRange
from allviewer.imaging.pixel_size import credible_mpp, micrometres

_OLDEST_AXES = "tczyx"
_PICTURE_AXES = "yx"


@dataclass(frozen=True, slots=True)
class Multiscale:
    """One image.

    Attributes:
        axes: the names of an array's dimensions, one letter each.
        paths: of the levels' arrays in the group, finest first.
        description: scale, channel names and colours.
        windows: values shown black and full of each channel, where the file says so.
    """

    axes: str
    paths: tuple[str, ...]
    description: FileDescription
    windows: tuple[ValueRange | None, ...]


def read_multiscale(attributes: Mapping[str, Any], name: str) -> Multiscale | None:
    """The first image that a group's attributes describe; None if they describe none.

    Raises:
        ImageError: they are not what the format asks for.
    """
    own = attributes.get("ome", attributes)
    images = own.get("multiscales") if isinstance(own, Mapping) else None
    if not images:
        return None
    try:
        image = images[0]
        axes, units = _axes(image)
        datasets = image["datasets"]
        steps = _steps(image, datasets[0], len(axes))
        omero = own.get("omero") or {}
        channels = omero.get("channels") or []
        description = FileDescription(
            mpp=credible_mpp(*(_length(steps, axes, units, axis) for axis in "xy")),
            plane_spacing_um=_length(steps, axes, units, "z"),
            colours=tuple(_colour(channel.get("color")) for channel in channels),
            channel_names=tuple(str(channel.get("label") or "") for channel in channels),
            properties=tuple(_properties(own, image)),
        )
        windows = tuple(_window(channel.get("window")) for channel in channels)
        return Multiscale(axes, tuple(str(dataset["path"]) for dataset in datasets), description, windows)
    except (KeyError, IndexError, TypeError, ValueError, AttributeError) as error:
        raise ImageError(f"{name} is damaged: its description of the image is not sound OME-Zarr.") from error


def _axes(image: Mapping[str, Any]) -> tuple[str, dict[str, str]]:
    """Letters of the axes in order, and their units; the oldest files name no axes, later ones no units."""
    axes = image.get("axes") or list(_OLDEST_AXES)
    named = [axis if isinstance(axis, Mapping) else {"name": axis} for axis in axes]
    letters = "".join(str(axis["name"]).lower() for axis in named)
    if len(letters) != len(named) or not letters.endswith(_PICTURE_AXES) or len(set(letters)) != len(letters):
        raise ValueError(f"axes {letters}")
    return letters, {str(axis["name"]).lower(): str(axis.get("unit") or "") for axis in named}


def _steps(image: Mapping[str, Any], dataset: Mapping[str, Any], count: int) -> list[float]:
    """Lengths from one pixel of the finest level to the next, in the units of the axes."""
    steps = [1.0] * count
    for holder in (dataset, image):
        for transform in holder.get("coordinateTransformations") or []:
            if transform.get("type") == "scale":
                steps = [step * float(factor) for step, factor in zip(steps, transform["scale"], strict=True)]
    return steps


def _length(steps: list[float], axes: str, units: dict[str, str], axis: str) -> float | None:
    return micrometres(steps[axes.index(axis)], units[axis]) if axis in axes else None


def _colour(text: object) -> Colour | None:
    digits = str(text or "").lstrip("#")
    try:
        packed = int(digits, 16)
    except ValueError:
        return None
    return (packed >> 16 & 255, packed >> 8 & 255, packed & 255) if len(digits) == 6 else None


def _window(window: Any) -> ValueRange | None:
    if not isinstance(window, Mapping) or "start" not in window or "end" not in window:
        return None
    low, high = float(window["start"]), float(window["end"])
    return ValueRange(low, high) if low < high else None


def _properties(own: Mapping[str, Any], image: Mapping[str, Any]) -> "list[tuple[str, str]]":
    found = {
        "zarr.Name": image.get("name"),
        "zarr.OME version": own.get("version") or image.get("version"),
        "zarr.Reduction": image.get("type"),
        "zarr.Writer": own.get("_creator", {}).get("name") if isinstance(own.get("_creator"), Mapping) else None,
    }
    return [(key, str(value)) for key, value in found.items() if value]
