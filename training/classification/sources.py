"""Readers of the data sets that the classifier learns from: each gives its cells with mask, scale, class and group.

Micrometres per pixel are not written in any of these sources. Where red cells are boxed, their median diameter is
taken as 7.2 um; elsewhere the scale that brings the white cells to their usual size is assumed:

- bccd: red boxes of 103.5 px -> 0.070; txl_pbc/pbc: 78.9 px -> 0.091.
- segmentation_wbc: dataset 2 comes from the same kind of scanner as pbc (0.091; its neutrophils then measure 14 um);
  in dataset 1, 0.167 brings neutrophils to 12.4 um and lymphocytes to 9.8 um.
- cnmc2019: 100x objective, unknown camera; normal precursors have a median diameter of 178 px, blasts of 216 px.
  The 0.05 um that the viewer takes for such cut-outs makes that 8.9 um and 10.8 um, beside the mature lymphocytes of
  pbc, which measure 9.1 um by the ruler of their red cells. An error here shifts where p(blast) turns over on other
  sources, not blast against normal within cnmc2019, which share one scale.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from allviewer.domain.mask import Mask
from allviewer.domain.slide import RgbArray
from allviewer.errors import DatasetError
from allviewer.inference.cut_out import CUT_OUT_UM_PER_PX, cut_out_cell
from training.classification.cells import FoundCell
from training.classification.classes import LYMPHOID, TYPES, UNKNOWN
from training.classification.rough_mask import white_cell_in_box
from training.datasets.files import read_grey, read_labels, read_rgb
from training.datasets.txl_pbc import read_boxes

BCCD_UM_PER_PX = 0.070
PBC_UM_PER_PX = 0.091
WBC_UM_PER_PX = {"1": 0.167, "2": 0.091}

MIN_CELL_PX = 200


def cnmc2019(folder: Path) -> Iterator[FoundCell]:
    """Blasts and normal lymphoid precursors, cut out on black by the authors."""
    for row in read_labels(folder / "labels.csv"):
        image = read_rgb(folder / row["file"])
        mask = cut_out_cell(image)
        if mask is None:
            raise DatasetError(f"The picture {row['file']} does not show one cell cut out on black.")
        blast = int(row["label"])
        group, name = f"cnmc2019/{row['group']}", row["file"]
        yield FoundCell(image, mask, CUT_OUT_UM_PER_PX, LYMPHOID, blast, "cnmc2019", group, name, cut_out=True)


def segmentation_wbc(folder: Path) -> Iterator[FoundCell]:
    """Single white cells with masks drawn by experts."""
    for row in read_labels(folder / "labels.csv"):
        image = read_rgb(folder / "images" / f"{row['stem']}.bmp")
        drawn = read_grey(folder / "masks" / f"{row['stem']}.png") > 0
        source = f"segmentation_wbc_ds{row['dataset']}"
        type_index, mpp = TYPES.index(row["class"]), WBC_UM_PER_PX[row["dataset"]]
        group = f"segmentation_wbc/{row['group']}"
        yield FoundCell(image, _largest(drawn), mpp, type_index, UNKNOWN, source, group, row["stem"])


def bccd(folder: Path) -> Iterator[FoundCell]:
    """Fields with one white cell of a known class; cells cut off by the border are left out."""
    for row in read_labels(folder / "labels.csv"):
        if row["wbc_class"] not in TYPES or row["boxes_wbc"] != "1":
            continue
        image = read_rgb(folder / "images" / f"{row['stem']}.jpg")
        drawn = read_grey(folder / "masks" / f"{row['stem']}.png") > 0
        mask = _largest(drawn)
        if mask.area_px < MIN_CELL_PX or _touches_border(mask, image):
            continue
        type_index, group = TYPES.index(row["wbc_class"]), f"bccd/{row['group']}"
        yield FoundCell(image, mask, BCCD_UM_PER_PX, type_index, UNKNOWN, "bccd", group, row["stem"])


def txl_pbc(folder: Path) -> Iterator[FoundCell]:
    """The part PBC: pictures with one boxed white cell, masked roughly inside its box."""
    for row in read_labels(folder / "labels.csv"):
        if row["source"] != "pbc" or row["boxes_wbc"] != "1":
            continue
        image = read_rgb(folder / row["file"])
        box = _white_box(folder / "pbc" / "boxes" / f"{Path(row['file']).stem}.txt", image)
        mask = white_cell_in_box(image, box)
        if mask.area_px < MIN_CELL_PX:
            continue
        type_index, group = TYPES.index(row["wbc_class"]), f"txl_pbc/{row['group']}"
        yield FoundCell(image, mask, PBC_UM_PER_PX, type_index, UNKNOWN, "txl_pbc", group, row["file"])


SOURCES: dict[str, Callable[[Path], Iterator[FoundCell]]] = {
    "cnmc2019": cnmc2019,
    "segmentation_wbc": segmentation_wbc,
    "bccd": bccd,
    "txl_pbc": txl_pbc,
}


def _largest(drawn: NDArray[np.bool_]) -> Mask:
    """The largest connected part."""
    from scipy.ndimage import label

    numbered, count = label(drawn)
    if count == 0:
        return Mask.empty()
    return Mask(numbered == 1 + int(np.argmax(np.bincount(numbered.ravel())[1:])))


def _touches_border(mask: Mask, image: RgbArray) -> bool:
    box = mask.region
    return box.x == 0 or box.y == 0 or box.right == image.shape[1] or box.bottom == image.shape[0]


def _white_box(path: Path, image: RgbArray) -> tuple[int, int, int, int]:
    """(left, top, right, bottom) of the white cell."""
    boxes = read_boxes(path, image.shape)
    if not boxes:
        raise DatasetError(f"The box file {path.name} holds no white cell.")
    x, y, width, height = boxes[0]
    return round(x - width / 2), round(y - height / 2), round(x + width / 2), round(y + height / 2)
