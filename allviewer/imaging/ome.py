"""What OME-XML says of an image: micrometres per pixel and the colours of its channels."""

from xml.etree import ElementTree as ET

from allviewer.imaging.intensity import Colour
from allviewer.imaging.pixel_size import credible_mpp, micrometres


def ome_scale_and_colours(xml: str) -> tuple[float | None, list[Colour | None]]:
    """Scale and channel colours of the first image; nothing where the text is not sound OME-XML."""
    pixels = _first_pixels(xml)
    if pixels is None:
        return None, []
    mpp = credible_mpp(_length(pixels, "PhysicalSizeX"), _length(pixels, "PhysicalSizeY"))
    return mpp, [_colour(element.get("Color")) for element in pixels.iter() if _local_name(element) == "Channel"]


def _first_pixels(xml: str) -> ET.Element | None:
    if "<!ENTITY" in xml or "<!DOCTYPE" in xml:  # OME has none; entities are how XML grows without end
        return None
    try:
        root = ET.fromstring(xml)
    except (ET.ParseError, ValueError):
        return None
    return next((element for element in root.iter() if _local_name(element) == "Pixels"), None)


def _local_name(element: ET.Element) -> str:
    return element.tag.rpartition("}")[2]


def _length(pixels: ET.Element, attribute: str) -> float | None:
    try:
        return micrometres(float(pixels.get(attribute, "")), pixels.get(f"{attribute}Unit", "µm"))
    except ValueError:
        return None


def _colour(text: str | None) -> Colour | None:
    """OME packs red, green, blue and alpha into one signed number."""
    try:
        packed = int(text or "") & 0xFFFFFFFF
    except ValueError:
        return None
    return packed >> 24, packed >> 16 & 255, packed >> 8 & 255
