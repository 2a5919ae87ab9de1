"""Single white cells with nucleus and cytoplasm drawn by experts (Zheng et al. 2018): two data sets, ds1 and ds2.

As published (zxaoyou/segmentation_WBC): `Dataset 1/001.bmp`, its mask `Dataset 1/001.png`, and `Class Labels of Dataset
1.csv`. Or with a `labels.csv` (stem, dataset, class, group), `images` and `masks`. Nobody tells the patients: ten
neighbouring numbers make a group in ds1, five in ds2.

Only the cell in the middle is drawn. Other white cells at the edge are background in the mask, which is not true:
purple parts near the edge are set to UNKNOWN.
"""

from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from allviewer.domain.slide import RgbArray
from allviewer.errors import DatasetError
from training.datasets.files import check_same_size, read_grey, read_labels_if, read_rgb, read_table
from training.datasets.listing import DataSet, Grouping, Picture, sort_out_missing
from training.datasets.sample import BACKGROUND, NUCLEUS, UNKNOWN, PartMap, Sample, number_cells, parts_from_grey

NAME = "segmentation_wbc"
NAMES = ("ds1", "ds2")
CLASSES = ("neutrophil", "lymphocyte", "monocyte", "eosinophil", "basophil")
"""In the order of the authors' numbers, from 1."""
UM_PER_PX = {"ds1": 0.15, "ds2": 0.085}
"""ds1 has no red cells to measure: set so that its cells are as large as others; ds2 by its red cells (about 88 px)."""
_GROUP_OF = {"1": 10, "2": 5}
_MOVED = {("1", 139): "ds1-11", ("1", 171): "ds1-16"}
"""The second pictures of cells that are in twice (112 = 139, 166 and 171) go where the first ones are."""


def find(folder: Path) -> DataSet | None:
    """All cells; None if the folder does not look like this data set."""
    rows = read_labels_if(folder, ("stem", "dataset", "number", "class", "group"))
    if rows is not None:
        pictures = [_shared(folder, row) for row in rows]
        layout = "labels.csv"
    else:
        pictures = [*_published(folder, "1"), *_published(folder, "2")]
        layout = "as published: Dataset 1, Dataset 2"
        if not pictures:
            return None
    there, missing = sort_out_missing(pictures)
    return DataSet(NAME, folder, layout, Grouping.NEIGHBOURS, there, CLASSES, missing, _drawn)


def _shared(folder: Path, row: dict[str, str]) -> Picture:
    stem, label = row["stem"], row["class"]
    image, mask = folder / "images" / f"{stem}.bmp", folder / "masks" / f"{stem}.png"
    if label not in CLASSES:
        raise _unknown(label, stem)
    return Picture(stem, image, label, row["group"], mask, part=f"ds{row['dataset']}")


def _published(folder: Path, number: str) -> Iterator[Picture]:
    for home in sorted(path for path in (folder, *folder.rglob("*")) if path.name == f"Dataset {number}"):
        table = home.parent / f"Class Labels of Dataset {number}.csv"
        labels = {}
        if table.is_file():
            rows = read_table(table, ("image ID", "class label"))
            labels = {row["image ID"].strip().lstrip("0"): row["class label"].strip() for row in rows}
        for image in sorted(home.glob("*.bmp")):
            if image.stem.isdigit():
                label = _class_of(labels.get(image.stem.lstrip("0"), ""), f"{home.name}/{image.name}")
                yield Picture(
                    f"ds{number}_{image.stem}",
                    image,
                    label,
                    _group(number, int(image.stem)),
                    image.with_suffix(".png"),
                    part=f"ds{number}",
                )


def _group(dataset: str, number: int) -> str:
    return _MOVED.get((dataset, number), f"ds{dataset}-{(number - 1) // _GROUP_OF[dataset]:02d}")


def _class_of(number: str, what: str) -> str:
    if not number:
        return ""
    if number not in {str(i + 1) for i in range(len(CLASSES))}:
        raise _unknown(number, what)
    return CLASSES[int(number) - 1]


def _unknown(label: str, what: str) -> DatasetError:
    return DatasetError(f"The class {label!r} of {what} is unknown.", f"Known are 1 to 5: {', '.join(CLASSES)}.")


def _drawn(picture: Picture, image: RgbArray) -> PartMap:
    assert picture.mask is not None
    grey = read_grey(picture.mask)
    check_same_size(image, grey, picture.name)
    return hide_undrawn_cells(image, parts_from_grey(grey), UM_PER_PX[picture.part])


def load(folder: Path) -> list[Sample]:
    """All cells; source is "ds1" or "ds2"."""
    found = find(folder)
    if found is None:
        raise DatasetError(f"{folder} does not hold segmentation_WBC.")
    return [_sample(picture) for picture in found.complete().pictures]


def _sample(picture: Picture) -> Sample:
    assert picture.mask is not None
    image, source = read_rgb(picture.file), picture.part
    parts = _drawn(picture, image)
    cells = number_cells(parts_from_grey(read_grey(picture.mask)))
    return Sample(image, parts, cells, picture.group, source, picture.name, UM_PER_PX[source])


def hide_undrawn_cells(image: NDArray[np.uint8], parts: PartMap, mpp: float) -> PartMap:
    """Set what looks like the nucleus of another cell near the edge, and 2 micrometres around it, to UNKNOWN.

    Looks like: nearly as dark in green light as the drawn nucleus. Some dark red cells are hidden with them, which
    costs nothing.
    """
    green = cv2.GaussianBlur(image[..., 1], (0, 0), 0.15 / mpp)
    nucleus = parts == NUCLEUS
    if not nucleus.any():
        return parts
    dark, light = np.median(green[nucleus]), np.percentile(green, 95)
    margin = round(1.0 / mpp)
    near_drawn = cv2.dilate((parts > BACKGROUND).astype(np.uint8), _disc(round(0.3 / mpp)))
    candidates = ((green < dark + 0.35 * (light - dark)) & (near_drawn == 0)).astype(np.uint8)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(candidates, connectivity=8)
    height, width = parts.shape
    undrawn = np.zeros_like(candidates)
    for number in range(1, count):
        x, y, w, h, area = stats[number]
        at_edge = x <= margin or y <= margin or x + w >= width - margin or y + h >= height - margin
        if at_edge and area * mpp * mpp > 1.5:
            undrawn[labels == number] = 1
    hidden = cv2.dilate(undrawn, _disc(round(2.0 / mpp))) > 0
    return np.where(hidden & (parts == BACKGROUND), UNKNOWN, parts).astype(np.uint8)


def _disc(radius_px: int) -> NDArray[np.uint8]:
    side = 2 * radius_px + 1
    return np.asarray(cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side)), np.uint8)
