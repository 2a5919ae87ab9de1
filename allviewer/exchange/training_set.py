"""The training set: how corrected cells leave the viewer and enter `training`.

    manifest.json           a `TrainingSet`
    images/ID.png           RGB, at the scale of the source
    cells/ID.tif            uint16 label image, 0 background, the cell's number elsewhere (nucleus included)
    nuclei/ID.tif           uint16 label image, the same number for a cell's nucleus
    trust/ID.png            8 bit, 255 where the labels may be learnt from, 0 where nobody has looked

Paths in the manifest are relative to its folder, with forward slashes.
"""

from typing import Annotated, Literal

import msgspec

MANIFEST_FILE = "manifest.json"
SET_FORMAT = 1

RelativePath = Annotated[str, msgspec.Meta(pattern=r"^(?!/)(?!.*\.\.)[^\\:\x00-\x1f]+\Z")]


class LabelledCell(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One cell of an item; `number` is its value in the label images."""

    number: Annotated[int, msgspec.Meta(gt=0, le=65535)]
    label: str
    state: Literal["proposed", "accepted", "corrected"]
    origin: str = ""
    tags: tuple[str, ...] = ()


class TrainingItem(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One image, or one part of a slide.

    Attributes:
        group: what must stay on one side of a split: patient if known, else slide or image.
        mpp: micrometres per pixel, or None.
        x, y: where the part lies in its source, level-0 pixels.
    """

    id: Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9._-]+\Z")]
    image: RelativePath
    cells_file: RelativePath
    nuclei_file: RelativePath
    trust_file: RelativePath
    width: int
    height: int
    group: str
    source: str
    source_sha256: str
    mpp: float | None
    x: int
    y: int
    cells: tuple[LabelledCell, ...]


class TrainingSet(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """The manifest.

    Attributes:
        locked: it is a test set: networks are judged on it, none may ever learn from it.
    """

    format: Literal[1]
    program: str
    created_utc: str
    classes: tuple[str, ...]
    items: tuple[TrainingItem, ...]
    locked: bool = False


def encode_training_set(training_set: TrainingSet) -> bytes:
    """The manifest as indented JSON."""
    return msgspec.json.format(msgspec.json.encode(training_set), indent=2) + b"\n"


def decode_training_set(data: bytes) -> TrainingSet:
    """Read a manifest. Raises `msgspec.ValidationError` with the name of the wrong field."""
    return msgspec.json.decode(data, type=TrainingSet)
