"""TXL-PBC: boxes, no masks. Weak truth: outside the white cells' boxes is background, their middle is cell.

As published: `images/{train,val,test}/HASH.png` and `labels/{train,val,test}/HASH.txt` (YOLO; 0 white cell, 1 red cell,
2 platelet). Or with a `labels.csv` (file, source, boxes_wbc, group), which knows from which set a picture came. As
published that is not said, nor any patient: every picture is a group of its own, and the source is told by its size.
"""

from collections import Counter
from pathlib import Path

import numpy as np

from allviewer.domain.slide import RgbArray
from allviewer.errors import DatasetError
from training.datasets.boxes import read_boxes, read_yolo, weak_parts
from training.datasets.files import PICTURE_SUFFIXES, read_labels_if, read_rgb
from training.datasets.listing import DataSet, Grouping, Picture, sort_out_missing, within
from training.datasets.sample import PartMap, Sample

NAME = "txl_pbc"
NAMES = ("pbc", "raabin")
CLASSES = ("neutrophil", "eosinophil", "basophil", "lymphocyte", "monocyte")
KINDS = {"0": "WBC", "1": "RBC", "2": "Platelets"}
UM_PER_PX = {"pbc": 0.093, "raabin": 0.054}
"""From the boxes of their red cells, taken as 7.4 micrometres."""
EVERY = 3
"""Of the pictures every third is used: backgrounds and stains are soon learnt."""
_SOURCE_OF_SIDE = {360: "pbc", 366: "pbc", 575: "raabin"}
"""By width; pictures of the other parts have no scale that is known, and are not used for segmentation."""


def find(folder: Path) -> DataSet | None:
    """All pictures with boxes; the class is known for those that came from PBC, in the shared part."""
    rows = read_labels_if(folder, ("file", "source", "boxes_wbc", "group"))
    if rows is not None:
        pictures = [_shared(folder, row) for row in rows]
        layout, grouping = "labels.csv", Grouping.SLIDE
    else:
        tables = [table for table in sorted(folder.rglob("labels/**/*.txt")) if table.name != "classes.txt"]
        pictures = [picture for table in tables for picture in _published(folder, table)]
        layout, grouping = "as published: images and labels (YOLO)", Grouping.PICTURE
        if not pictures:
            return None
    there, missing = sort_out_missing(pictures)
    return DataSet(NAME, folder, layout, grouping, there, CLASSES, missing, _boxed)


def _shared(folder: Path, row: dict[str, str]) -> Picture:
    label = row.get("wbc_class", "") if row["boxes_wbc"] == "1" else ""
    file = folder / row["file"]
    objects = {kind: int(row.get(f"boxes_{kind.lower()}") or 0) for kind in KINDS.values()}
    return Picture(
        row["file"], file, label if label in CLASSES else "", row["group"], part=row["source"], objects=objects
    )


def _published(folder: Path, table: Path) -> list[Picture]:
    place = [*table.relative_to(folder).parts]
    place[place.index("labels")] = "images"
    stem = folder.joinpath(*place).with_suffix("")
    file = next((path for suffix in PICTURE_SUFFIXES if (path := stem.with_suffix(suffix)).is_file()), None)
    found = read_yolo(table)
    for kind, _ in found:
        if kind not in KINDS:
            raise DatasetError(f"{table.name} marks class {kind!r}, which is unknown.", "Known are 0, 1 and 2.")
    if file is None:
        file = stem.with_suffix(".jpg")
    objects = Counter(KINDS[kind] for kind, _ in found)
    return [Picture(within(folder, file), file, "", within(folder, file), part=table.parent.name, objects=objects)]


def boxes_file(picture: Picture) -> Path:
    """Where the boxes of a picture lie, in either layout."""
    before, _, rest = picture.file.as_posix().rpartition("/images/")
    for name in ("boxes", "labels"):
        path = Path(f"{before}/{name}/{rest}").with_suffix(".txt")
        if path.is_file():
            return path
    raise DatasetError(f"The data set is incomplete: the boxes of {picture.name} are missing.")


def _boxed(picture: Picture, image: RgbArray) -> PartMap:
    return weak_parts(image.shape[:2], read_boxes(boxes_file(picture), image.shape))


def source_of(picture: Picture, image: RgbArray) -> str:
    """ "pbc", "raabin", or empty for a picture of the other parts."""
    return picture.part if picture.part in NAMES else _SOURCE_OF_SIDE.get(image.shape[1], "")


def load(folder: Path, every: int = EVERY) -> list[Sample]:
    """Pictures with weak truth; source is "pbc" or "raabin"."""
    found = find(folder)
    if found is None:
        raise DatasetError(f"{folder} does not hold TXL-PBC.")
    samples = []
    for picture in found.complete().pictures[::every]:
        image = read_rgb(picture.file)
        source = source_of(picture, image)
        if not source:
            continue
        parts = _boxed(picture, image)
        cells = np.zeros(parts.shape, np.uint16)
        samples.append(Sample(image, parts, cells, picture.group, source, picture.name, UM_PER_PX[source]))
    return samples
