"""Files that belong to a slide beside them: opened through it, and no images of their own."""

import re
from collections.abc import Iterator
from pathlib import Path

_VMS_HEAD_BYTES = 1 << 16
_VMS_FILE = re.compile(
    r"^(?:ImageFile(?:\([^)]*\))?|MapFile|MacroImage|OptimisationFile)\s*=\s*(\S.*?)\s*$", re.MULTILINE
)

_DICOM_HEAD_BYTES = 1 << 16
_DICOM_PREAMBLE_BYTES = 128
_WHOLE_SLIDE_CLASS = b"1.2.840.10008.5.1.4.1.1.77.1.6"
_SERIES = re.compile(rb"\x20\x00\x0e\x00(?:UI..|....)([0-9.]{3,64})", re.DOTALL)
"""Tag (0020,000E), the series that all files of one DICOM slide share, with its type named or not."""


def parts_of_slides(folder: Path, names: list[str]) -> set[str]:
    """Names of files and folders in `folder` that belong to a slide among the files `names`."""
    parts: set[str] = set()
    for name in names:
        suffix = Path(name).suffix.lower()
        if suffix == ".mrxs":
            parts.add(Path(name).stem)
        elif suffix in (".vms", ".vmu"):
            parts.update(_named_in_vms(folder / name))
    parts.update(_further_files_of_series(folder, [name for name in names if name.lower().endswith(".dcm")]))
    return parts


def _named_in_vms(path: Path) -> Iterator[str]:
    text = _head(path, _VMS_HEAD_BYTES).decode("utf-8", "replace").replace("\r", "")
    return (match.group(1) for match in _VMS_FILE.finditer(text))


def _further_files_of_series(folder: Path, names: list[str]) -> set[str]:
    """Of the files of one DICOM slide (a level, label or macro each) all but the largest, which stands for all."""
    largest: dict[bytes, str] = {}
    others: set[str] = set()
    for name in sorted(names, key=lambda name: _size(folder / name), reverse=True):
        head = _head(folder / name, _DICOM_HEAD_BYTES)
        series = _SERIES.search(head) if _WHOLE_SLIDE_CLASS in head[_DICOM_PREAMBLE_BYTES:] else None
        if series is not None and largest.setdefault(series.group(1), name) != name:
            others.add(name)
    return others


def files_of_series(path: Path) -> list[Path]:
    """The further files in the folder that belong to the same DICOM slide."""
    series = _SERIES.search(_head(path, _DICOM_HEAD_BYTES))
    if series is None:
        return []
    return [
        other
        for other in sorted(path.parent.glob("*" + path.suffix))
        if other.name != path.name
        and (found := _SERIES.search(_head(other, _DICOM_HEAD_BYTES))) is not None
        and found.group(1) == series.group(1)
    ]


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0  # one that cannot be looked at is listed, and says so when it is opened


def _head(path: Path, count: int) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(count)
    except OSError:
        return b""
