"""C-NMC 2019: blasts and normal precursors, cut out on black. The cell's outline is known, its nucleus is not.

As downloaded from the archive (or from a mirror of it), found by names, however deep the folders are nested:

    fold_0/all/UID_11_10_1_all.bmp      subject 11, picture 10, cell 1; "UID_H6_..._hem" is a healthy subject
    C-NMC_test_prelim_phase_data_labels.csv     Patient_ID (the name as above), new_names, labels (1 = blast)
    C-NMC_test_prelim_phase_data/1.bmp

or as a part of it with a `labels.csv` (file, label, subject, group). The final test set was published without labels:
its pictures are listed without a class.
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np

from allviewer.domain.slide import RgbArray
from allviewer.errors import DatasetError
from training.datasets.files import read_labels_if, read_rgb, read_table
from training.datasets.listing import DataSet, Grouping, Picture, sort_out_missing, within
from training.datasets.sample import BACKGROUND, SOME_CELL, PartMap, Sample, number_cells

NAME = "cnmc2019"
CLASSES = ("hem", "all")
"""Normal precursor and blast, by the authors' names; in the order of their labels 0 and 1."""
UM_PER_PX = 0.06
"""Not published; set so that its cells are as large as other white cells."""
PER_SUBJECT = 16

_ONE_PERSON = (("20", "21"), ("51", "75", "78"), ("H2", "H4", "H5", "H6"), ("H10", "H3"))
"""Subjects of different names that share identical pictures."""
_GROUP_OF = {subject: "+".join(names) for names in _ONE_PERSON for subject in names}
_CELL_NAME = re.compile(r"UID_(H?\d+)_\d+_\d+_(all|hem)\.(?:bmp|png|webp|tiff?|jpe?g)", re.IGNORECASE)
_PRELIMINARY = "*prelim*labels*.csv"


def find(folder: Path) -> DataSet | None:
    """All cells; None if the folder does not look like C-NMC."""
    rows = read_labels_if(folder, ("file", "label", "subject", "group"))
    if rows is not None:
        pictures = [
            Picture(row["file"], folder / row["file"], _label(row["label"], row["file"]), row["group"]) for row in rows
        ]
        layout = "labels.csv"
    else:
        pictures = [*_by_name(folder), *_preliminary(folder)]
        layout = "as published: folds, preliminary test"
        if not pictures:
            return None
    there, missing = sort_out_missing(pictures)
    return DataSet(NAME, folder, layout, Grouping.SUBJECT, there, CLASSES, missing, cell_on_black)


def _by_name(folder: Path) -> Iterator[Picture]:
    for file in sorted(folder.rglob("UID_*")):
        match = _CELL_NAME.fullmatch(file.name)
        if match is None:
            continue
        subject, label = match[1].upper(), match[2].lower()
        part = file.parent.parent.name if file.parent.name.lower() in CLASSES else file.parent.name
        yield Picture(within(folder, file), file, label, _GROUP_OF.get(subject, subject), part=part)


def _preliminary(folder: Path) -> Iterator[Picture]:
    for table in sorted(folder.rglob(_PRELIMINARY)):
        files = {file.name: file for file in table.parent.rglob("*.bmp") if "final" not in file.parent.name}
        for row in read_table(table, ("Patient_ID", "new_names", "labels")):
            match = _CELL_NAME.fullmatch(row["Patient_ID"])
            if match is None:
                raise DatasetError(f"{table.name} names a cell that nobody knows: {row['Patient_ID']}.")
            file = files.get(row["new_names"], table.parent / row["new_names"])
            subject, name = match[1].upper(), f"preliminary/{row['new_names']}"
            label = _label(row["labels"], row["new_names"])
            yield Picture(name, file, label, _GROUP_OF.get(subject, subject), part="preliminary test")
    for file in sorted(folder.rglob("*final*/*.bmp")):
        yield Picture(within(folder, file), file, "", "final test", part="final test")


def _label(value: str, file: str) -> str:
    if value not in ("0", "1"):
        raise DatasetError(f"The label {value!r} of {file} is unknown.", "C-NMC 2019 has 0 (normal) and 1 (blast).")
    return CLASSES[int(value)]


def cell_on_black(picture: Picture, image: RgbArray) -> PartMap:
    """uint8 (H, W): SOME_CELL on the largest piece that is not black."""
    return np.where(_largest((image.max(axis=2) > 0).astype(np.uint8)), SOME_CELL, BACKGROUND).astype(np.uint8)


def load(folder: Path) -> list[Sample]:
    """At most `PER_SUBJECT` cells a subject, evenly over each subject's list: the outline is soon learnt."""
    found = find(folder)
    if found is None:
        raise DatasetError(f"{folder} does not hold C-NMC 2019.")
    by_subject: dict[str, list[Picture]] = defaultdict(list)
    for picture in found.complete().labelled():
        match = _CELL_NAME.fullmatch(picture.file.name)
        by_subject[match[1] if match else picture.group].append(picture)
    chosen = [picture for pictures in by_subject.values() for picture in pictures[:: -(-len(pictures) // PER_SUBJECT)]]
    return [_sample(picture) for picture in chosen]


def _sample(picture: Picture) -> Sample:
    image = read_rgb(picture.file)
    parts = cell_on_black(picture, image)
    image = np.where(parts[..., None] == SOME_CELL, image, 0).astype(np.uint8)
    return Sample(image, parts, number_cells(parts), f"{NAME}-{picture.group}", NAME, picture.name, UM_PER_PX)


def _largest(
    inside: "np.ndarray[tuple[int, ...], np.dtype[np.uint8]]",
) -> "np.ndarray[tuple[int, ...], np.dtype[np.bool_]]":
    count, labels, stats, _ = cv2.connectedComponentsWithStats(inside, connectivity=8)
    if count < 2:
        return np.zeros(inside.shape, bool)
    return np.asarray(labels == 1 + int(stats[1:, cv2.CC_STAT_AREA].argmax()))
