"""ALL-IDB (Labati, Piuri, Scotti, ICIP 2011), which everybody has to ask its authors for.

ALL-IDB1: 108 fields, `im/Im001_1.jpg` and `xyc/Im001_1.xyc`: the last digit of a name is 1 for a patient with ALL, 0
for a healthy one; the .xyc holds a line `x y` for the middle of each probable blast. ALL-IDB2: 260 cells cut out of the
same fields, `img/Im001_1.tif`; 1 is a probable blast. Nobody tells the patients, nor which cell is of which field:
every picture is a group of its own, and the two sets must not be mixed.
"""

import re
from pathlib import Path

from allviewer.errors import DatasetError
from training.datasets.files import PICTURE_SUFFIXES
from training.datasets.listing import DataSet, Grouping, Picture, sort_out_missing, within

NAMES = ("all_idb1", "all_idb2")
CLASSES = ("healthy", "all")

_FILE = re.compile(r"Im(\d{3})_([01])", re.IGNORECASE)
_FIELDS, _CELLS, _POINTS = "im", "img", "xyc"


def find(folder: Path) -> DataSet | None:
    """ALL-IDB1 or ALL-IDB2, told apart by their folders; None if the folder holds neither."""
    points = next((path for path in _subfolders(folder) if path.name.lower() == _POINTS), None)
    files = [
        path
        for path in sorted(folder.rglob("[Ii]m*_?.*"))
        if _FILE.fullmatch(path.stem) and path.suffix.lower() in PICTURE_SUFFIXES
    ]
    if not files:
        return None
    fields = points is not None or files[0].parent.name.lower() == _FIELDS
    pictures, absent = [], []
    for file in files:
        match = _FILE.fullmatch(file.stem)
        assert match is not None
        sick = match[2] == "1"
        objects: dict[str, int] = {}
        if fields:
            listed = (points or file.parent.parent / _POINTS) / f"{file.stem}.xyc"
            if listed.is_file():
                objects = {"blast": len(read_points(listed))}
            elif sick:
                absent.append(f"{_POINTS}/{listed.name}")
        name = within(folder, file)
        pictures.append(Picture(name, file, CLASSES[sick], name, objects=objects))
    there, missing = sort_out_missing(pictures)
    name, layout = (NAMES[0], "fields and .xyc") if fields else (NAMES[1], "single cells")
    return DataSet(name, folder, layout, Grouping.PICTURE, there, CLASSES, (*missing, *absent))


def read_points(path: Path) -> list[tuple[float, float]]:
    """(x, y) of the marked cells, pixels. Raises `DatasetError` for a file that holds anything else."""
    try:
        rows = [line.split() for line in path.read_text(encoding="ascii").splitlines() if line.strip()]
        points = [(float(x), float(y)) for x, y in rows]
    except (OSError, ValueError) as error:
        raise DatasetError(f"The marks {path} cannot be read: {error}.", "Each line holds x and y.") from error
    return [point for point in points if point != (0.0, 0.0)]


def _subfolders(folder: Path) -> list[Path]:
    return [folder, *(path for path in sorted(folder.rglob("*")) if path.is_dir())]
