"""What the XML of a Zeiss CZI says: scale, focal planes, channels, objective."""

from collections.abc import Iterator
from xml.etree import ElementTree as ET

from allviewer.imaging.file_description import FileDescription
from allviewer.imaging.intensity import Colour
from allviewer.imaging.pixel_size import credible_mpp
from allviewer.imaging.xml_text import elements, number, parse_xml

_UM_PER_METRE = 1e6
_SHOWN = ("CreationDate", "UserName", "Title", "Comment", "ObjectiveName", "LensNA", "Immersion", "CameraName")
_LONGEST_TEXT = 500


def read_czi_xml(xml: str) -> FileDescription:
    """The description of the image; an empty one where the text is not sound XML."""
    root = parse_xml(xml)
    if root is None:
        return FileDescription()
    steps = {one.get("Id", ""): _text(one, "Value") for one in elements(root, "Distance")}
    channels = list(_channels(root, "Dimensions"))
    shown = {channel.get("Name"): channel for channel in _channels(root, "DisplaySetting")}
    z_um = _micrometres(steps.get("Z"))
    return FileDescription(
        mpp=credible_mpp(_micrometres(steps.get("X")), _micrometres(steps.get("Y"))),
        plane_spacing_um=z_um if z_um else None,
        objective=next((number(one.text) for one in elements(root, "NominalMagnification")), None),
        colours=tuple(_colour(_text(shown.get(channel.get("Name"), channel), "Color")) for channel in channels),
        channel_names=tuple(channel.get("Name") or _text(channel, "Fluor") or "" for channel in channels),
        properties=tuple(_properties(root)),
    )


def _channels(root: ET.Element, within: str) -> Iterator[ET.Element]:
    return (channel for part in list(elements(root, within))[:1] for channel in elements(part, "Channel"))


def _text(parent: ET.Element, name: str) -> str | None:
    return next((element.text for element in elements(parent, name)), None)


def _micrometres(metres: str | None) -> float | None:
    length = number(metres)
    return None if length is None else length * _UM_PER_METRE


def _colour(text: str | None) -> Colour | None:
    """#AARRGGBB."""
    try:
        packed = int((text or "").lstrip("#"), 16)
    except ValueError:
        return None
    return packed >> 16 & 255, packed >> 8 & 255, packed & 255


def _properties(root: ET.Element) -> Iterator[tuple[str, str]]:
    for name in _SHOWN:
        text = (_text(root, name) or "").strip()
        if text:
            yield f"czi.{name}", text[:_LONGEST_TEXT]
