"""What OME-XML says of an image: scale, focal planes, channels, objective."""

import math
from xml.etree import ElementTree as ET

from allviewer.imaging.file_description import FileDescription
from allviewer.imaging.intensity import Colour
from allviewer.imaging.pixel_size import credible_mpp, micrometres
from allviewer.imaging.xml_text import elements, number, parse_xml

_SHOWN = {
    "Image": ("Name",),
    "Instrument": (),
    "Microscope": ("Manufacturer", "Model"),
    "Objective": ("Model", "NominalMagnification", "LensNA", "Immersion"),
    "Detector": ("Manufacturer", "Model"),
}


def read_ome(xml: str) -> FileDescription:
    """The description of the first image; an empty one where the text is not sound OME-XML."""
    root = parse_xml(xml)
    pixels = None if root is None else next(elements(root, "Pixels"), None)
    if root is None or pixels is None:
        return FileDescription()
    channels = list(elements(pixels, "Channel"))
    return FileDescription(
        mpp=credible_mpp(_length(pixels, "PhysicalSizeX"), _length(pixels, "PhysicalSizeY")),
        plane_spacing_um=_positive(_length(pixels, "PhysicalSizeZ")),
        objective=_positive(
            number(next((one.get("NominalMagnification") for one in elements(root, "Objective")), None))
        ),
        colours=tuple(_colour(channel.get("Color")) for channel in channels),
        channel_names=tuple(channel.get("Name") or channel.get("Fluor") or "" for channel in channels),
        properties=tuple(
            (f"ome.{kind}.{attribute}", element.get(attribute, ""))
            for kind, attributes in _SHOWN.items()
            for element in list(elements(root, kind))[:1]
            for attribute in attributes
            if element.get(attribute)
        ),
    )


def _length(pixels: ET.Element, attribute: str) -> float | None:
    size = number(pixels.get(attribute))
    return None if size is None else micrometres(size, pixels.get(f"{attribute}Unit", "µm"))


def _positive(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) and value > 0 else None


def _colour(text: str | None) -> Colour | None:
    """OME packs red, green, blue and alpha into one signed number."""
    try:
        packed = int(text or "") & 0xFFFFFFFF
    except ValueError:
        return None
    return packed >> 24, packed >> 16 & 255, packed >> 8 & 255
