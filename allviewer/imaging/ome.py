"""What OME-XML says of an image: scale, focal planes, channels, objective."""

import math
from collections.abc import Iterator
from xml.etree import ElementTree as ET

from allviewer.imaging.file_description import FileDescription
from allviewer.imaging.intensity import Colour
from allviewer.imaging.pixel_size import credible_mpp, micrometres

_SHOWN = {
    "Image": ("Name",),
    "Instrument": (),
    "Microscope": ("Manufacturer", "Model"),
    "Objective": ("Model", "NominalMagnification", "LensNA", "Immersion"),
    "Detector": ("Manufacturer", "Model"),
}


def read_ome(xml: str) -> FileDescription:
    """The description of the first image; an empty one where the text is not sound OME-XML."""
    root = _parse(xml)
    pixels = None if root is None else next(_named(root, "Pixels"), None)
    if root is None or pixels is None:
        return FileDescription()
    channels = list(_named(pixels, "Channel"))
    return FileDescription(
        mpp=credible_mpp(_length(pixels, "PhysicalSizeX"), _length(pixels, "PhysicalSizeY")),
        plane_spacing_um=_positive(_length(pixels, "PhysicalSizeZ")),
        objective=_positive(
            _number(next((one.get("NominalMagnification") for one in _named(root, "Objective")), None))
        ),
        colours=tuple(_colour(channel.get("Color")) for channel in channels),
        channel_names=tuple(channel.get("Name") or channel.get("Fluor") or "" for channel in channels),
        properties=tuple(
            (f"ome.{kind}.{attribute}", element.get(attribute, ""))
            for kind, attributes in _SHOWN.items()
            for element in list(_named(root, kind))[:1]
            for attribute in attributes
            if element.get(attribute)
        ),
    )


def _parse(xml: str) -> ET.Element | None:
    if "<!ENTITY" in xml or "<!DOCTYPE" in xml:  # OME has none; entities are how XML grows without end
        return None
    try:
        return ET.fromstring(xml)
    except (ET.ParseError, ValueError):
        return None


def _named(parent: ET.Element, name: str) -> Iterator[ET.Element]:
    return (element for element in parent.iter() if element.tag.rpartition("}")[2] == name)


def _length(pixels: ET.Element, attribute: str) -> float | None:
    size = _number(pixels.get(attribute))
    return None if size is None else micrometres(size, pixels.get(f"{attribute}Unit", "µm"))


def _number(text: str | None) -> float | None:
    try:
        return None if text is None else float(text)
    except ValueError:
        return None


def _positive(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) and value > 0 else None


def _colour(text: str | None) -> Colour | None:
    """OME packs red, green, blue and alpha into one signed number."""
    try:
        packed = int(text or "") & 0xFFFFFFFF
    except ValueError:
        return None
    return packed >> 24, packed >> 16 & 255, packed >> 8 & 255
