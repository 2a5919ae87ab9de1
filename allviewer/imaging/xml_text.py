"""XML from files of strangers."""

from collections.abc import Iterator
from xml.etree import ElementTree as ET


def parse_xml(text: str) -> ET.Element | None:
    """The root; None where the text is not sound XML, or defines entities: microscopes write none, and bombs do."""
    if "<!ENTITY" in text or "<!DOCTYPE" in text:
        return None
    try:
        return ET.fromstring(text)
    except (ET.ParseError, ValueError):
        return None


def elements(parent: ET.Element, name: str) -> Iterator[ET.Element]:
    """All elements of this name within another, whatever their namespace."""
    return (element for element in parent.iter() if element.tag.rpartition("}")[2] == name)


def number(text: str | None) -> float | None:
    """A number, or None for what is none."""
    try:
        return None if text is None else float(text)
    except ValueError:
        return None
