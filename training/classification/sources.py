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
from training.datasets.boxes import read_boxes
from training.datasets.files import read_grey, read_rgb
from training.datasets.listing import DataSet, Picture
from training.datasets.txl_pbc import boxes_file

BCCD_UM_PER_PX = 0.070
PBC_UM_PER_PX = 0.091
WBC_UM_PER_PX = {"ds1": 0.167, "ds2": 0.091}

MIN_CELL_PX = 200


def cnmc2019(data: DataSet) -> Iterator[FoundCell]:
    """Blasts and normal lymphoid precursors, cut out on black by the authors."""
    for picture in data.labelled():
        image = read_rgb(picture.file)
        mask = cut_out_cell(image)
        if mask is None:
            raise DatasetError(f"The picture {picture.name} does not show one cell cut out on black.")
        blast, group = data.classes.index(picture.label), f"cnmc2019/{picture.group}"
        yield FoundCell(image, mask, CUT_OUT_UM_PER_PX, LYMPHOID, blast, "cnmc2019", group, picture.name, cut_out=True)


def segmentation_wbc(data: DataSet) -> Iterator[FoundCell]:
    """Single white cells with masks drawn by experts."""
    for picture in data.labelled():
        image = read_rgb(picture.file)
        mask, mpp = _largest(_drawn(picture)), WBC_UM_PER_PX[picture.part]
        source, group = f"segmentation_wbc_{picture.part}", f"segmentation_wbc/{picture.group}"
        yield FoundCell(image, mask, mpp, TYPES.index(picture.label), UNKNOWN, source, group, picture.name)


def bccd(data: DataSet) -> Iterator[FoundCell]:
    """Fields with one white cell of a known class; cells cut off by the border are left out."""
    for picture in data.labelled():
        if picture.mask is None or picture.objects.get("WBC") != 1:
            continue
        image = read_rgb(picture.file)
        mask = _largest(_drawn(picture))
        if mask.area_px < MIN_CELL_PX or _touches_border(mask, image):
            continue
        type_index, group = TYPES.index(picture.label), f"bccd/{picture.group}"
        yield FoundCell(image, mask, BCCD_UM_PER_PX, type_index, UNKNOWN, "bccd", group, picture.name)


def txl_pbc(data: DataSet) -> Iterator[FoundCell]:
    """The part PBC: pictures with one boxed white cell, masked roughly inside its box."""
    for picture in data.labelled():
        if picture.part != "pbc" or picture.objects.get("WBC") != 1:
            continue
        image = read_rgb(picture.file)
        mask = white_cell_in_box(image, _white_box(boxes_file(picture), image))
        if mask.area_px < MIN_CELL_PX:
            continue
        type_index, group = TYPES.index(picture.label), f"txl_pbc/{picture.group}"
        yield FoundCell(image, mask, PBC_UM_PER_PX, type_index, UNKNOWN, "txl_pbc", group, picture.name)


SOURCES: dict[str, Callable[[DataSet], Iterator[FoundCell]]] = {
    "cnmc2019": cnmc2019,
    "segmentation_wbc": segmentation_wbc,
    "bccd": bccd,
    "txl_pbc": txl_pbc,
}


def _drawn(picture: Picture) -> NDArray[np.bool_]:
    """The whole cells that were drawn."""
    assert picture.mask is not None
    return read_grey(picture.mask) > 0


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
