"""Distillation: cells without labels are learnt along as the parent pack calls them, so that it is not forgotten."""

from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np

from allviewer.domain.mask import Mask
from allviewer.errors import DatasetError
from allviewer.exchange.model_card import ClassificationSpec
from allviewer.imaging.find_images import find_images
from allviewer.inference.cut_out import CUT_OUT_UM_PER_PX, cut_out_cell
from allviewer.progress import CancelToken
from training.classification.cells import CellTable, FoundCell, cut_all
from training.classification.classes import CLASSES, UNKNOWN
from training.classification.corrected import targets_of
from training.classification.scoring import probabilities_of
from training.datasets.exported import is_exported, load
from training.datasets.files import read_rgb
from training.packs import read_card

SOURCE = "distilled"
SURE = 0.8
"""Cells that the parent is less sure of are left out: they would teach its guesses."""


def distilled_cells(pack: Path, folders: Iterable[Path], spec: ClassificationSpec, cancel: CancelToken) -> CellTable:
    """Cells of exported sets, whatever their state, and of pictures that show one cell cut out on black.

    Raises:
        DatasetError: there is no such cell, or the parent is sure of none.
    """
    table = cut_all(_unlabelled(folders, cancel), spec)
    rows = probabilities_of(pack / read_card(pack).network.file, table.crops(), cancel)
    sure = rows.max(axis=1) >= SURE
    if not sure.any():
        raise DatasetError("The pack is sure of none of the cells to distil from.", "Name other pictures.")
    types, blasts = zip(*(targets_of(CLASSES[i]) for i in rows.argmax(axis=1)), strict=True)
    named = CellTable(
        table.rgb,
        table.distance,
        np.array(types, np.int64),
        np.array(blasts, np.int64),
        table.cut_out,
        table.source,
        table.group,
        table.name,
    )
    return named.take(sure)


def _unlabelled(folders: Iterable[Path], cancel: CancelToken) -> Iterator[FoundCell]:
    for folder in folders:
        if is_exported(folder):
            for sample in load(folder):
                for number in sample.cell_numbers():
                    cancel.check()
                    mask = Mask(sample.cells == number)
                    yield FoundCell(
                        sample.image,
                        mask,
                        sample.mpp,
                        UNKNOWN,
                        UNKNOWN,
                        SOURCE,
                        sample.group,
                        f"{sample.name}/{number}",
                    )
            continue
        for path in find_images([folder]):
            cancel.check()
            image = read_rgb(path)
            cell = cut_out_cell(image)
            if cell is not None:
                yield FoundCell(
                    image, cell, CUT_OUT_UM_PER_PX, UNKNOWN, UNKNOWN, SOURCE, path.stem, path.name, cut_out=True
                )
