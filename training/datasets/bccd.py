"""BCCD: whole fields. With masks of all white cells in the shared part, with boxes only as published.

As published (Shenggan/BCCD_Dataset): `Annotations/BloodImage_00000.xml` (Pascal VOC: WBC, RBC, Platelets) and
`JPEGImages/BloodImage_00000.jpg`. Or with a `labels.csv` (stem, wbc_class, has_mask, group), `images` and `masks`.
Nobody tells the patients: ten neighbouring numbers make a group.
"""

from collections import Counter
from functools import partial
from pathlib import Path
from xml.etree import ElementTree as ET

import numpy as np

from allviewer.domain.slide import RgbArray
from allviewer.errors import DatasetError
from training.datasets.boxes import Box, weak_parts
from training.datasets.files import check_same_size, read_grey, read_labels_if, read_rgb
from training.datasets.listing import DataSet, Grouping, Picture, sort_out_missing
from training.datasets.sample import PartMap, Sample, number_cells, parts_from_grey

NAME = "bccd"
CLASSES = ("neutrophil", "eosinophil", "basophil", "lymphocyte", "monocyte")
KINDS = ("WBC", "RBC", "Platelets")
UM_PER_PX = 0.068
"""From its red cells: boxes of 110.6 px (median), a red cell in a smear measures about 7.5 micrometres."""
_STEM = "BloodImage_"


def find(folder: Path) -> DataSet | None:
    """All fields with a mask, or as published all with boxes; the class is that of a single white cell."""
    rows = read_labels_if(folder, ("stem", "wbc_class", "has_mask", "group"))
    if rows is not None:
        pictures = [_shared(folder, row) for row in rows if row["has_mask"] == "1"]
        there, missing = sort_out_missing(pictures)
        return DataSet(NAME, folder, "labels.csv", Grouping.NEIGHBOURS, there, CLASSES, missing, _drawn)
    tables = sorted(folder.rglob(f"Annotations/{_STEM}*.xml"))
    if not tables:
        return None
    there, missing = sort_out_missing([_published(table) for table in tables])
    layout = "as published: Annotations (VOC), JPEGImages"
    return DataSet(
        NAME, folder, layout, Grouping.NEIGHBOURS, there, CLASSES, missing, partial(_boxed, tables[0].parent)
    )


def _shared(folder: Path, row: dict[str, str]) -> Picture:
    stem, label = row["stem"], row["wbc_class"]
    counted = {kind: row.get(f"boxes_{kind.lower()}", "") for kind in KINDS}
    return Picture(
        stem,
        folder / "images" / f"{stem}.jpg",
        label if label in CLASSES else "",
        row["group"],
        folder / "masks" / f"{stem}.png",
        objects={kind: int(number) for kind, number in counted.items() if number.isdigit()},
    )


def _published(table: Path) -> Picture:
    stem = table.stem
    number = stem.removeprefix(_STEM)
    group = f"b{int(number) // 10:02d}" if number.isdigit() else stem
    image = table.parent.parent / "JPEGImages" / f"{stem}.jpg"
    return Picture(stem, image, "", group, objects=Counter(kind for kind, _ in read_voc(table)))


def read_voc(path: Path) -> list[tuple[str, Box]]:
    """(kind, box) of everything that is marked. Raises `DatasetError` for another kind or a file that is no VOC."""
    try:
        found = []
        for marked in ET.parse(path).iter("object"):
            kind = marked.findtext("name", "")
            if kind not in KINDS:
                raise DatasetError(f"{path.name} marks a {kind!r}, which is unknown.", f"Known: {', '.join(KINDS)}.")
            left, top, right, bottom = (float(marked.findtext(f"bndbox/{key}", "")) for key in _EDGES)
            found.append((kind, ((left + right) / 2, (top + bottom) / 2, right - left, bottom - top)))
        return found
    except (OSError, ET.ParseError, ValueError) as error:
        raise DatasetError(f"The boxes {path} cannot be read: {error}.") from error


def boxes_file(folder: Path, picture: Picture) -> Path | None:
    """Where the boxes of a picture lie, in either layout; None where it has none."""
    places = (folder / "boxes", picture.file.parent.parent / "Annotations")
    return next((path for place in places if (path := place / f"{picture.name}.xml").is_file()), None)


_EDGES = ("xmin", "ymin", "xmax", "ymax")


def _drawn(picture: Picture, image: RgbArray) -> PartMap:
    assert picture.mask is not None
    return parts_from_grey(read_grey(picture.mask))


def _boxed(tables: Path, picture: Picture, image: RgbArray) -> PartMap:
    boxes = [box for kind, box in read_voc(tables / f"{picture.name}.xml") if kind == "WBC"]
    return weak_parts(image.shape[:2], boxes)


def load(folder: Path) -> list[Sample]:
    """All fields, with the truth that there is."""
    found = find(folder)
    if found is None or found.read_parts is None:
        raise DatasetError(f"{folder} does not hold BCCD.")
    samples = []
    for picture in found.complete().pictures:
        image = read_rgb(picture.file)
        parts = found.read_parts(picture, image)
        check_same_size(image, parts, picture.name)
        group = f"{NAME}-{picture.group}"
        cells = number_cells(parts) if picture.mask else np.zeros(parts.shape, np.uint16)
        samples.append(Sample(image, parts, cells, group, NAME, picture.name, UM_PER_PX))
    return samples
