"""Corrected cells leave a case as a training set (layout: `exchange.training_set`)."""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from allviewer import __version__
from allviewer.domain.geometry import Region
from allviewer.domain.labels import ClassSet
from allviewer.domain.slide import PixelSource
from allviewer.errors import DatasetError, ImageError
from allviewer.exchange.training_set import (
    MANIFEST_FILE,
    LabelledCell,
    TrainingItem,
    TrainingSet,
    encode_training_set,
)
from allviewer.progress import CancelToken, Report
from allviewer.storage import atomic
from allviewer.storage.case_file import CaseFile
from allviewer.storage.case_records import ImageRecord
from allviewer.storage.label_image import LabelArray, label_arrays
from allviewer.storage.overlay_picture import write_png
from allviewer.storage.training_choice import ExportChoice, group_of
from allviewer.storage.training_parts import TrainingPart, find_parts, trust_map

ALL_VOUCHED = ExportChoice()
OpenPixels = Callable[[Path], PixelSource]


@dataclass(slots=True)
class ExportCounts:
    """What an export holds or would hold; `skipped` are sentences about images that are left out."""

    images: int = 0
    parts: int = 0
    cells: Counter[str] = field(default_factory=Counter)
    groups: set[str] = field(default_factory=set)
    skipped: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        classes = ", ".join(f"{number} {key}" for key, number in sorted(self.cells.items()))
        return (
            f"{_many(self.cells.total(), 'cell')} ({classes}) in {_many(self.images, 'image')} "
            f"({_many(self.parts, 'part')}) of {_many(len(self.groups), 'patient or slide', 'patients or slides')}"
        )


def _many(number: int, one: str, more: str = "") -> str:
    return f"{number:,} {one if number == 1 else more or one + 's'}"


def count_training_cells(cases: Sequence[CaseFile], choice: ExportChoice = ALL_VOUCHED) -> ExportCounts:
    """What `write_training_set` would write, without reading a pixel. Raises `CaseError`."""
    counts = ExportCounts()
    for record, parts in _images_with_parts(cases, choice):
        if not record.path.exists():
            counts.skipped.append(f"{record.path} is not there: relink it to export its cells.")
            continue
        _count(counts, record, parts)
    return counts


def write_training_set(
    cases: Sequence[CaseFile],
    folder: Path,
    open_pixels: OpenPixels,
    classes: ClassSet,
    cancel: CancelToken,
    report: Report,
    choice: ExportChoice = ALL_VOUCHED,
) -> ExportCounts:
    """Write the accepted and corrected cells of cases to a new folder, which appears only when it is complete.

    Raises:
        DatasetError: there is nothing to learn from: no cell was accepted or corrected, or no image can be read.
        OutputError: the folder is not empty or cannot be written, or the disk is full.
        CaseError: a case cannot be read.
        Cancelled: nothing is left behind.
    """
    atomic.refuse_full_folder(folder)
    planned = list(_images_with_parts(cases, choice))
    if not planned:
        raise DatasetError(
            "There is nothing to export: no cell was accepted or corrected yet, and no image is marked as reviewed.",
            "Correct or accept some cells first.",
        )
    counts = ExportCounts()
    items: list[TrainingItem] = []
    with atomic.replacing_folder(folder) as target:
        for name in ("images", "cells", "nuclei", "trust"):
            (target / name).mkdir()
        for index, (record, parts) in enumerate(planned):
            report(index / len(planned), f"Exporting {record.path.name}")
            try:
                items += _write_image(target, record, parts, open_pixels, cancel)
            except ImageError as error:
                counts.skipped.append(str(error))
                continue
            _count(counts, record, parts)
        if not items:
            raise DatasetError("No image of the export can be read.", " ".join(counts.skipped))
        (target / MANIFEST_FILE).write_bytes(encode_training_set(_manifest(items, classes, choice.as_locked)))
    report(1.0, f"Exported {counts}")
    return counts


def _images_with_parts(
    cases: Sequence[CaseFile], choice: ExportChoice
) -> Iterator[tuple[ImageRecord, list[TrainingPart]]]:
    seen: set[str] = set()
    for case in cases:
        for record in case.images():
            if not choice.takes_image(record):
                continue
            bounds = Region(0, 0, record.width, record.height)
            parts = find_parts(case.load(record.id).cells, bounds, record.reviewed, choice.takes_cell)
            if not parts:
                continue
            if record.sha256 in seen:
                raise DatasetError(
                    f"{record.path.name} has corrected cells in more than one of the cases.",
                    "Export the cases one by one, and choose which to learn from.",
                )
            seen.add(record.sha256)
            yield record, parts


def _count(counts: ExportCounts, record: ImageRecord, parts: Sequence[TrainingPart]) -> None:
    counts.images += 1
    counts.parts += len(parts)
    counts.groups.add(group_of(record))
    counts.cells.update(cell.label for part in parts for cell in part.cells)


def _write_image(
    target: Path, record: ImageRecord, parts: Sequence[TrainingPart], open_pixels: OpenPixels, cancel: CancelToken
) -> list[TrainingItem]:
    source = open_pixels(record.path)
    try:
        if (source.info.width, source.info.height) != (record.width, record.height):
            raise ImageError(
                f"{record.path} has another size than the image these cells were marked on.", "Relink the image."
            )
        items = []
        for part in parts:
            cancel.check()
            items.append(_write_part(target, record, part, source))
        return items
    finally:
        source.close()


def _write_part(target: Path, record: ImageRecord, part: TrainingPart, source: PixelSource) -> TrainingItem:
    region = part.region
    item_id = _item_id(record, region)
    pixels = source.read(0, region.x, region.y, region.width, region.height)
    cells, nuclei = label_arrays(enumerate(part.cells, start=1), region, np.uint16)
    write_png(target / "images" / f"{item_id}.png", pixels)
    _write_labels(target / "cells" / f"{item_id}.tif", cells)
    _write_labels(target / "nuclei" / f"{item_id}.tif", nuclei)
    write_png(target / "trust" / f"{item_id}.png", trust_map(part))
    return TrainingItem(
        id=item_id,
        image=f"images/{item_id}.png",
        cells_file=f"cells/{item_id}.tif",
        nuclei_file=f"nuclei/{item_id}.tif",
        trust_file=f"trust/{item_id}.png",
        width=region.width,
        height=region.height,
        group=group_of(record),
        source=record.path.name,
        source_sha256=record.sha256,
        mpp=record.mpp,
        x=region.x,
        y=region.y,
        cells=_labelled(part, cells),
    )


def _labelled(part: TrainingPart, labels: LabelArray) -> tuple[LabelledCell, ...]:
    """The cells that the label image shows: not one that later cells cover, or that lies outside the image."""
    shown = set(np.unique(labels).tolist())
    return tuple(
        LabelledCell(number, cell.label, cell.state.value, cell.origin.name, cell.tags)
        for number, cell in enumerate(part.cells, start=1)
        if number in shown
    )


def _write_labels(path: Path, labels: LabelArray) -> None:
    import tifffile

    tifffile.imwrite(path, labels, compression="zlib", photometric="minisblack", metadata=None)


def _manifest(items: Sequence[TrainingItem], classes: ClassSet, locked: bool) -> TrainingSet:
    used = [cell.label for item in items for cell in item.cells]
    keys = tuple(dict.fromkeys([cell_class.key for cell_class in classes.classes] + used))
    return TrainingSet(1, f"allviewer {__version__}", datetime.now(UTC).isoformat(), keys, tuple(items), locked)


def _item_id(record: ImageRecord, region: Region) -> str:
    """Readable, and different for different images of the same name."""
    stem = re.sub(r"[^A-Za-z0-9_-]+", "_", record.path.stem)[:40]
    return f"{stem}-{record.sha256[:12]}-{region.x}-{region.y}"
