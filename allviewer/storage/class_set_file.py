"""Class sets and tag sets as small JSON files (see docs/class-sets.md), checked whole: they come from outside."""

import re
from pathlib import Path
from typing import Annotated

import msgspec

from allviewer.domain.labels import OTHER, CellClass, ClassSet, Tag, TagSet
from allviewer.errors import ClassSetError
from allviewer.storage import atomic

SUFFIX = ".json"
_FORMAT = 1
_MOST_BYTES = 1 << 18
_KEYS_OF_ACTIONS = re.compile(r"^((Ctrl|Alt|Shift|Meta)\+)*([A-Z0-9]|F[1-9]|F1[0-2])$")

_Key = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9][a-z0-9_-]{0,39}\Z")]
_Words = Annotated[str, msgspec.Meta(min_length=1, max_length=60, pattern=r"^[^\x00-\x1f\x7f<>&]*\Z")]
_Tip = Annotated[str, msgspec.Meta(max_length=200, pattern=r"^[^\x00-\x1f\x7f<>&]*\Z")]
_Colour = Annotated[str, msgspec.Meta(pattern=r"^#[0-9a-fA-F]{6}\Z")]
_Hotkey = Annotated[str, msgspec.Meta(max_length=30)]


class _Class(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    key: _Key
    title: _Words
    colour: _Colour
    hotkey: _Hotkey = ""
    line: str = "solid"
    group: _Words = "White cells"
    counted: bool = True


class _Tag(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    name: _Words
    tip: _Tip = ""
    hotkey: _Hotkey = ""
    group: Annotated[str, msgspec.Meta(max_length=60)] = ""


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    format: int
    name: _Words
    classes: Annotated[tuple[_Class, ...], msgspec.Meta(max_length=60)] = ()
    tags: Annotated[tuple[_Tag, ...], msgspec.Meta(max_length=60)] = ()


def encode(chosen: ClassSet | TagSet) -> bytes:
    """The file's bytes."""
    classes = chosen.classes if isinstance(chosen, ClassSet) else ()
    file = _File(
        _FORMAT,
        chosen.name,
        tuple(
            _Class(c.key, c.title, "#{:02x}{:02x}{:02x}".format(*c.colour), c.hotkey, c.line, c.group, c.counted)
            for c in classes
        ),
        tuple(_Tag(tag.name, tag.tip, tag.hotkey, tag.group) for tag in chosen.tags),
    )
    return msgspec.json.format(msgspec.json.encode(file), indent=2) + b"\n"


def decode(data: bytes, name: str) -> ClassSet | TagSet:
    """What the bytes say: classes, with or without tags, or tags alone. `name` is the file's, for the sentence.

    Raises:
        ClassSetError: whatever is wrong with them.
    """
    try:
        if len(data) > _MOST_BYTES:
            raise ValueError("it is too large")
        version = msgspec.json.decode(data, type=dict[str, msgspec.Raw]).get("format")
        if version is not None and bytes(version).isdigit() and int(bytes(version)[:9]) > _FORMAT:
            raise ValueError("it was made for a newer version of this program")
        return _taken(msgspec.json.decode(data, type=_File))
    except (ValueError, RecursionError) as error:  # msgspec's errors, and those of the domain, are ValueErrors
        raise ClassSetError(
            f"{name} is no class set: {str(error).rstrip('.')}.",
            "What such a file holds is told in docs/class-sets.md.",
        ) from error


def read(path: Path) -> ClassSet | TagSet:
    """Read a class set or a tag set. Raises `ClassSetError`."""
    try:
        with path.open("rb") as file:
            data = file.read(_MOST_BYTES + 1)
    except OSError as error:
        raise ClassSetError(f"{path.name} cannot be read: {error.strerror or error}.") from error
    return decode(data, path.name)


def write(path: Path, chosen: ClassSet | TagSet) -> None:
    """Write a class set. Raises `OutputError`."""
    atomic.make_folder(path.parent)
    atomic.write_bytes(path, encode(chosen))


def _taken(file: _File) -> ClassSet | TagSet:
    for hotkey in [c.hotkey for c in file.classes] + [tag.hotkey for tag in file.tags]:
        if hotkey and not _KEYS_OF_ACTIONS.match(hotkey):
            raise ValueError(f"'{hotkey}' is no key: write a letter, a digit or F1 to F12, after Ctrl+, Alt+ or Shift+")
    tags = tuple(Tag(tag.name, tag.tip, tag.hotkey, tag.group) for tag in file.tags)
    if not file.classes:
        if not tags:
            raise ValueError("it holds neither classes nor tags")
        return TagSet(file.name, tags)
    classes = tuple(
        CellClass(c.key, c.title, c.hotkey, _rgb(c.colour), c.line, _group(c.group), c.counted) for c in file.classes
    )
    return ClassSet(file.name, classes, tags)


def _rgb(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _group(name: str) -> str:
    return OTHER if name.casefold() == OTHER else name
