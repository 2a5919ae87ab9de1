"""What the viewer exported, listed: its fields, and the labelled cells in them as pictures of their own."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from allviewer.domain.geometry import Region
from allviewer.domain.labels import ALL_CLASSES, UNCLASSIFIED
from allviewer.domain.slide import RgbArray
from allviewer.exchange.training_set import TrainingItem
from training.datasets.exported import NAME, is_exported, load_item, read_manifest, read_numbers
from training.datasets.listing import DataSet, Grouping, Picture, sort_out_missing
from training.datasets.sample import PartMap

AROUND = 1.5
"""Side of the square that is cut out around a cell, in parts of the cell's own larger side."""


def find(folder: Path) -> DataSet | None:
    """The fields, and as `cells` what a person accepted or corrected in them; None without a manifest.

    Raises:
        DatasetError: a damaged manifest or label image.
    """
    if not is_exported(folder):
        return None
    items = {item.id: item for item in read_manifest(folder).items}
    there, missing = sort_out_missing([_field(folder, item) for item in items.values()])
    cells = tuple(cell for picture in there for cell in _cells(folder, items[picture.name]))
    labels = {cell.label for cell in cells}
    usual = [known.key for known in ALL_CLASSES.classes]
    classes = tuple(sorted(labels, key=lambda label: (usual.index(label) if label in usual else len(usual), label)))

    def read_parts(picture: Picture, image: RgbArray) -> PartMap:
        return load_item(folder, items[picture.name]).parts

    layout = "exported by the viewer"
    return DataSet(NAME, folder, layout, Grouping.SLIDE, there, classes, missing, read_parts, cells)


def _field(folder: Path, item: TrainingItem) -> Picture:
    objects = Counter(cell.label for cell in item.cells)
    return Picture(item.id, folder / item.image, "", item.group or item.id, folder / item.cells_file, objects=objects)


def _cells(folder: Path, item: TrainingItem) -> Iterator[Picture]:
    numbers = read_numbers(folder / item.cells_file)
    for cell in item.cells:
        rows, columns = np.nonzero(numbers == cell.number)
        if rows.size == 0 or cell.state == "proposed" or cell.label == UNCLASSIFIED:
            continue
        side = round(AROUND * (1 + max(int(np.ptp(rows)), int(np.ptp(columns)))))
        left = (int(columns.min()) + int(columns.max()) - side) // 2
        top = (int(rows.min()) + int(rows.max()) - side) // 2
        box = Region.from_edges(max(0, left), max(0, top), left + side, top + side)
        yield Picture(f"{item.id}#{cell.number}", folder / item.image, cell.label, item.group or item.id, box=box)
