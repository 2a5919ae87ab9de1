"""Cells of an exported training set whose class a person confirmed or corrected."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from allviewer.domain.mask import Mask
from allviewer.errors import DatasetError
from allviewer.exchange.training_set import TrainingItem
from training.classification.cells import FoundCell
from training.classification.classes import LYMPHOID, TYPES, UNKNOWN
from training.datasets.exported import guess_mpp, read_manifest, read_numbers
from training.datasets.files import check_same_size, read_rgb

SOURCE = "corrected"


def corrected_cells(folder: Path) -> Iterator[FoundCell]:
    """The cells that a person vouches for and whose class this network knows; smudges, red cells etc. are passed over.

    Raises:
        DatasetError: damaged set, or a cell that its label image does not show.
    """
    for item in read_manifest(folder).items:
        wanted = {cell.number: cell for cell in item.cells if cell.state != "proposed" and _known(cell.label)}
        if not wanted:
            continue
        image = read_rgb(folder / item.image)
        numbers = read_numbers(folder / item.cells_file)
        check_same_size(image, numbers, item.id)
        mpp = item.mpp or guess_mpp(numbers)
        for number, cell in wanted.items():
            type_index, blast = targets_of(cell.label)
            mask = _mask_of(numbers, number, item)
            group = f"{SOURCE}/{item.group or item.id}"
            yield FoundCell(image, mask, mpp, type_index, blast, SOURCE, group, f"{item.id}/{number}")


def targets_of(label: str) -> tuple[int, int]:
    """(type index, blast) of a class key. A person who says "lymphocyte" also says that it is no blast."""
    if label == "blast":
        return LYMPHOID, 1
    if label == TYPES[LYMPHOID]:
        return LYMPHOID, 0
    return TYPES.index(label), UNKNOWN


def _known(label: str) -> bool:
    return label == "blast" or label in TYPES


def _mask_of(numbers: NDArray[np.uint16], number: int, item: TrainingItem) -> Mask:
    mask = Mask(numbers == number)
    if mask.is_empty:
        raise DatasetError(f"The training set is damaged: cell {number} of {item.id} is not in {item.cells_file}.")
    return mask
