"""The ALL set of Taleqani hospital: fields labelled benign, early pre-B, pre-B or pro-B; 89 people, none named.

As downloaded: `Original/CLASS/WBC-...-001.jpg` and, of the same names, `Segmented/CLASS/...`: what an HSV threshold
left of the picture, the rest black. Or a part of it with a `labels.csv` (file, class, malignant, group). The public
files name no people; neighbouring numbers look alike, so forty of them make a group.

The "segmented" copies are a threshold's output, not a drawn truth: what is learnt from them is to copy a threshold.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from allviewer.domain.slide import RgbArray
from allviewer.errors import DatasetError
from training.datasets.files import PICTURE_SUFFIXES, read_grey, read_labels_if
from training.datasets.listing import DataSet, Grouping, Picture, sort_out_missing, within
from training.datasets.sample import BACKGROUND, SOME_CELL, PartMap

NAME = "taleqani_all"
CLASSES = ("benign", "early", "pre", "pro")
GROUP_OF = 40
"""Numbers in a row that make a group."""
NOT_BLACK = 12
"""JPEG leaves the black of the segmented copies uneven."""

_ORIGINAL, _SEGMENTED = "original", "segmented"
_FILE = re.compile(r"WBC-(?:Malignant-|Benign-)?(Benign|Early|Pre|Pro)?-?(\d+)", re.IGNORECASE)


def find(folder: Path) -> DataSet | None:
    """All fields; None if the folder does not look like the Taleqani set."""
    rows = read_labels_if(folder, ("file", "class", "malignant", "group"))
    if rows is not None:
        pictures = [Picture(r["file"], folder / r["file"], _known(r["class"], r["file"]), r["group"]) for r in rows]
        there, missing = sort_out_missing(pictures)
        return DataSet(NAME, folder, "labels.csv", Grouping.NEIGHBOURS, there, CLASSES, missing)
    pictures = list(_originals(folder))
    if not pictures:
        return None
    there, missing = sort_out_missing(pictures)
    masked = any(picture.mask for picture in there)
    layout = "as published: Original" + (" and Segmented" if masked else "")
    return DataSet(NAME, folder, layout, Grouping.NEIGHBOURS, there, CLASSES, missing, _threshold if masked else None)


def _originals(folder: Path) -> Iterator[Picture]:
    """Pictures in folders named after the classes, but for the segmented copies, which are their masks."""
    segmented = next((path for path in _folders(folder, _SEGMENTED)), None)
    for file in sorted(path for path in folder.rglob("WBC-*") if path.suffix.lower() in PICTURE_SUFFIXES):
        label, number = file.parent.name.lower(), _FILE.match(file.stem)
        if label not in CLASSES or number is None or _SEGMENTED in within(folder, file).lower().split("/"):
            continue
        mask = segmented / file.parent.name / file.name if segmented else None
        group = f"{file.parent.name}-{(int(number[2]) - 1) // GROUP_OF:02d}"
        yield Picture(within(folder, file), file, label, group, mask)


def _folders(folder: Path, name: str) -> list[Path]:
    return sorted(path for path in (folder, *folder.rglob("*")) if path.is_dir() and path.name.lower() == name)


def _known(label: str, file: str) -> str:
    if label not in CLASSES:
        raise DatasetError(f"The class {label!r} of {file} is unknown.", f"Known are: {', '.join(CLASSES)}.")
    return label


def _threshold(picture: Picture, image: RgbArray) -> PartMap:
    """uint8 (H, W): SOME_CELL where the segmented copy is not black."""
    assert picture.mask is not None
    return np.where(read_grey(picture.mask) > NOT_BLACK, SOME_CELL, BACKGROUND).astype(np.uint8)
